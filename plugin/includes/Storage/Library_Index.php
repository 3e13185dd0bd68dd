<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use Altsmith\Plugin;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL -- the only SQL that writes our own table; $t is its name, and numbers are integers

/**
 * A narrow table that says for each image whether it has alt text and whether it is decorative; reading that from post meta of
 * 100,000 images takes a second. It is a copy: after a change of an image its row is read from post meta again, and once a
 * day all rows are, because importers may write to the database without calling WordPress's hooks.
 */
final class Library_Index {
	private const OPTION = 'altsmith_library_index';

	/** Numbers of attachments in one statement of the pass through all. */
	private const RANGE = 5000;

	/** Images that are updated in one statement; an import may change thousands in one request. */
	private const BATCH = 500;

	/** @var array<int, true> Images that this request changed and whose rows are not updated yet. */
	private static array $noticed = array();

	/** Whether write_down() is on the hook `shutdown`. */
	private static bool $planned = false;

	public function register(): void {
		foreach ( array( 'added_post_meta', 'updated_post_meta', 'deleted_post_meta' ) as $hook ) {
			add_action( $hook, array( $this, 'meta_changed' ), 10, 3 );
		}
		add_action( 'add_attachment', array( $this, 'notice' ) );
		add_action( 'edit_attachment', array( $this, 'notice' ) );
		add_action( 'trashed_post', array( $this, 'notice' ) );
		add_action( 'untrashed_post', array( $this, 'notice' ) );
		add_action( 'delete_attachment', array( $this, 'notice' ) );
		add_action( Plugin::CRON_HOOK, array( $this, 'read_all' ), 25, 0 );
	}

	// `mixed`, and defaults: other plugins fire these hooks by hand; deleted_post_meta sends a list of ids first.
	public function meta_changed( mixed $meta_id = 0, mixed $post_id = 0, mixed $key = '' ): void {
		if ( Alt_Text_Meta::KEY === $key || Provenance::DECORATIVE_KEY === $key ) {
			$this->notice( $post_id );
		}
	}

	/** Remembers that an image has changed; its row is updated at the end of the request. */
	public function notice( mixed $post_id = 0 ): void {
		if ( ! is_numeric( $post_id ) ) {
			return;
		}
		self::$noticed[ (int) $post_id ] = true;
		if ( count( self::$noticed ) >= self::BATCH ) {
			self::write_down();
		} elseif ( ! self::$planned ) {
			self::$planned = true;
			add_action( 'shutdown', array( self::class, 'write_down' ) );
		}
	}

	/** Updates the rows of the images that this request changed. */
	public static function write_down(): void {
		global $wpdb;
		$ids           = implode( ',', array_keys( self::$noticed ) );
		self::$noticed = array();
		if ( '' !== $ids && Schema::is_current() ) {
			self::read( "{$wpdb->posts}.ID IN ( $ids )", "attachment_id IN ( $ids )" );
		}
	}

	/** Whether every image has a row. */
	public static function is_ready(): bool {
		self::write_down();
		return Schema::is_current() && ! empty( self::state()['ready'] );
	}

	/** @return string A condition on the posts table. Ask is_ready() first. */
	public static function condition( bool $has_text, bool $is_decorative ): string {
		global $wpdb;
		return sprintf( '%s.ID IN ( SELECT attachment_id FROM %s WHERE has_text = %d AND decorative = %d )', $wpdb->posts, Schema::library_table(), (int) $has_text, (int) $is_decorative );
	}

	/** @return array{total: int, with_text: int, decorative: int, missing: int} Ask is_ready() first. */
	public static function counts(): array {
		global $wpdb;
		$t     = Schema::library_table();
		$found = array( 'total' => 0, 'with_text' => 0, 'decorative' => 0, 'missing' => 0 );
		foreach ( (array) $wpdb->get_results( "SELECT has_text, decorative, COUNT(*) AS n FROM $t GROUP BY has_text, decorative", ARRAY_A ) as $row ) {
			$found['total']      += (int) $row['n'];
			$found['with_text']  += (int) $row['has_text'] * (int) $row['n'];
			$found['decorative'] += (int) $row['decorative'] * (int) $row['n'];
			$found['missing']    += '0' === $row['has_text'] && '0' === $row['decorative'] ? (int) $row['n'] : 0;
		}
		return $found;
	}

	/** Has all images read again, by the next background runs. The present rows stay in use meanwhile. */
	public static function start_over(): void {
		update_option( self::OPTION, array( 'cursor' => 0, 'done_at' => 0 ) + self::state(), false );
	}

	/**
	 * Reads all images again, in steps; begins a day after the last pass ended.
	 *
	 * @param float $seconds How long this call may go on.
	 * @return bool Whether the pass has ended.
	 */
	public function read_all( float $seconds = 10.0 ): bool {
		global $wpdb;
		$state = self::state();
		if ( ! Schema::is_current() || $state['done_at'] > time() - DAY_IN_SECONDS ) {
			return true;
		}
		$lock = new Lock( 'library_index', 60 );
		if ( ! $lock->acquire() ) {
			return false;
		}
		$until = microtime( true ) + $seconds;
		$last  = (int) $wpdb->get_var( "SELECT MAX(ID) FROM {$wpdb->posts}" );
		$top   = max( $last, (int) $wpdb->get_var( 'SELECT MAX(attachment_id) FROM ' . Schema::library_table() ) );
		try {
			while ( $state['cursor'] <= $top && microtime( true ) < $until && $lock->renew() ) {
				$range = 'BETWEEN ' . ( $state['cursor'] + 1 ) . ' AND ' . ( $state['cursor'] + self::RANGE );
				if ( ! self::read( "{$wpdb->posts}.ID $range", "attachment_id $range" ) ) {
					return false;
				}
				$state['cursor'] += self::RANGE;
				update_option( self::OPTION, $state, false );
			}
			if ( $state['cursor'] > $top ) {
				update_option( self::OPTION, array( 'cursor' => 0, 'done_at' => time(), 'ready' => true ), false );
				return true;
			}
		} finally {
			$lock->release();
		}
		return false;
	}

	/** Whether all images are to be read again. */
	public static function is_due(): bool {
		return self::state()['done_at'] <= time() - DAY_IN_SECONDS;
	}

	/**
	 * Updates the rows of some images.
	 *
	 * @param string $posts Condition on the posts table.
	 * @param string $rows  The same condition on our table.
	 * @return bool False when the database refused.
	 */
	private static function read( string $posts, string $rows ): bool {
		global $wpdb;
		$t = Schema::library_table();
		return false !== $wpdb->query( "DELETE FROM $t WHERE $rows AND attachment_id NOT IN ( SELECT {$wpdb->posts}.ID FROM {$wpdb->posts} WHERE $posts AND " . Image_Conditions::image() . ' )' )
			&& false !== $wpdb->query( "INSERT INTO $t (attachment_id, has_text, decorative) SELECT {$wpdb->posts}.ID, " . Image_Conditions::has_text() . ', ' . Image_Conditions::is_decorative() . " FROM {$wpdb->posts} WHERE $posts AND " . Image_Conditions::image() . ' ON DUPLICATE KEY UPDATE has_text = VALUES(has_text), decorative = VALUES(decorative)' );
	}

	/** @return array{cursor: int, done_at: int, ready: bool} */
	private static function state(): array {
		$stored = get_option( self::OPTION, array() );
		$stored = is_array( $stored ) ? $stored : array();
		return array( 'cursor' => (int) ( $stored['cursor'] ?? 0 ), 'done_at' => (int) ( $stored['done_at'] ?? 0 ), 'ready' => (bool) ( $stored['ready'] ?? false ) );
	}
}
