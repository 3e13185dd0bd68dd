<?php
declare( strict_types=1 );

namespace Altsmith\Review;

use Altsmith\Text\Plain_Text;
use Altsmith\Video\Video_Details;

defined( 'ABSPATH' ) || exit;

/** Cleans a suggestion at the door. What a model or another client wrote is untrusted until it has been through here. */
final class Suggestion {
	public const STATES = array( 'pending', 'approved', 'rejected', 'decorative', 'applied', 'conflict', 'superseded' );

	/**
	 * @param array<string, mixed> $raw Checked against Reply_Schema.
	 * @return array<string, mixed> The same shape, with plain text only.
	 */
	public static function cleaned( array $raw ): array {
		return array(
			'id'           => self::token( $raw['id'] ),
			// Absent in earlier sidecars, which described images only.
			'kind'         => 'video' === ( $raw['kind'] ?? '' ) ? 'video' : 'image',
			'video'        => is_array( $raw['video'] ?? null ) ? Video_Details::cleaned( $raw['video'] ) : null,
			'version'      => (int) $raw['version'],
			'state'        => (string) $raw['state'],
			'fields'       => self::machine_fields( $raw['fields'] ),
			'alternatives' => array_values( array_unique( array_filter( array_map( array( Plain_Text::class, 'from_machine' ), $raw['alternatives'] ) ) ) ),
			'confidence'   => (float) $raw['confidence'],
			// Absent in earlier sidecars, and where the picture has no words.
			'text_in_picture' => is_string( $raw['text_in_picture'] ?? null ) ? Plain_Text::from_machine( $raw['text_in_picture'], 2000 ) : '',
			// The language of the texts, their English, and what translated them: absent in earlier sidecars.
			'language'     => is_string( $raw['language'] ?? null ) ? self::token( $raw['language'] ) : '',
			'source'       => is_string( $raw['source'] ?? null ) ? Plain_Text::from_machine( $raw['source'] ) : '',
			'translator'   => is_string( $raw['translator']['id'] ?? null ) ? Plain_Text::from_machine( $raw['translator']['id'], 100 ) : '',
			'approved_source' => is_string( $raw['approved_source'] ?? null ) ? Plain_Text::from_person( $raw['approved_source'] ) : '',
			'flags'        => array_map(
				static fn( array $flag ): array => array( 'code' => sanitize_key( $flag['code'] ), 'message' => Plain_Text::from_machine( $flag['message'], 300 ) ),
				array_values( $raw['flags'] )
			),
			'model'        => array(
				'id'            => Plain_Text::from_machine( $raw['model']['id'], 100 ),
				'precision'     => Plain_Text::from_machine( $raw['model']['precision'], 20 ),
				'demonstration' => (bool) $raw['model']['demonstration'],
				'calibrated'    => true === ( $raw['model']['calibrated'] ?? false ),
			),
			'current'      => array( 'alt_text' => is_string( $raw['current']['alt_text'] ?? null ) ? $raw['current']['alt_text'] : null ),
			'values'       => is_array( $raw['values'] ) ? self::decided_values( $raw['values'] ) : null,
			'reason'       => Plain_Text::from_person( $raw['reason'], 500 ),
			'decided_by'   => is_array( $raw['decided_by'] ) ? array(
				'id'   => Plain_Text::from_person( $raw['decided_by']['id'] ?? '', 191 ),
				'name' => Plain_Text::from_person( $raw['decided_by']['name'] ?? '', 200 ),
			) : null,
			'decided_at'   => is_string( $raw['decided_at'] ?? null ) ? $raw['decided_at'] : null,
			'created_at'   => $raw['created_at'],
			'job_id'       => self::token( $raw['job_id'] ),
			'run_id'       => is_string( $raw['run_id'] ) ? self::token( $raw['run_id'] ) : null,
		);
	}

	/**
	 * Texts a person set: joiners and length stay as they are, tags and invisible marks go.
	 *
	 * @param array<string, mixed> $values
	 * @return array<string, string|string[]> Only known fields.
	 */
	public static function decided_values( array $values ): array {
		$clean = array();
		foreach ( array( 'alt_text', 'title', 'caption', 'description' ) as $field ) {
			if ( is_string( $values[ $field ] ?? null ) ) {
				$clean[ $field ] = Plain_Text::from_person( $values[ $field ] );
			}
		}
		if ( is_array( $values['keywords'] ?? null ) ) {
			$clean['keywords'] = self::words( $values['keywords'] );
		}
		if ( is_string( $values['text_alternative'] ?? null ) ) {
			$clean['text_alternative'] = Plain_Text::lines( $values['text_alternative'] );
		}
		return $clean;
	}

	/**
	 * @param array<string, mixed> $fields
	 * @return array<string, mixed>
	 */
	private static function machine_fields( array $fields ): array {
		$clean = array();
		foreach ( array( 'alt_text', 'title', 'caption', 'description', 'file_name' ) as $field ) {
			$clean[ $field ] = is_string( $fields[ $field ] ?? null ) ? Plain_Text::from_machine( $fields[ $field ] ) : null;
		}
		$clean['alt_text'] = (string) $clean['alt_text'];
		if ( is_string( $fields['text_alternative'] ?? null ) ) {
			$clean['text_alternative'] = Plain_Text::lines( $fields['text_alternative'] );
		}
		$clean['keywords'] = is_array( $fields['keywords'] ?? null ) ? self::words( $fields['keywords'] ) : null;
		return $clean;
	}

	/**
	 * @param array<mixed> $words
	 * @return string[]
	 */
	private static function words( array $words ): array {
		$clean = array_map( static fn( mixed $word ): string => Plain_Text::from_machine( $word, 100 ), array_slice( $words, 0, 50 ) );
		return array_values( array_unique( array_filter( $clean, static fn( string $word ): bool => '' !== $word ) ) );
	}

	private static function token( string $id ): string {
		return (string) preg_replace( '/[^A-Za-z0-9_-]/', '', $id );
	}
}
