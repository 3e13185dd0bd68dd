<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Storage\Lock;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.PreparedSQLPlaceholders -- names of core's tables and columns; WordPress's functions unserialise what they read, which makes objects of any class, and decide before they write

/** One value of a post's, term's or user's meta, or one option, as the bytes that are in the database. */
final class Stored_Value {
	/** Longer ones are not read: a request has 64 MB. */
	public const MAX_BYTES = 8_000_000;

	/** Of a query, up to which WordPress's check works. */
	private const CHECKED_BYTES = 200_000;

	private const META = array(
		Owner::POST => array( 'postmeta', 'post_id', 'meta_id' ),
		Owner::TERM => array( 'termmeta', 'term_id', 'meta_id' ),
		Owner::USER => array( 'usermeta', 'user_id', 'umeta_id' ),
	);

	public function __construct( private readonly Owner $owner, private readonly string $key ) {}

	/**
	 * Which of the keys an owner has, without reading what is in them.
	 *
	 * @param string[] $keys
	 * @return array<string, int> Length by key; only those that are not empty.
	 */
	public static function sizes( Owner $owner, array $keys ): array {
		global $wpdb;
		if ( array() === $keys ) {
			return array();
		}
		$in = implode( ', ', array_fill( 0, count( $keys ), '%s' ) );
		if ( Owner::SITE === $owner->type ) {
			$rows = $wpdb->get_results( $wpdb->prepare( "SELECT option_name AS name, LENGTH( option_value ) AS size FROM {$wpdb->options} WHERE option_name IN ( $in )", $keys ), ARRAY_A );
		} else {
			list( $table, $column ) = self::META[ $owner->type ];
			$rows                   = $wpdb->get_results( $wpdb->prepare( "SELECT meta_key AS name, LENGTH( meta_value ) AS size FROM {$wpdb->$table} WHERE $column = %d AND meta_key IN ( $in )", array_merge( array( $owner->id ), $keys ) ), ARRAY_A );
		}
		return array_filter( array_map( 'intval', array_column( (array) $rows, 'size', 'name' ) ) );
	}

	/** As it is in the database now; no cache is asked. Null when there is none. */
	public function read(): ?string {
		$row = $this->row();
		return null === $row ? null : $row[1];
	}

	/** @return string One of Post_Content's outcomes. */
	public function write( Rewrite $rewrite ): string {
		if ( $rewrite->before === $rewrite->after ) {
			return Post_Content::WRITTEN;
		}
		if ( Owner::POST === $this->owner->type && Post_Content::is_open( $this->owner->id ) ) {
			return Post_Content::OPEN;
		}
		$lock = new Lock( 'value_' . substr( md5( $this->owner->type . $this->owner->id . $this->key ), 0, 12 ), 20 );
		if ( ! $lock->acquire_within( 2000 ) ) {
			return Post_Content::CHANGED;
		}
		try {
			$row = $this->row();
			if ( null === $row || $row[1] !== $rewrite->before ) {
				return Post_Content::CHANGED;
			}
			unset( $row[1] );
			return $this->replace( $row[0], $rewrite ) ? Post_Content::WRITTEN : ( $this->read() === $rewrite->before ? Post_Content::NOT_KEPT : Post_Content::CHANGED );
		} finally {
			$lock->release();
		}
	}

	/**
	 * Only while the old bytes are there: their hash is compared, because both values together can be more than the database
	 * takes at once. WordPress looks for wrong characters in a query that is not ASCII, with patterns that fail on a long one;
	 * it has no such check in update(), which can compare whole values only.
	 */
	private function replace( int $row_id, Rewrite $rewrite ): bool {
		global $wpdb;
		list( $table, $id, $value ) = $this->columns();
		$is_plain                   = strlen( $rewrite->after ) < self::CHECKED_BYTES || 1 !== preg_match( '/[\x80-\xff]/', $rewrite->after );
		$changed                    = ! $is_plain ? $wpdb->update( $table, array( $value => $rewrite->after ), array( $id => $row_id, $value => $rewrite->before ) ) : $wpdb->query( $wpdb->prepare( "UPDATE $table SET $value = %s WHERE $id = %d AND MD5( CONVERT( $value USING utf8mb4 ) ) = %s", $rewrite->after, $row_id, md5( $rewrite->before ) ) );
		$this->forget();
		return 1 === $changed && $this->read() === $rewrite->after;
	}

	private function forget(): void {
		if ( Owner::SITE === $this->owner->type ) {
			wp_cache_delete( $this->key, 'options' );
			wp_cache_delete( 'alloptions', 'options' );
			return;
		}
		wp_cache_delete( $this->owner->id, $this->owner->type . '_meta' );
		if ( Owner::POST === $this->owner->type ) {
			clean_post_cache( $this->owner->id );
		}
	}

	/** @return array{0: string, 1: string, 2: string} Table, its primary key, column of the value. */
	private function columns(): array {
		global $wpdb;
		if ( Owner::SITE === $this->owner->type ) {
			return array( $wpdb->options, 'option_id', 'option_value' );
		}
		list( $table, , $id ) = self::META[ $this->owner->type ];
		return array( $wpdb->$table, $id, 'meta_value' );
	}

	/** @return array{0: int, 1: string}|null */
	private function row(): ?array {
		global $wpdb;
		list( $table, $id, $value ) = $this->columns();
		if ( Owner::SITE === $this->owner->type ) {
			$row = $wpdb->get_row( $wpdb->prepare( "SELECT $id AS id, $value AS value FROM $table WHERE option_name = %s", $this->key ) );
		} else {
			$column = self::META[ $this->owner->type ][1];
			$row    = $wpdb->get_row( $wpdb->prepare( "SELECT $id AS id, $value AS value FROM $table WHERE $column = %d AND meta_key = %s ORDER BY $id LIMIT 1", $this->owner->id, $this->key ) );
		}
		$wpdb->flush(); // It would keep megabytes until the next query.
		return is_object( $row ) ? array( (int) $row->id, (string) $row->value ) : null;
	}
}
