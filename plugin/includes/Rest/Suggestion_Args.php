<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Review\Decision;
use Altsmith\Review\Suggestion;

defined( 'ABSPATH' ) || exit;

/** The shapes of what the review screen sends. */
final class Suggestion_Args {
	/** @return array<string, mixed> */
	public static function of_list(): array {
		$text = array( 'type' => 'string', 'default' => '', 'sanitize_callback' => 'sanitize_text_field' );
		return array(
			'state'          => array( 'type' => 'array', 'items' => array( 'type' => 'string', 'enum' => Suggestion::STATES ), 'default' => array( 'pending', 'conflict' ) ),
			'flag'           => $text,
			'run_id'         => $text,
			'search'         => array( 'type' => 'string', 'default' => '', 'maxLength' => 200 ),
			'min_confidence' => array( 'type' => 'number', 'minimum' => 0, 'maximum' => 1, 'default' => 0 ),
			// Images that the person passed on, which the list leaves out otherwise.
			'passed'         => array( 'type' => 'boolean', 'default' => false ),
			'attachment'     => array( 'type' => 'integer', 'minimum' => 0, 'default' => 0 ),
			'orderby'        => array( 'type' => 'string', 'enum' => array( 'date', 'confidence', 'title', 'state', 'seen' ), 'default' => 'date' ),
			'order'          => array( 'type' => 'string', 'enum' => array( 'asc', 'desc' ), 'default' => 'asc' ),
			'page'           => array( 'type' => 'integer', 'minimum' => 1, 'default' => 1 ),
			'per_page'       => array( 'type' => 'integer', 'minimum' => 1, 'maximum' => 100, 'default' => 20 ),
		);
	}

	/** @return array<string, mixed> */
	public static function of_decision(): array {
		return array(
			'action'  => array( 'type' => 'string', 'enum' => Decision::ACTIONS, 'required' => true ),
			'version' => array( 'type' => 'integer', 'minimum' => 1, 'required' => true ),
			// The alt text on the person's screen, exactly as it came: the write compares against it.
			'seen'    => array( 'type' => 'string', 'required' => true ),
			'reason'  => array( 'type' => 'string', 'maxLength' => 500, 'default' => '' ),
			'mode'    => array( 'type' => 'string', 'enum' => Decision::MODES, 'default' => 'one' ),
			// Whether the picture and its text were on the person's screen; absent: unknown.
			'displayed' => array( 'type' => 'boolean' ),
			// The English beside a translation, as the person left it.
			'source'  => array( 'type' => 'string', 'maxLength' => 10000, 'default' => '' ),
			// Of a video: the alt text of the frame that is to become its featured image; absent: none does.
			'poster_alt' => array( 'type' => 'string', 'maxLength' => 10000 ),
			'values'  => array(
				'type'                 => 'object',
				'default'              => array(),
				'additionalProperties' => false,
				'properties'           => array(
					'alt_text'    => array( 'type' => 'string', 'maxLength' => 10000 ),
					'title'       => array( 'type' => 'string', 'maxLength' => 10000 ),
					'caption'     => array( 'type' => 'string', 'maxLength' => 10000 ),
					'description' => array( 'type' => 'string', 'maxLength' => 10000 ),
					// Of a video: one scene a line.
					'text_alternative' => array( 'type' => 'string', 'maxLength' => 10000 ),
					'keywords'    => array( 'type' => 'array', 'maxItems' => 50, 'items' => array( 'type' => 'string', 'maxLength' => 100 ) ),
				),
			),
		);
	}

	/** @return array<string, mixed> */
	public static function of_bulk( int $max ): array {
		$required = array( 'suggestion_id', 'action', 'version', 'seen' );
		$one      = array( 'suggestion_id' => array( 'type' => 'string', 'minLength' => 1, 'maxLength' => 64 ) );
		foreach ( self::of_decision() as $name => $schema ) {
			unset( $schema['required'], $schema['default'] );
			$one[ $name ] = $schema;
		}
		return array(
			'type'     => 'array',
			'required' => true,
			'minItems' => 1,
			'maxItems' => $max,
			'items'    => array( 'type' => 'object', 'properties' => $one, 'required' => $required, 'additionalProperties' => false ),
		);
	}
}
