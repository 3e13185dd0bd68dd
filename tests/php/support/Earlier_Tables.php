<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

use Altsmith\Storage\Schema;

/** The tables of the current site as an earlier version of them was, with one suggestion that waits for a person. DDL commits. */
final class Earlier_Tables {
	private const VERSION_WITH_RUNS     = 2;
	private const VERSION_WITH_PICTURES = 3;
	private const VERSION_WITH_TEXTS    = 4;
	private const VERSION_WITH_NARROWED = 5;
	private const VERSION_WITH_HASHES   = 6;
	private const VERSION_WITH_LIBRARY  = 7;

	/** @param array<string, mixed> $suggestion Of the attachment. */
	public static function make( int $version, int $attachment_id, array $suggestion ): void {
		global $wpdb;
		$requests = Schema::requests_table();
		$row      = $wpdb->get_row( "SELECT * FROM $requests WHERE attachment_id = $attachment_id", ARRAY_A );
		Schema::drop();
		foreach ( self::statements( $version ) as $statement ) {
			if ( false === $wpdb->query( $statement ) ) {
				throw new \RuntimeException( $wpdb->last_error );
			}
		}
		$texts = array( 'suggestion' => (string) wp_json_encode( $suggestion ), 'seen_alt' => '', 'report' => '' );
		$there = array_flip( $wpdb->get_col( "DESCRIBE $requests" ) );
		$wpdb->insert( $requests, array_intersect_key( $row + $texts, $there ) );
		if ( $version >= self::VERSION_WITH_TEXTS ) {
			$wpdb->insert( Schema::texts_table(), array( 'attachment_id' => $attachment_id ) + $texts );
		}
		foreach ( array( 'altsmith_table_move', 'altsmith_library_index', 'altsmith_library_again' ) as $option ) {
			delete_option( $option );
		}
		update_option( 'altsmith_schema_version', $version );
	}

	/** @return string[] */
	private static function statements( int $version ): array {
		$texts  = $version < self::VERSION_WITH_TEXTS;
		$tables = array(
			Schema::requests_table() => "id bigint(20) unsigned NOT NULL AUTO_INCREMENT, attachment_id bigint(20) unsigned NOT NULL, status varchar(20) NOT NULL DEFAULT 'queued', priority varchar(12) NOT NULL DEFAULT 'upload', run_id varchar(64) NOT NULL DEFAULT '',
				attempts int(11) NOT NULL DEFAULT 0, next_attempt_at bigint(20) NOT NULL DEFAULT 0, error_code varchar(64) NOT NULL DEFAULT '', error_message text NOT NULL, image_sha256 varchar(64) NOT NULL DEFAULT '', job_id varchar(64) NOT NULL DEFAULT '',
				suggestion_id varchar(64) NOT NULL DEFAULT '', suggestion_state varchar(20) NOT NULL DEFAULT '', suggestion_version int(11) NOT NULL DEFAULT 0, confidence double NOT NULL DEFAULT 0, flags varchar(400) NOT NULL DEFAULT '',
				created_at bigint(20) NOT NULL DEFAULT 0, updated_at bigint(20) NOT NULL DEFAULT 0, PRIMARY KEY  (id), UNIQUE KEY attachment_id (attachment_id), KEY due (status,next_attempt_at), KEY suggestion_id (suggestion_id), KEY run_id (run_id), "
				. ( $version >= self::VERSION_WITH_PICTURES ? "source_sha256 varchar(64) NOT NULL DEFAULT '', language varchar(20) NOT NULL DEFAULT '', " : '' )
				. ( $texts ? 'suggestion longtext NOT NULL, seen_alt longtext NOT NULL, report longtext NOT NULL, KEY state_confidence (suggestion_state,confidence)' : "suggested_alt text NOT NULL, words varchar(400) NOT NULL DEFAULT '', has_report tinyint(1) NOT NULL DEFAULT 0, KEY standing (status,suggestion_state,created_at,attachment_id), KEY unreported (has_report,updated_at), KEY by_confidence (status,suggestion_state,confidence,attachment_id)" ),
		);
		if ( $version >= self::VERSION_WITH_RUNS ) {
			$tables[ Schema::runs_table() ]      = "id varchar(64) NOT NULL, state varchar(12) NOT NULL DEFAULT 'running', overwrite tinyint(1) NOT NULL DEFAULT 0, include_decided tinyint(1) NOT NULL DEFAULT 0, expected int(11) NOT NULL DEFAULT 0, position bigint(20) unsigned NOT NULL DEFAULT 0, looked_through tinyint(1) NOT NULL DEFAULT 0,
				started_by bigint(20) unsigned NOT NULL DEFAULT 0, created_at bigint(20) NOT NULL DEFAULT 0, finished_at bigint(20) NOT NULL DEFAULT 0, PRIMARY KEY  (id), KEY created_at (created_at)" . ( $version >= self::VERSION_WITH_NARROWED ? ", narrowed varchar(200) NOT NULL DEFAULT ''" : '' );
			$tables[ Schema::run_items_table() ] = "run_id varchar(64) NOT NULL, attachment_id bigint(20) unsigned NOT NULL, reason varchar(32) NOT NULL DEFAULT '', PRIMARY KEY  (run_id,attachment_id), KEY attachment_id (attachment_id)";
		}
		if ( $version >= self::VERSION_WITH_PICTURES ) {
			$tables[ Schema::pictures_table() ] = 'attachment_id bigint(20) unsigned NOT NULL, PRIMARY KEY  (attachment_id), ' . ( $version >= self::VERSION_WITH_HASHES
				? "file_stamp varchar(32) NOT NULL DEFAULT '', perceptual_hash text NOT NULL, check_at bigint(20) NOT NULL DEFAULT 0, checks int(11) NOT NULL DEFAULT 0, KEY check_at (check_at)"
				: "mark varchar(32) NOT NULL DEFAULT '', look varchar(400) NOT NULL DEFAULT '', to_check tinyint(1) NOT NULL DEFAULT 0, KEY to_check (to_check)" );
		}
		if ( ! $texts ) {
			$tables[ Schema::texts_table() ] = 'attachment_id bigint(20) unsigned NOT NULL, suggestion longtext NOT NULL, seen_alt longtext NOT NULL, report longtext NOT NULL, PRIMARY KEY  (attachment_id)';
		}
		if ( $version >= self::VERSION_WITH_LIBRARY ) {
			$tables[ Schema::library_table() ] = 'attachment_id bigint(20) unsigned NOT NULL, has_text tinyint(1) NOT NULL DEFAULT 0, decorative tinyint(1) NOT NULL DEFAULT 0, PRIMARY KEY  (attachment_id), KEY standing (has_text,decorative)';
		}
		global $wpdb;
		return array_map( static fn( string $table, string $inside ): string => "CREATE TABLE $table ( $inside ) " . $wpdb->get_charset_collate(), array_keys( $tables ), $tables );
	}
}
