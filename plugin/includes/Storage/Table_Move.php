<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.PreparedSQLPlaceholders -- names of our own tables

/**
 * Version 0.1 kept answers in the requests table itself. They are moved a few hundred at a time, by background runs, and
 * may be read and changed meanwhile; the old columns go with the last row.
 */
final class Table_Move {
	/** Id of the last row that was moved; no option when there is nothing to move. */
	private const OPTION = 'altsmith_table_move';

	private const BATCH = 250;

	public static function is_on(): bool {
		return false !== get_option( self::OPTION );
	}

	/** After the tables were brought up to date: is there anything to move? */
	public static function plan(): void {
		global $wpdb;
		$t = Schema::requests_table();
		if ( in_array( 'suggestion', (array) $wpdb->get_col( "DESCRIBE $t" ), true ) ) {
			$wpdb->query( "UPDATE $t SET has_report = 1 WHERE report <> ''" );
			add_option( self::OPTION, 0, '', true );
		}
	}

	/** One row, before it is changed. Safe to call for any row. */
	public static function move_one( int $attachment_id ): void {
		global $wpdb;
		$t     = Schema::requests_table();
		$texts = Schema::texts_table();
		$wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $texts (attachment_id, suggestion, seen_alt, report) SELECT attachment_id, suggestion, seen_alt, report FROM $t WHERE attachment_id = %d", $attachment_id ) );
	}

	/** Moves rows until the time is up. */
	public static function step( float $until ): void {
		while ( self::is_on() && microtime( true ) < $until ) {
			self::move_batch( (int) get_option( self::OPTION ) );
		}
	}

	private static function move_batch( int $after ): void {
		global $wpdb;
		$t    = Schema::requests_table();
		$rows = (array) $wpdb->get_results( $wpdb->prepare( "SELECT id, attachment_id, suggestion, suggested_alt FROM $t WHERE id > %d ORDER BY id LIMIT %d", $after, self::BATCH ), ARRAY_A );
		if ( array() === $rows ) {
			$wpdb->query( "ALTER TABLE $t DROP COLUMN suggestion, DROP COLUMN seen_alt, DROP COLUMN report" );
			// MariaDB only forgets dropped columns: made anew, the table is as small as it is meant to be.
			$wpdb->query( "OPTIMIZE TABLE $t" );
			delete_option( self::OPTION );
			return;
		}
		$texts = Schema::texts_table();
		$last  = (int) $rows[ count( $rows ) - 1 ]['id'];
		$wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $texts (attachment_id, suggestion, seen_alt, report) SELECT attachment_id, suggestion, seen_alt, report FROM $t WHERE id > %d AND id <= %d", $after, $last ) );
		$cases  = '';
		$values = array();
		foreach ( $rows as $row ) {
			$text = json_decode( (string) $row['suggestion'], true )['fields']['alt_text'] ?? null;
			if ( is_string( $text ) && '' === $row['suggested_alt'] ) {
				$cases .= ' WHEN %d THEN %s';
				array_push( $values, (int) $row['id'], $text );
			}
		}
		if ( '' !== $cases ) {
			array_push( $values, $after, $last );
			$wpdb->query( $wpdb->prepare( "UPDATE $t SET suggested_alt = CASE id$cases ELSE suggested_alt END WHERE id > %d AND id <= %d", $values ) );
		}
		$wpdb->query( $wpdb->prepare( "UPDATE $t r JOIN $wpdb->posts p ON p.ID = r.attachment_id LEFT JOIN $wpdb->postmeta m ON m.post_id = p.ID AND m.meta_key = '_wp_attached_file' SET r.words = LEFT( CONCAT_WS( ' ', p.post_title, SUBSTRING_INDEX( m.meta_value, '/', -1 ) ), 400 ) WHERE r.id > %d AND r.id <= %d AND r.words = ''", $after, $last ) );
		update_option( self::OPTION, $last, true );
	}
}
