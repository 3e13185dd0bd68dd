<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use WP_Error;

defined( 'ABSPATH' ) || exit;

/** The parts of the sidecar's replies this plugin relies on, as JSON schemas. Unknown fields are allowed: newer sidecars add some. */
final class Reply_Schema {
	/** @return array<string, mixed> `{job}` */
	public static function job_reply(): array {
		return self::object( array( 'job' => self::job() ) );
	}

	/** @return array<string, mixed> `{suggestion}` */
	public static function suggestion_reply(): array {
		return self::object( array( 'suggestion' => self::suggestion() ) );
	}

	/** @return array<string, mixed> `{items: [{suggestion_id, suggestion | error}]}` */
	public static function bulk_decision_reply(): array {
		$item = array(
			'type'       => 'object',
			'properties' => array(
				'suggestion_id' => self::id(),
				'suggestion'    => self::suggestion(),
				'error'         => self::object( array( 'code' => self::text(), 'message' => self::text() ) ),
			),
			'required'   => array( 'suggestion_id' ),
		);
		return self::object( array( 'items' => array( 'type' => 'array', 'items' => $item, 'maxItems' => 500 ) ) );
	}

	/** @return array<string, mixed> `{items, next, more}`. Each entry is checked by itself: see sorted(). */
	public static function change_page(): array {
		return self::object(
			array(
				'items' => array( 'type' => 'array', 'items' => array( 'type' => 'object' ) ),
				'next'  => array( 'type' => 'string', 'maxLength' => 500 ),
				'more'  => array( 'type' => 'boolean' ),
			)
		);
	}

	/**
	 * Entries of the change feed, without those in a form that this version does not know: one of them must not keep the others
	 * from being read.
	 *
	 * @param array<int, array<string, mixed>> $changes
	 * @return array{items: array<int, array<string, mixed>>, unknown: array<int, array{change: array<string, mixed>, error: Sidecar_Error}>}
	 */
	public static function sorted( array $changes ): array {
		$sorted = array( 'items' => array(), 'unknown' => array() );
		foreach ( $changes as $change ) {
			$valid = rest_validate_value_from_schema( $change, self::change(), 'change' );
			if ( $valid instanceof WP_Error ) {
				$sorted['unknown'][] = array( 'change' => $change, 'error' => Sidecar_Error::of_form( $valid, 200 ) );
			} else {
				$sorted['items'][] = $change;
			}
		}
		return $sorted;
	}

	/** @return array<string, mixed> An entry of the change feed. */
	private static function change(): array {
		$nullable_job        = array( 'type' => array( 'object', 'null' ) ) + self::job();
		$nullable_suggestion = array( 'type' => array( 'object', 'null' ) ) + self::suggestion();
		return self::object( array( 'type' => self::text(), 'job' => $nullable_job, 'suggestion' => $nullable_suggestion ) );
	}

	/** @return array<string, mixed> `{run}` */
	public static function run_reply(): array {
		$run = self::object( array( 'id' => self::id(), 'state' => self::text() ) );
		// Absent in earlier sidecars, which translate nothing.
		$run['properties'] += array(
			'expected'    => array( 'type' => array( 'integer', 'null' ), 'minimum' => 0 ),
			'jobs'        => array( 'type' => 'object', 'additionalProperties' => self::count() ),
			'suggestions' => array( 'type' => 'object', 'additionalProperties' => self::count() ),
			'translates'  => array( 'type' => array( 'object', 'null' ), 'properties' => array( 'languages' => array( 'type' => 'array', 'items' => self::text() ) ) ),
		);
		return self::object( array( 'run' => $run ) );
	}

	/** @return array<string, mixed> Answer of `POST /v1/translations`. */
	public static function translation_reply(): array {
		return self::object( array( 'text' => self::text(), 'alternatives' => array( 'type' => 'array', 'items' => self::text(), 'maxItems' => 50 ), 'flags' => self::flags() ) );
	}

	/** @return array<string, mixed> Answer of `POST /v1/captions` to a question. */
	public static function answer_reply(): array {
		return self::object( array( 'answer' => self::text() ) );
	}

	/** @return array<string, mixed> `{instance}` */
	public static function instance_reply(): array {
		return self::object( array( 'instance' => self::object( array( 'id' => array( 'type' => 'string', 'pattern' => '^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$' ) ) ) ) );
	}

	/** @return array<string, mixed> `{site: {glossary}}` */
	public static function site_reply(): array {
		$words = array( 'type' => 'array', 'items' => self::text() );
		$entry = self::object( array( 'term' => self::text(), 'forms' => $words, 'instead_of' => $words, 'is_name' => array( 'type' => 'boolean' ), 'language' => self::text() ) );
		return self::object( array( 'site' => self::object( array( 'glossary' => array( 'type' => 'array', 'items' => $entry, 'maxItems' => 1000 ) ) ) ) );
	}

	/** @return array<string, mixed> `{webhook}` */
	public static function webhook_reply(): array {
		return self::object( array( 'webhook' => self::object( array( 'secret' => array( 'type' => 'string', 'pattern' => '^whsec_[A-Za-z0-9+/=]{16,}$' ) ) ) ) );
	}

	/** @return array<string, mixed> Answer of `GET /v1/status`. */
	public static function status(): array {
		$status = self::object(
			array(
				'version'                => self::text(),
				'model'                  => array( 'type' => array( 'object', 'null' ) ) + self::model(),
				'ready'                  => array( 'type' => 'boolean' ),
				'problems'               => array( 'type' => 'array', 'items' => self::object( array( 'code' => self::text(), 'message' => self::text() ) ) ),
				'queue'                  => self::object( array( 'waiting' => self::count(), 'running' => self::count() ) ),
				'seconds_per_image'      => array( 'type' => array( 'number', 'null' ) ),
				'estimated_wait_seconds' => array( 'type' => array( 'number', 'null' ) ),
				'site'                   => self::object( array( 'id' => self::text(), 'name' => self::text() ) ),
			)
		);
		// Absent in the first versions, which sent nothing on.
		$status['properties']['bytes_also_go_to'] = array( 'type' => array( 'string', 'null' ), 'maxLength' => 2000 );
		return $status;
	}

	/** @return array<string, mixed> */
	private static function job(): array {
		return self::object(
			array(
				'id'            => self::id(),
				'state'         => array( 'type' => 'string', 'enum' => array( 'waiting', 'running', 'done', 'failed', 'cancelled' ) ),
				'subject'       => self::subject(),
				'error'         => array( 'type' => array( 'object', 'null' ), 'properties' => array( 'code' => self::text(), 'message' => self::text() ) ),
				'suggestion_id' => array( 'type' => array( 'string', 'null' ), 'maxLength' => 64 ),
			)
		);
	}

	/** @return array<string, mixed> */
	private static function suggestion(): array {
		$nullable_text = array( 'type' => array( 'string', 'null' ) );
		return self::object(
			array(
				'id'           => self::id(),
				'version'      => array( 'type' => 'integer', 'minimum' => 1 ),
				'state'        => array( 'type' => 'string', 'enum' => array( 'pending', 'approved', 'rejected', 'decorative', 'applied', 'conflict', 'superseded' ) ),
				'subject'      => self::subject(),
				'fields'       => self::object( array( 'alt_text' => array( 'type' => 'string' ) ) ),
				'alternatives' => array( 'type' => 'array', 'items' => array( 'type' => 'string' ), 'maxItems' => 50 ),
				'confidence'   => array( 'type' => 'number', 'minimum' => 0, 'maximum' => 1 ),
				'flags'        => self::flags(),
				'model'        => self::model(),
				'values'       => array( 'type' => array( 'object', 'null' ) ),
				'reason'       => $nullable_text,
				'decided_by'   => array( 'type' => array( 'object', 'null' ), 'properties' => array( 'id' => self::text(), 'name' => self::text() ) ),
				'created_at'   => self::text(),
				'job_id'       => self::id(),
				'run_id'       => array( 'type' => array( 'string', 'null' ), 'maxLength' => 64 ),
			)
		);
	}

	/** @return array<string, mixed> */
	private static function model(): array {
		return self::object( array( 'id' => self::text(), 'precision' => self::text(), 'demonstration' => array( 'type' => 'boolean' ) ) );
	}

	/** @return array<string, mixed> */
	private static function flags(): array {
		return array( 'type' => 'array', 'maxItems' => 50, 'items' => self::object( array( 'code' => self::text(), 'message' => self::text() ) ) );
	}

	/** @return array<string, mixed> */
	private static function subject(): array {
		return self::object( array( 'type' => self::text(), 'id' => self::text() ) );
	}

	/** @return array<string, mixed> */
	private static function id(): array {
		return array( 'type' => 'string', 'minLength' => 1, 'maxLength' => 64 );
	}

	/** @return array<string, mixed> */
	private static function text(): array {
		return array( 'type' => 'string' );
	}

	/** @return array<string, mixed> */
	private static function count(): array {
		return array( 'type' => 'integer', 'minimum' => 0 );
	}

	/**
	 * @param array<string, array<string, mixed>> $properties All of them required.
	 * @return array<string, mixed>
	 */
	private static function object( array $properties ): array {
		return array( 'type' => 'object', 'properties' => $properties, 'required' => array_keys( $properties ) );
	}
}
