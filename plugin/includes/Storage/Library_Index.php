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
 * 100,000 images takes a second. It is a copy: after a change of an image its row is read from post meta again. Importers and
 * copying tools may write to the database without calling WordPress's hooks: what they insert is read by the next background
 * run, and once a day all rows are read again.
 */
final class Library_Index {
	private const OPTION = 'altsmith_library_index';
	/** Option that asks for a new pass. Not part of the other one, which a running pass writes. */
	private const AGAIN = 'altsmith_library_again';

	/** Numbers of attachments in one statement of the pass through all. */
	private const RANGE = 5000;

	/** Images that are updated in one statement; an import may change thousands in one request. */
	private const BATCH = 500;

	/** @var array<int, array<int, true>> By site of a network: images that this request changed and whose rows are not updated yet. */
	private static array $noticed = array();

	/** @var array<int, array<int, true>> Of these the ones that this request made. */
	private static array $new = array();

	/** Whether write_down() is on the hook `shutdown`. */
	private static bool $planned = false;

	public function register(): void {
		foreach ( array( 'added_post_meta', 'updated_post_meta', 'deleted_post_meta' ) as $hook ) {
			add_action( $hook, array( $this, 'meta_changed' ), 10, 3 );
		}
		add_action( 'add_attachment', array( $this, 'notice_new' ) );
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

	/** Remembers an image that has no row yet. */
	public function notice_new( mixed $post_id = 0 ): void {
		if ( is_numeric( $post_id ) ) {
			self::$new[ get_current_blog_id() ][ (int) $post_id ] = true;
			$this->notice( $post_id );
		}
	}

	/** Remembers that an image has changed; its row is updated at the end of the request. */
	public function notice( mixed $post_id = 0 ): void {
		if ( ! is_numeric( $post_id ) ) {
			return;
		}
		$site = get_current_blog_id();
		self::$noticed[ $site ][ (int) $post_id ] = true;
		if ( count( self::$noticed[ $site ] ) >= self::BATCH ) {
			self::write_down();
		} elseif ( ! self::$planned ) {
			self::$planned = true;
			add_action( 'shutdown', array( self::class, 'write_changes' ) );
		}
	}

	/**
	 * Updates the rows of images that this request changed, and what a search of suggestions knows of them. An upload does not wait
	 * for the row of its new image: the next background run adds it, or whoever asks before that (see is_ready()).
	 */
	public static function write_changes(): void {
		foreach ( self::$new as $site => $ids ) {
			self::$noticed[ $site ] = array_diff_key( self::$noticed[ $site ] ?? array(), $ids );
		}
		self::write_down();
	}

	/** Updates the rows of all images that this request changed or made. */
	public static function write_down(): void {
		$noticed       = self::$noticed;
		self::$noticed = array();
		self::$new     = array();
		foreach ( $noticed as $site => $ids ) {
			On_Site::run( $site, static fn() => self::read_some( array_keys( $ids ) ) );
		}
	}

	/** @param int[] $ids */
	private static function read_some( array $ids ): void {
		global $wpdb;
		$list = implode( ',', $ids );
		if ( '' !== $list && Schema::is_current() ) {
			self::read( "{$wpdb->posts}.ID IN ( $list )", "attachment_id IN ( $list )" );
			Request_Store::read_words( "r.attachment_id IN ( $list )" );
		}
	}

	/** Whether every image has a row. Adds those of images that were uploaded since the last background run. */
	public static function is_ready(): bool {
		global $wpdb;
		self::write_down();
		if ( ! Schema::is_current() || empty( self::state()['ready'] ) ) {
			return false;
		}
		$lock = new Lock( 'library_index', 60 );
		if ( self::state()['last_post'] < (int) $wpdb->get_var( "SELECT MAX(ID) FROM {$wpdb->posts}" ) && $lock->acquire() ) {
			self::read_inserted();
			$lock->release();
		}
		return true;
	}

	/** @return string A condition on the posts table, from one on our table. Ask is_ready() first. */
	public static function condition( string $where ): string {
		global $wpdb;
		return sprintf( '%s.ID IN ( SELECT attachment_id FROM %s WHERE %s )', $wpdb->posts, Schema::library_table(), $where );
	}

	/** @return string A query that counts what a condition on our table matches. Ask is_ready() first. */
	public static function count_sql( string $where ): string {
		return sprintf( 'SELECT COUNT(*) FROM %s WHERE %s', Schema::library_table(), $where );
	}

	/** @return array{total: int, with_text: int, decorative: int, missing: int} The last three add up to the first. Ask is_ready() first. */
	public static function counts(): array {
		global $wpdb;
		$t     = Schema::library_table();
		$found = array( 'total' => 0, 'with_text' => 0, 'decorative' => 0, 'missing' => 0 );
		foreach ( (array) $wpdb->get_results( "SELECT has_text, decorative, COUNT(*) AS n FROM $t GROUP BY has_text, decorative", ARRAY_A ) as $row ) {
			$found['total'] += (int) $row['n'];
			// An image that is decorative counts as that alone, also where an importer left it a text.
			$kind            = '1' === $row['decorative'] ? 'decorative' : ( '1' === $row['has_text'] ? 'with_text' : 'missing' );
			$found[ $kind ] += (int) $row['n'];
		}
		return $found;
	}

	/** Has all images read again, by the next background runs. The present rows stay in use meanwhile. */
	public static function start_over(): void {
		update_option( self::AGAIN, (string) time(), false );
	}

	/**
	 * Reads all images again, in steps; begins a day after the last pass ended, or after start_over(). In between it reads what
	 * was inserted.
	 *
	 * @param float $seconds How long this call may go on.
	 * @return bool Whether the pass has ended.
	 */
	public function read_all( float $seconds = 10.0 ): bool {
		global $wpdb;
		if ( ! Schema::is_current() ) {
			return true;
		}
		$lock = new Lock( 'library_index', 60 );
		if ( ! $lock->acquire() ) {
			return false;
		}
		$until = microtime( true ) + $seconds;
		try {
			if ( ! self::is_due() && self::read_inserted() ) {
				return true;
			}
			$state = self::begin_or_resume( self::state() );
			while ( $state['cursor'] <= $state['top'] && microtime( true ) < $until && $lock->renew() ) {
				// Another process may have asked for a new pass since this one began.
				$state = self::begin_or_resume( $state );
				$range = 'BETWEEN ' . ( $state['cursor'] + 1 ) . ' AND ' . ( $state['cursor'] + self::RANGE );
				if ( ! self::read( "{$wpdb->posts}.ID $range", "attachment_id $range" ) || ! Request_Store::read_words( "r.attachment_id $range" ) || ! Request_Store::forget_deleted( "r.attachment_id $range" ) ) {
					return false;
				}
				$state['cursor'] += self::RANGE;
				update_option( self::OPTION, $state, false );
			}
			if ( $state['cursor'] > $state['top'] ) {
				update_option( self::OPTION, array( 'cursor' => 0, 'done_at' => time(), 'ready' => true ) + $state, false );
				return true;
			}
		} finally {
			$lock->release();
		}
		return false;
	}

	/**
	 * @param array{cursor: int, done_at: int, ready: bool, last_post: int, last_meta: int, top?: int} $state
	 * @return array{cursor: int, done_at: int, ready: bool, last_post: int, last_meta: int, top: int} With the first id behind which the pass
	 *         ends. What is inserted after its beginning is read by read_inserted().
	 */
	private static function begin_or_resume( array $state ): array {
		global $wpdb;
		if ( delete_option( self::AGAIN ) || 0 === $state['cursor'] ) {
			$state = array( 'cursor' => 0 ) + self::last_ids() + $state;
			unset( $state['top'] );
		}
		$state['top'] ??= max( $state['last_post'], ...array_map( static fn( string $t ): int => (int) $wpdb->get_var( "SELECT MAX(attachment_id) FROM $t" ), array( Schema::library_table(), Schema::requests_table() ) ) );
		return $state;
	}

	/** Whether all images are to be read again. */
	public static function is_due(): bool {
		return false !== get_option( self::AGAIN ) || self::state()['done_at'] <= time() - DAY_IN_SECONDS;
	}

	/**
	 * Reads the images that were inserted since the last call, and those that an alt text or a mark was inserted for.
	 *
	 * @return bool False when there are so many that all images have to be read again, in steps.
	 */
	private static function read_inserted(): bool {
		global $wpdb;
		$state = self::state();
		$last  = self::last_ids();
		if ( $last === array_intersect_key( $state, $last ) ) {
			return true;
		}
		$from = $state['last_post'];
		$meta = $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT post_id FROM {$wpdb->postmeta} WHERE meta_id > %d AND meta_key IN ( %s, %s ) LIMIT %d", $state['last_meta'], Alt_Text_Meta::KEY, Provenance::DECORATIVE_KEY, self::RANGE ) );
		if ( $last['last_post'] - $from > self::RANGE || count( $meta ) === self::RANGE ) {
			self::start_over();
			return false;
		}
		self::read( "{$wpdb->posts}.ID > $from", "attachment_id > $from" );
		self::read_some( array_map( 'intval', $meta ) );
		update_option( self::OPTION, $last + $state, false );
		return true;
	}

	/** @return array{last_post: int, last_meta: int} The highest ids there are; reading them costs no scan. */
	private static function last_ids(): array {
		global $wpdb;
		return array( 'last_post' => (int) $wpdb->get_var( "SELECT MAX(ID) FROM {$wpdb->posts}" ), 'last_meta' => (int) $wpdb->get_var( "SELECT MAX(meta_id) FROM {$wpdb->postmeta}" ) );
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

	/** @return array{cursor: int, done_at: int, ready: bool, last_post: int, last_meta: int} */
	private static function state(): array {
		$stored = get_option( self::OPTION, array() );
		$stored = is_array( $stored ) ? $stored : array();
		return array( 'cursor' => (int) ( $stored['cursor'] ?? 0 ), 'done_at' => (int) ( $stored['done_at'] ?? 0 ), 'ready' => (bool) ( $stored['ready'] ?? false ), 'last_post' => (int) ( $stored['last_post'] ?? 0 ), 'last_meta' => (int) ( $stored['last_meta'] ?? 0 ) );
	}
}
