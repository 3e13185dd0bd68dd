<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Plugin;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Walk;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * Walks once through everything that was written before the plugin came. A cursor by id, a few seconds at a time, from
 * cron or an open admin page: stopping it anywhere costs nothing but the posts since the last batch.
 */
final class Placement_Scan {
	public const OPTION = 'altsmith_placement_scan';

	private const BATCH = 50;

	public function __construct( private readonly Placement_Index $index ) {}

	public function register(): void {
		// After the worker, which has people's uploads to see to.
		add_action( Plugin::CRON_HOOK, array( $this, 'run_from_cron' ), 20 );
		add_action( 'heartbeat_tick', array( $this, 'run_from_heartbeat' ), 20 );
	}

	public function run_from_cron(): void {
		$this->run( 15.0 );
	}

	/** Action `heartbeat_tick`: reads posts for 2 seconds. */
	public function run_from_heartbeat(): void {
		// A heartbeat does one task. The queue goes first: somebody waits for it.
		if ( ! self::state()['done'] && current_user_can( 'upload_files' ) && ! ( new Request_Store() )->has_open_work() ) {
			$this->run( 2.0 );
		}
	}

	/** @return bool Whether everything has been read. */
	public function run( float $seconds ): bool {
		$state = self::state();
		if ( $state['done'] ) {
			return true;
		}
		$lock = new Lock( 'placement_scan', 60 );
		if ( ! $lock->acquire() ) {
			return false;
		}
		try {
			$until = microtime( true ) + $seconds;
			do {
				$state = self::state();
				$walk  = new Walk( 'placements', (string) $state['cursor'] );
				$state = $this->read_batch( $state, $walk );
				update_option( self::OPTION, $state, false );
				$walk->end();
			} while ( ! $state['done'] && microtime( true ) < $until && $lock->renew() );
		} finally {
			$lock->release();
		}
		return $state['done'];
	}

	/** @return array{cursor: int, done: bool, read: int} `read`: how many posts so far. */
	public static function state(): array {
		$stored = get_option( self::OPTION, array() );
		$stored = is_array( $stored ) ? $stored : array();
		return array(
			'cursor' => (int) ( $stored['cursor'] ?? 0 ),
			'done'   => (bool) ( $stored['done'] ?? false ),
			'read'   => (int) ( $stored['read'] ?? 0 ),
		);
	}

	/** Begins again at the first post, for instance after an import that fired no hooks. */
	public static function start_over(): void {
		delete_option( self::OPTION );
	}

	/**
	 * @param array{cursor: int, done: bool, read: int} $state
	 * @return array{cursor: int, done: bool, read: int}
	 */
	private function read_batch( array $state, Walk $walk ): array {
		global $wpdb;
		$types = Placement_Index::post_types();
		if ( array() === $types ) {
			return array( 'done' => true ) + $state;
		}
		$in  = implode( ',', array_fill( 0, count( $types ), '%s' ) );
		// phpcs:ignore WordPress.DB -- by id and not by page: what is written meanwhile is indexed as it is saved
		$ids = array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT ID FROM {$wpdb->posts} WHERE ID > %d AND post_type IN ($in) AND post_status NOT IN ('trash', 'auto-draft', 'inherit') ORDER BY ID LIMIT %d", array_merge( array( $state['cursor'] ), $types, array( self::BATCH ) ) ) ) );
		_prime_post_caches( $ids, false, true );
		foreach ( $ids as $id ) {
			$post = get_post( $id );
			if ( $post instanceof WP_Post && $walk->may_look_at( $id ) ) {
				$this->index->read_post( $post );
			}
		}
		// Thousands of posts would fill the memory of one cron run.
		if ( wp_cache_supports( 'flush_runtime' ) ) {
			wp_cache_flush_runtime();
		}
		return array(
			'cursor' => array() === $ids ? $state['cursor'] : max( $ids ),
			'done'   => count( $ids ) < self::BATCH,
			'read'   => $state['read'] + count( $ids ),
		);
	}
}
