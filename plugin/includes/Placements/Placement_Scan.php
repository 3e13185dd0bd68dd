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

	/** A batch of long posts ends after this time, whatever is left of it. */
	private const LONGEST_BATCH_SECONDS = 3.0;

	/** Of posts that are read ahead together. */
	private const AHEAD_BYTES = 2_000_000;

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
				$walk  = new Walk( 'placements', $state['owner'] . ' ' . $state['cursor'] );
				$state = $this->read_batch( $state, $walk );
				update_option( self::OPTION, $state, false );
				$walk->end();
			} while ( ! $state['done'] && microtime( true ) < $until && $lock->renew() );
		} finally {
			$lock->release();
		}
		return $state['done'];
	}

	/** @return array{owner: string, cursor: int, done: bool, read: int} `owner`: whose turn it is (Owner). `read`: how many posts so far. */
	public static function state(): array {
		$stored = get_option( self::OPTION, array() );
		$stored = is_array( $stored ) ? $stored : array();
		$owner  = $stored['owner'] ?? '';
		return array(
			'owner'  => in_array( $owner, Owner::ALL, true ) ? $owner : Owner::POST,
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
	 * @param array{owner: string, cursor: int, done: bool, read: int} $state
	 * @return array{owner: string, cursor: int, done: bool, read: int}
	 */
	private function read_batch( array $state, Walk $walk ): array {
		$end = microtime( true ) + self::LONGEST_BATCH_SECONDS;
		$ids = $this->next( $state['owner'], $state['cursor'] );
		$all = count( $ids ) < self::BATCH;
		foreach ( $ids as $id ) {
			if ( microtime( true ) > $end ) {
				$all = false;
				break;
			}
			$this->read( new Owner( $state['owner'], $id ), $walk );
			$state['cursor'] = $id;
			$state['read']  += Owner::POST === $state['owner'] ? 1 : 0;
		}
		// Thousands of posts would fill the memory of one cron run.
		if ( wp_cache_supports( 'flush_runtime' ) ) {
			wp_cache_flush_runtime();
		}
		if ( ! $all ) {
			return $state;
		}
		$next = Owner::ALL[ 1 + (int) array_search( $state['owner'], Owner::ALL, true ) ] ?? '';
		return '' === $next ? array( 'done' => true ) + $state : array( 'owner' => $next, 'cursor' => -1 ) + $state;
	}

	private function read( Owner $owner, Walk $walk ): void {
		$post = Owner::POST === $owner->type ? get_post( $owner->id ) : null;
		if ( ! $walk->may_look_at( $owner->id ) ) {
			return;
		}
		if ( $post instanceof WP_Post ) {
			$this->index->read_post( $post );
			if ( strlen( $post->post_content ) > self::AHEAD_BYTES / self::BATCH ) {
				wp_cache_delete( $post->ID, 'posts' );
			}
		} elseif ( Owner::POST !== $owner->type ) {
			$this->index->read( $owner );
		}
	}

	/** @return int[] The next ids after one. The site itself has the id 0. */
	private function next( string $owner, int $after ): array {
		if ( Owner::POST === $owner ) {
			return self::posts( $after );
		}
		return Owner::SITE === $owner ? ( $after < 0 ? array( 0 ) : array() ) : $this->index->owners_with_meta( $owner, $after, self::BATCH );
	}

	/** @return int[] */
	private static function posts( int $after ): array {
		global $wpdb;
		$types = Placement_Index::post_types();
		if ( array() === $types ) {
			return array();
		}
		$in   = implode( ',', array_fill( 0, count( $types ), '%s' ) );
		// phpcs:ignore WordPress.DB -- by id and not by page: what is written meanwhile is indexed as it is saved
		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT ID, LENGTH( post_content ) AS size FROM {$wpdb->posts} WHERE ID > %d AND post_type IN ($in) AND post_status NOT IN ('trash', 'auto-draft', 'inherit') ORDER BY ID LIMIT %d", array_merge( array( $after ), $types, array( self::BATCH ) ) ), ARRAY_A );
		$ids  = array_map( 'intval', array_column( (array) $rows, 'ID' ) );
		if ( array_sum( array_column( (array) $rows, 'size' ) ) < self::AHEAD_BYTES ) {
			_prime_post_caches( $ids, false, false );
		}
		return $ids;
	}
}
