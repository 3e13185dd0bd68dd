<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Backfill\Feeder;
use Altsmith\Identity\Instance_Answer;
use Altsmith\Placements\Placement_Scan;
use Altsmith\Review\Write_Back;
use Altsmith\Settings;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Library_Index;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Status;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Schema;
use Altsmith\Storage\Table_Move;
use Altsmith\Upload\Missed_Uploads;
use Throwable;

defined( 'ABSPATH' ) || exit;

/**
 * Everything that goes over the network in the background, in one place and one process at a time: send what waits, report
 * what was written, read what changed. Loopback, cron, open pages and WP-CLI all call run().
 */
final class Worker {
	/** Longer than the longest single request to the sidecar, so that a living worker never loses its lock. */
	private const LOCK_SECONDS = 60;

	/** How long one run moves rows of an older version. */
	private const MOVE_SECONDS = 5.0;

	/** Most time of a run for comparing changed files, and as much for lost work. Sending has the rest. */
	private const LOOK_SECONDS = 5.0;

	/** Images that are read from the table at once. */
	private const BATCH = 20;

	public function __construct(
		private readonly Settings $settings,
		private readonly Request_Store $store,
		private readonly Feeder $feeder,
		private readonly Sender $sender,
		private readonly Lost_Work $lost,
		private readonly Change_Reader $reader,
		private readonly Write_Back $write_back,
		private readonly Pause $pause,
		private readonly Picture_Watch $watch,
		private readonly Instance_Answer $answer,
	) {}

	/**
	 * @param int  $seconds Time budget. What is left over waits for the next call.
	 * @param int  $wait    Seconds to wait for suggestions of jobs that run now; 0 to look only once.
	 * @param bool $insist  Ask even though the sidecar did not answer a moment ago (a person pressed a button).
	 * @return array{ran: bool, sent: int, more: bool, error: string} `ran` is false when another process is at work or there
	 *         is nothing to ask. `more`: the budget ended before the work did.
	 */
	public function run( int $seconds, int $wait = 0, bool $insist = false ): array {
		$has_work = $this->settings->is_configured() && PHP_INT_MAX > $this->next_work_at();
		// A run that is killed schedules no further one.
		$planned = $has_work ? Schedule::soon() : 0;
		try {
			return $this->run_once( $seconds, $wait, $insist );
		} finally {
			Schedule::read_again();
			Schedule::withdraw( $planned );
			$next = $this->settings->is_configured() ? $this->next_work_at() : PHP_INT_MAX;
			if ( PHP_INT_MAX > $next ) {
				Schedule::soon( max( $next, $this->pause->read()['until'] ) );
			}
		}
	}

	/** @return int When another run has something to do; PHP_INT_MAX: when something new comes. */
	private function next_work_at(): int {
		if ( $this->feeder->has_more() || Missed_Uploads::are_there() || Library_Index::is_due() || ! Placement_Scan::state()['done'] ) {
			return 0;
		}
		return min( $this->store->next_work_at(), $this->watch->next_check_at() );
	}

	/** @return array{ran: bool, sent: int, more: bool, error: string} */
	private function run_once( int $seconds, int $wait, bool $insist ): array {
		$result = array( 'ran' => false, 'sent' => 0, 'more' => false, 'error' => '' );
		if ( ! Schema::is_current() ) {
			return $result;
		}
		Table_Move::step( microtime( true ) + min( $seconds, self::MOVE_SECONDS ) );
		if ( $this->settings->is_configured() ) {
			$this->lost->notice_new_address();
		}
		if ( ! $this->settings->is_configured() || ( $this->pause->is_on() && ! $insist ) ) {
			return array( 'error' => $this->pause->read()['message'] ) + $result;
		}
		try {
			$this->answer->take_over();
		} catch ( Sidecar_Error $error ) {
			return array( 'error' => $error->getMessage() ) + $result;
		}
		$lock = new Lock( 'worker', self::LOCK_SECONDS );
		if ( ! $lock->acquire() ) {
			return $result;
		}
		$result['ran'] = true;
		// A fatal error runs no `finally`; what waits behind the image that caused it need not wait for the lock to run out.
		register_shutdown_function( array( $lock, 'release' ) );
		try {
			$this->work( $lock, microtime( true ) + $seconds, $wait, $result['sent'] );
			$this->pause->end();
			$result['more'] = $result['sent'] > 0 && ( $this->feeder->has_more() || array() !== $this->store->due( 1 ) );
		} catch ( Sidecar_Error $error ) {
			$this->pause->begin( $error );
			$result['error'] = $error->getMessage();
		} catch ( Throwable $error ) {
			$told = Sidecar_Error::of_this_site( $error );
			$this->pause->begin( $told );
			$result['error'] = $told->getMessage();
		} finally {
			$lock->release();
		}
		return $result;
	}

	/** @throws Sidecar_Error */
	private function work( Lock $lock, float $until, int $wait, int &$sent ): void {
		$this->feeder->feed();
		$this->lost->notice_new_site();
		// Before anything is sent or asked about: trouble with address, key or proxy shows in a request that is about no image.
		$this->reader->read_page( 0, true );
		$this->watch->look( $lock, self::share( $until ) );
		$this->lost->look( $lock, self::share( $until ) );
		do {
			try {
				$sent += $this->send_due( $lock, $until );
			} catch ( Sidecar_Error $error ) {
				// The cause may be one image. Decided texts are written and reported in any case.
				$this->write_back->carry_out_open();
				$this->write_back->report_open( $lock );
				throw $error;
			}
			$this->write_back->report_open( $lock );
			while ( $this->reader->read_page( 0 )['more'] && microtime( true ) < $until && $lock->renew() ) {
				continue;
			}
			$may_wait = $wait > 0 && microtime( true ) + $wait < $until && $this->store->count_status( Request_Status::SENT ) > 0 && $lock->renew();
			// No news within the wait: the model is slow, and the next call of run() looks again.
		} while ( $may_wait && $this->reader->read_page( $wait )['count'] > 0 );
		$this->feeder->end_if_done();
		$this->write_back->carry_out_open();
		$this->write_back->report_open( $lock );
	}

	/** When such a step has to end: after a quarter of the time that is left, LOOK_SECONDS at most. */
	private static function share( float $until ): float {
		$now = microtime( true );
		return $now + min( self::LOOK_SECONDS, ( $until - $now ) / 4 );
	}

	/** @throws Sidecar_Error */
	private function send_due( Lock $lock, float $until ): int {
		$sent = 0;
		do {
			$fed  = $this->feeder->feed();
			$rows = $this->store->due( self::BATCH );
			foreach ( $rows as $row ) {
				if ( microtime( true ) > $until || ! $lock->renew() ) {
					return $sent;
				}
				$this->sender->send( $row, array( $lock, 'renew' ) );
				++$sent;
			}
			// WordPress keeps every post and its meta that it has read: over a whole library that is too much.
			if ( array() !== $rows && wp_cache_supports( 'flush_runtime' ) ) {
				wp_cache_flush_runtime();
			}
		} while ( ( $fed || array() !== $rows ) && microtime( true ) <= $until && $lock->renew() );
		return $sent;
	}
}
