<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.PreparedSQLPlaceholders -- names of our own tables

/**
 * Version 0.1 kept answers in the requests table itself. They are moved a few hundred at a time, by background runs, and
 * may be read and changed meanwhile; the old columns go with the last row. Whatever the database refuses stops the move
 * where it is, and the next run goes on from there.
 */
final class Table_Move {
	/** Id of the last row that was moved; no option when there is nothing to move. */
	private const OPTION = 'altsmith_table_move';

	private const BATCH = 250;

	/** Longer than one batch takes. */
	private const LOCK_SECONDS = 60;

	public static function is_on(): bool {
		return false !== get_option( self::OPTION );
	}

	/**
	 * Plans the move where the requests table has the old columns. Called after the tables were brought up to date, and again
	 * after an interruption.
	 *
	 * @return bool False when the database refused.
	 */
	public static function plan(): bool {
		global $wpdb;
		$t     = Schema::requests_table();
		$texts = Schema::texts_table();
		if ( ! self::has_old_columns() ) {
			delete_option( self::OPTION );
			return true;
		}
		// Rows that were moved already have their report in the other table.
		$done = $wpdb->query( "UPDATE $t r LEFT JOIN $texts x ON x.attachment_id = r.attachment_id SET r.has_report = 1 WHERE r.report <> '' AND x.attachment_id IS NULL" );
		update_option( self::OPTION, 0, true );
		return false !== $done;
	}

	/** One row, before it is changed. Safe to call for any row. */
	public static function move_one( int $attachment_id ): void {
		global $wpdb;
		$t     = Schema::requests_table();
		$texts = Schema::texts_table();
		$wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $texts (attachment_id, suggestion, seen_alt, report) SELECT attachment_id, suggestion, seen_alt, report FROM $t WHERE attachment_id = %d", $attachment_id ) );
	}

	/** Moves rows until the time `$until`, in one process at a time. Does not call the sidecar. */
	public static function step( float $until ): void {
		if ( ! self::is_on() || ! Schema::is_current() ) {
			return;
		}
		$lock = new Lock( 'move', self::LOCK_SECONDS );
		if ( ! $lock->acquire() ) {
			return;
		}
		try {
			if ( ! self::has_old_columns() ) {
				delete_option( self::OPTION ); // The process that dropped them ended before it deleted the option.
				return;
			}
			while ( self::is_on() && microtime( true ) < $until && $lock->renew() && self::move_batch( (int) get_option( self::OPTION ) ) ) {
				continue;
			}
		} finally {
			$lock->release();
		}
	}

	private static function has_old_columns(): bool {
		global $wpdb;
		$t = Schema::requests_table();
		return in_array( 'suggestion', (array) $wpdb->get_col( "DESCRIBE $t" ), true );
	}

	/** @return bool Whether to go on: false at the end, and when the database refused a statement. */
	private static function move_batch( int $after ): bool {
		global $wpdb;
		$t    = Schema::requests_table();
		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT id, attachment_id, suggestion, suggested_alt FROM $t WHERE id > %d ORDER BY id LIMIT %d", $after, self::BATCH ), ARRAY_A );
		if ( ! is_array( $rows ) || '' !== $wpdb->last_error ) {
			return false; // A query that failed has no rows either.
		}
		if ( array() === $rows ) {
			self::drop_old_columns();
			return false;
		}
		$texts = Schema::texts_table();
		$last  = (int) $rows[ count( $rows ) - 1 ]['id'];
		if ( false === $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $texts (attachment_id, suggestion, seen_alt, report) SELECT attachment_id, suggestion, seen_alt, report FROM $t WHERE id > %d AND id <= %d", $after, $last ) ) ) {
			return false;
		}
		$cases  = '';
		$values = array();
		foreach ( $rows as $row ) {
			$text = json_decode( (string) $row['suggestion'], true )['fields']['alt_text'] ?? null;
			if ( is_string( $text ) && '' === $row['suggested_alt'] ) {
				$cases .= ' WHEN %d THEN %s';
				array_push( $values, (int) $row['id'], Request_Store::storable( 'suggested_alt', $text ) );
			}
		}
		if ( '' !== $cases ) {
			array_push( $values, $after, $last );
			if ( false === $wpdb->query( $wpdb->prepare( "UPDATE $t SET suggested_alt = CASE id$cases ELSE suggested_alt END WHERE id > %d AND id <= %d", $values ) ) ) {
				return false;
			}
		}
		$done = Request_Store::read_words( $wpdb->prepare( "r.id > %d AND r.id <= %d AND r.words = ''", $after, $last ) );
		if ( ! $done || ! Picture_Store::plan_first_looks( $after, $last ) ) {
			return false;
		}
		update_option( self::OPTION, $last, true );
		return true;
	}

	/** Only when every row has its texts in the other table. */
	private static function drop_old_columns(): void {
		global $wpdb;
		$t     = Schema::requests_table();
		$texts = Schema::texts_table();
		$left  = $wpdb->get_col( "SELECT r.id FROM $t r LEFT JOIN $texts x ON x.attachment_id = r.attachment_id WHERE x.attachment_id IS NULL AND ( r.suggestion <> '' OR r.seen_alt <> '' OR r.report <> '' ) ORDER BY r.id LIMIT 1" );
		if ( '' !== $wpdb->last_error ) {
			return;
		}
		if ( array() !== $left ) {
			update_option( self::OPTION, (int) $left[0] - 1, true );
			return;
		}
		$keys = array_unique( (array) $wpdb->get_col( "SHOW INDEX FROM $t", 2 ) );
		$drop = in_array( 'state_confidence', $keys, true ) ? ', DROP KEY state_confidence' : '';
		if ( false === $wpdb->query( "ALTER TABLE $t DROP COLUMN suggestion, DROP COLUMN seen_alt, DROP COLUMN report$drop" ) ) {
			return;
		}
		delete_option( self::OPTION );
		// MariaDB drops a column without freeing its space; this rebuilds the table.
		$wpdb->query( "OPTIMIZE TABLE $t" );
	}
}
