<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use Altsmith\Placements\Placement_Table;

defined( 'ABSPATH' ) || exit;

/**
 * The plugin's own tables. One request row for each attachment holds the request and what lists need of its answer; the
 * answer itself is in the table of texts, so that counting and searching read little. A backfill is a row of runs, with one item for each image it looked at.
 */
final class Schema {
	/** Raise it with every change of the statements below: dbDelta then runs once on the next request. */
	public const VERSION = 4;

	private const VERSION_OPTION = 'altsmith_schema_version';
	private const FAILED_OPTION  = 'altsmith_schema_failed';
	private const RETRY_SECONDS  = 300;

	public static function requests_table(): string {
		global $wpdb;
		return $wpdb->prefix . 'altsmith_requests';
	}

	public static function runs_table(): string {
		global $wpdb;
		return $wpdb->prefix . 'altsmith_runs';
	}

	public static function run_items_table(): string {
		global $wpdb;
		return $wpdb->prefix . 'altsmith_run_items';
	}

	public static function texts_table(): string {
		global $wpdb;
		return $wpdb->prefix . 'altsmith_texts';
	}

	public static function pictures_table(): string {
		global $wpdb;
		return $wpdb->prefix . 'altsmith_pictures';
	}

	/**
	 * Brings the tables up to date. Cheap when nothing changed: one autoloaded option is compared. One process does it; the
	 * version is only written when every table is there, and a database that refuses is left alone for some minutes.
	 */
	public static function upgrade(): void {
		if ( self::VERSION === (int) get_option( self::VERSION_OPTION, 0 ) ) {
			return;
		}
		$lock = new Lock( 'schema', 300 );
		if ( (int) get_option( self::FAILED_OPTION, 0 ) > time() - self::RETRY_SECONDS || ! $lock->acquire() ) {
			return;
		}
		try {
			require_once ABSPATH . 'wp-admin/includes/upgrade.php';
			dbDelta( array_merge( self::statements(), array( Placement_Table::statement() ) ) );
			if ( self::is_complete() ) {
				Table_Move::plan();
				update_option( self::VERSION_OPTION, self::VERSION, true );
				delete_option( self::FAILED_OPTION );
			} else {
				update_option( self::FAILED_OPTION, time(), true );
			}
		} finally {
			$lock->release();
		}
	}

	/** @return string[] Names of every table of ours on this site. */
	public static function tables(): array {
		return array( self::requests_table(), self::runs_table(), self::run_items_table(), self::pictures_table(), self::texts_table(), Placement_Table::name() );
	}

	/** Whether every table has every column that its statement names. */
	private static function is_complete(): bool {
		global $wpdb;
		$was_quiet = $wpdb->suppress_errors();
		$complete  = true;
		foreach ( array_merge( self::statements(), array( Placement_Table::statement() ) ) as $statement ) {
			preg_match( '/CREATE TABLE (\S+)/', $statement, $table );
			preg_match_all( '/^  ([a-z0-9_]+) [a-z]/m', $statement, $columns );
			$there    = array_map( 'strtolower', (array) $wpdb->get_col( "DESCRIBE {$table[1]}" ) ); // phpcs:ignore WordPress.DB -- a table name of our own
			$complete = $complete && array() === array_diff( $columns[1], $there );
		}
		$wpdb->suppress_errors( $was_quiet );
		return $complete;
	}

	public static function drop(): void {
		global $wpdb;
		foreach ( self::tables() as $table ) {
			$wpdb->query( "DROP TABLE IF EXISTS $table" ); // phpcs:ignore WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- a table name of our own
		}
	}

	/**
	 * Times are seconds since 1970, UTC. Empty string means "none": dbDelta and SQLite both handle it better than NULL.
	 *
	 * @return string[]
	 */
	private static function statements(): array {
		global $wpdb;
		$requests = self::requests_table();
		$charset  = $wpdb->get_charset_collate();
		$runs     = self::runs_table();
		$items    = self::run_items_table();
		$pictures = self::pictures_table();
		$texts    = self::texts_table();
		return array(
			"CREATE TABLE $requests (
  id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  attachment_id bigint(20) unsigned NOT NULL,
  status varchar(20) NOT NULL DEFAULT 'queued',
  priority varchar(12) NOT NULL DEFAULT 'upload',
  run_id varchar(64) NOT NULL DEFAULT '',
  attempts int(11) NOT NULL DEFAULT 0,
  next_attempt_at bigint(20) NOT NULL DEFAULT 0,
  error_code varchar(64) NOT NULL DEFAULT '',
  error_message text NOT NULL,
  image_sha256 varchar(64) NOT NULL DEFAULT '',
  source_sha256 varchar(64) NOT NULL DEFAULT '',
  language varchar(35) NOT NULL DEFAULT '',
  job_id varchar(64) NOT NULL DEFAULT '',
  suggestion_id varchar(64) NOT NULL DEFAULT '',
  suggestion_state varchar(20) NOT NULL DEFAULT '',
  suggestion_version int(11) NOT NULL DEFAULT 0,
  confidence double NOT NULL DEFAULT 0,
  flags varchar(400) NOT NULL DEFAULT '',
  suggested_alt text NOT NULL,
  words varchar(400) NOT NULL DEFAULT '',
  has_report tinyint(1) NOT NULL DEFAULT 0,
  created_at bigint(20) NOT NULL DEFAULT 0,
  updated_at bigint(20) NOT NULL DEFAULT 0,
  PRIMARY KEY  (id),
  UNIQUE KEY attachment_id (attachment_id),
  KEY due (status,next_attempt_at),
  KEY suggestion_id (suggestion_id),
  KEY standing (status,suggestion_state,created_at,attachment_id),
  KEY unreported (has_report,updated_at),
  KEY by_confidence (status,suggestion_state,confidence,attachment_id),
  KEY run_id (run_id)
) $charset;",
			"CREATE TABLE $runs (
  id varchar(64) NOT NULL,
  state varchar(12) NOT NULL DEFAULT 'running',
  overwrite tinyint(1) NOT NULL DEFAULT 0,
  include_decided tinyint(1) NOT NULL DEFAULT 0,
  expected int(11) NOT NULL DEFAULT 0,
  position bigint(20) unsigned NOT NULL DEFAULT 0,
  looked_through tinyint(1) NOT NULL DEFAULT 0,
  started_by bigint(20) unsigned NOT NULL DEFAULT 0,
  created_at bigint(20) NOT NULL DEFAULT 0,
  finished_at bigint(20) NOT NULL DEFAULT 0,
  PRIMARY KEY  (id),
  KEY created_at (created_at)
) $charset;",
			"CREATE TABLE $texts (
  attachment_id bigint(20) unsigned NOT NULL,
  suggestion longtext NOT NULL,
  seen_alt longtext NOT NULL,
  report longtext NOT NULL,
  PRIMARY KEY  (attachment_id)
) $charset;",
			"CREATE TABLE $pictures (
  attachment_id bigint(20) unsigned NOT NULL,
  mark varchar(32) NOT NULL DEFAULT '',
  look varchar(400) NOT NULL DEFAULT '',
  to_check tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY  (attachment_id),
  KEY to_check (to_check)
) $charset;",
			"CREATE TABLE $items (
  run_id varchar(64) NOT NULL,
  attachment_id bigint(20) unsigned NOT NULL,
  reason varchar(32) NOT NULL DEFAULT '',
  PRIMARY KEY  (run_id,attachment_id),
  KEY attachment_id (attachment_id)
) $charset;",
		);
	}
}
