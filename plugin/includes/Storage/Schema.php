<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use Altsmith\Placements\Placement_Scan;
use Altsmith\Audit\Audit_Table;
use Altsmith\Placements\Placement_Table;
use Altsmith\Settings;
use Altsmith\Sync\Loopback;

defined( 'ABSPATH' ) || exit;

/**
 * The plugin's own tables. One request row for each attachment holds the request and what lists need of its answer; the
 * answer itself is in the table of texts, so that counting and searching read little. A backfill is a row of runs, with one item for each image it looked at.
 */
final class Schema {
	/** Version of the tables. dbDelta runs once where the database has another one. */
	public const VERSION = ALTSMITH_SCHEMA;

	private const VERSION_OPTION = 'altsmith_schema_version';
	private const FAILED_OPTION  = 'altsmith_schema_failed';
	private const RETRY_SECONDS  = 300;

	/** Time after which another process takes over from one that was killed. Two at once are harmless: the work is done twice. */
	private const LOCK_SECONDS = 120;

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

	public static function library_table(): string {
		global $wpdb;
		return $wpdb->prefix . 'altsmith_library';
	}

	public static function pictures_table(): string {
		global $wpdb;
		return $wpdb->prefix . 'altsmith_pictures';
	}

	/** Whether the tables are those of this version. While they are not, only new uploads are recorded. */
	public static function is_current(): bool {
		return self::VERSION === (int) get_option( self::VERSION_OPTION, 0 );
	}

	/** WordPress Playground keeps its database in SQLite: a statement changes one table there, and nobody else writes meanwhile. */
	public static function is_sqlite(): bool {
		global $wpdb;
		return is_a( $wpdb, 'WP_SQLite_DB' );
	}

	/** Whether there are tables, of whatever version: on a network, a site where the plugin is not active has none. */
	public static function exists(): bool {
		return 0 < (int) get_option( self::VERSION_OPTION, 0 );
	}

	/** What the database said when it last refused the tables; '' when it did not. */
	public static function refusal(): string {
		$failed = get_option( self::FAILED_OPTION );
		return is_array( $failed ) ? (string) ( $failed['error'] ?? '' ) : '';
	}

	/**
	 * Brings the tables up to date, from whatever an earlier version or an interrupted update left. Cheap when nothing
	 * changed: one autoloaded option is compared. One process does it; the version is only written when every table is
	 * there, and a database that refuses is left alone for some minutes.
	 */
	public static function upgrade(): void {
		if ( self::is_current() ) {
			return;
		}
		$failed = get_option( self::FAILED_OPTION );
		$lock   = new Lock( 'schema', self::LOCK_SECONDS );
		if ( (int) ( is_array( $failed ) ? $failed['at'] ?? 0 : $failed ) > time() - self::RETRY_SECONDS || ! $lock->acquire() ) {
			return;
		}
		// A fatal error runs no `finally`.
		register_shutdown_function( array( $lock, 'release' ) );
		try {
			// An object cache may hold the version from before another process wrote it.
			if ( self::VERSION === self::version_in_database() || self::bring_up_to_date() ) {
				self::write_version();
				// An option that is not there costs every page a query. Empty: the choices of the network and the defaults count.
				add_option( Settings::MORE_OPTION, '' );
				Loopback::add_option();
				delete_option( self::FAILED_OPTION );
			}
		} finally {
			$lock->release();
		}
	}

	/** @return bool Whether every table is there. */
	private static function bring_up_to_date(): bool {
		global $wpdb;
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		$wpdb->last_error = '';
		dbDelta( array_merge( self::statements(), array( Placement_Table::statement(), Audit_Table::statement() ) ) );
		$error = $wpdb->last_error;
		if ( self::is_complete() && Table_Move::plan() ) {
			self::clear_marks_without_report();
			Placement_Scan::start_over(); // It may look at more kinds of places in this version.
			Library_Index::start_over(); // It reads again what a search knows of each image, which may be more in this version.
			return true;
		}
		update_option( self::FAILED_OPTION, array( 'at' => time(), 'error' => '' === $error ? $wpdb->last_error : $error ), true );
		return false;
	}

	/** An earlier version could leave the mark of a report without the report. While old tables are moved, a report may be in either table. */
	private static function clear_marks_without_report(): void {
		global $wpdb;
		if ( ! Table_Move::is_on() ) {
			$t = self::requests_table();
			$x = self::texts_table();
			$wpdb->query( "UPDATE $t SET has_report = 0 WHERE has_report = 1 AND attachment_id NOT IN ( SELECT attachment_id FROM $x WHERE report <> '' )" ); // phpcs:ignore WordPress.DB -- table names of our own
		}
	}

	private static function version_in_database(): int {
		global $wpdb;
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM {$wpdb->options} WHERE option_name = %s", self::VERSION_OPTION ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- past the cache
	}

	/** Not with update_option(): where the cache has an old value and the database the new one, that leaves the cache as it is. */
	private static function write_version(): void {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( "INSERT INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'yes') ON DUPLICATE KEY UPDATE option_value = VALUES(option_value), autoload = 'yes'", self::VERSION_OPTION, (string) self::VERSION ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- past the cache
		foreach ( array( 'alloptions', 'notoptions', self::VERSION_OPTION ) as $cached ) {
			wp_cache_delete( $cached, 'options' );
		}
	}

	/** @return string[] Names of every table of ours on this site. */
	public static function tables(): array {
		return array( self::requests_table(), self::runs_table(), self::run_items_table(), self::pictures_table(), self::texts_table(), self::library_table(), Placement_Table::name(), Audit_Table::name() );
	}

	/** Whether every table has every column and every index that its statement names. */
	private static function is_complete(): bool {
		global $wpdb;
		$was_quiet = $wpdb->suppress_errors();
		$complete  = true;
		foreach ( array_merge( self::statements(), array( Placement_Table::statement(), Audit_Table::statement() ) ) as $statement ) {
			preg_match( '/CREATE TABLE (\S+)/', $statement, $table );
			preg_match_all( '/^  ([a-z0-9_]+) [a-z]/m', $statement, $columns );
			$there    = array_map( 'strtolower', (array) $wpdb->get_col( "DESCRIBE {$table[1]}" ) ); // phpcs:ignore WordPress.DB -- a table name of our own
			preg_match_all( '/KEY ([a-z_]+) \(/', $statement, $keys );
			$indexes  = array_map( 'strtolower', (array) $wpdb->get_col( "SHOW INDEX FROM {$table[1]}", 2 ) ); // phpcs:ignore WordPress.DB -- a table name of our own
			$complete = $complete && array() === array_diff( $columns[1], $there ) && array() === array_diff( $keys[1], $indexes );
		}
		$wpdb->suppress_errors( $was_quiet );
		return $complete;
	}

	/** Deletes every table of ours on this site. */
	public static function drop(): void {
		global $wpdb;
		foreach ( self::tables() as $table ) {
			$wpdb->query( "DROP TABLE IF EXISTS $table" ); // phpcs:ignore WordPress.DB -- a table name of our own
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
		$library  = self::library_table();
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
  words varchar(1000) NOT NULL DEFAULT '',
  has_report tinyint(1) NOT NULL DEFAULT 0,
  created_at bigint(20) NOT NULL DEFAULT 0,
  updated_at bigint(20) NOT NULL DEFAULT 0,
  PRIMARY KEY  (id),
  UNIQUE KEY attachment_id (attachment_id),
  KEY due (status,next_attempt_at),
  KEY queue (status,priority,error_code,next_attempt_at),
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
  narrowed varchar(200) NOT NULL DEFAULT '',
  expected int(11) NOT NULL DEFAULT 0,
  position bigint(20) unsigned NOT NULL DEFAULT 0,
  looked_through tinyint(1) NOT NULL DEFAULT 0,
  started_by bigint(20) unsigned NOT NULL DEFAULT 0,
  created_at bigint(20) NOT NULL DEFAULT 0,
  finished_at bigint(20) NOT NULL DEFAULT 0,
  counts text NOT NULL,
  counted_at bigint(20) NOT NULL DEFAULT 0,
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
			"CREATE TABLE $library (
  attachment_id bigint(20) unsigned NOT NULL,
  has_text tinyint(1) NOT NULL DEFAULT 0,
  decorative tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY  (attachment_id),
  KEY standing (has_text,decorative)
) $charset;",
			"CREATE TABLE $pictures (
  attachment_id bigint(20) unsigned NOT NULL,
  file_stamp varchar(32) NOT NULL DEFAULT '',
  perceptual_hash text NOT NULL,
  check_at bigint(20) NOT NULL DEFAULT 0,
  checks int(11) NOT NULL DEFAULT 0,
  PRIMARY KEY  (attachment_id),
  KEY check_at (check_at)
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
