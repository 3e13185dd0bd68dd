<?php
declare( strict_types=1 );

namespace Altsmith\Audit;

use Altsmith\Plugin;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Schema;
use Altsmith\Sync\Schedule;

defined( 'ABSPATH' ) || exit;

/**
 * Reads every published page as visitors get it and keeps what is wrong with the texts of its images. A cursor by number, a few seconds at a time, from an
 * open screen, cron or WP-CLI: it can stop anywhere. It writes nothing but its own table.
 */
final class Audit {
	public const OPTION = 'altsmith_audit';

	/** One step of a request, and the longest that a page may take after that: together below ten seconds. */
	public const STEP_SECONDS  = 4.0;
	private const PAGE_SECONDS = 3.0;

	/** Pages in a row without an answer after which the site cannot call itself. */
	private const MOST_SILENT = 3;

	/** Audits whose counts are kept. */
	private const KEPT = 60;

	private const LOCK_SECONDS = 30;

	public function __construct( private readonly Audit_Table $table ) {}

	public function register(): void {
		// After the worker, which has people's uploads to see to.
		add_action( Plugin::CRON_HOOK, array( $this, 'run_from_cron' ), 30, 0 );
	}

	public function run_from_cron(): void {
		if ( 'running' === $this->state()['state'] && ! $this->run( self::STEP_SECONDS ) ) {
			Schedule::soon();
		}
	}

	/** Begins anew; the results of the former audit stay until a page is read again. */
	public function start(): void {
		$this->write( array( 'state' => 'running', 'number' => $this->state()['number'] + 1, 'started_at' => time(), 'cursor' => -1, 'done' => 0, 'total' => Site_Pages::count(), 'silent' => 0, 'problem' => '' ) + $this->state() );
	}

	public function cancel(): void {
		if ( 'running' === $this->state()['state'] ) {
			$this->write( array( 'state' => 'stopped', 'problem' => '' ) + $this->state() );
		}
	}

	/** @return bool Whether there is nothing more to do. */
	public function run( float $seconds ): bool {
		$lock = new Lock( 'audit', self::LOCK_SECONDS );
		if ( ! Schema::is_current() || ! $lock->acquire() ) {
			return false;
		}
		try {
			$until = microtime( true ) + $seconds;
			do {
				$next = 'running' === $this->state()['state'] ? Site_Pages::after( $this->state()['cursor'], 1 ) : array();
				if ( array() === $next ) {
					$this->end();
					return true;
				}
				$this->read( $next[0] );
			} while ( microtime( true ) < $until && $lock->renew() );
			return false;
		} finally {
			$lock->release();
		}
	}

	private function read( int $page ): void {
		$state  = $this->state();
		$answer = Page_Fetcher::fetch( Site_Pages::address( $page ), self::PAGE_SECONDS );
		$images = Page_Reader::images( $answer['html'] );
		$found  = array();
		foreach ( $images as $image ) {
			$rule = Rules::problem( $image );
			if ( '' !== $rule ) {
				$found[] = array( 'rule' => $rule, 'src' => mb_substr( $image->src, 0, 500 ), 'alt' => mb_substr( (string) $image->alt, 0, 500 ), 'attachment_id' => $image->attachment_id );
			}
		}
		$silent = Page_Fetcher::NO_ANSWER === $answer['outcome'] ? $state['silent'] + 1 : 0;
		$this->table->keep( $state['number'], $page, $answer['outcome'], $answer['message'], count( $images ), $found );
		$now = $this->state();
		// Somebody may have stopped it meanwhile, or begun it again.
		if ( 'running' === $now['state'] && $now['number'] === $state['number'] ) {
			$is_mute = $silent >= self::MOST_SILENT;
			/* translators: %s: what the network said */
			$problem = $is_mute ? sprintf( __( 'This site cannot read its own pages: %s', 'altsmith' ), $answer['message'] ) : '';
			$this->write( array( 'state' => $is_mute ? 'stopped' : 'running', 'problem' => $problem, 'cursor' => $page, 'done' => $state['done'] + 1, 'silent' => $silent ) + $now );
		}
	}

	/** The last page has been read. */
	private function end(): void {
		$state = $this->state();
		if ( 'running' !== $state['state'] ) {
			return;
		}
		$this->table->forget_others( $state['number'] );
		// Not wp_date(): plugins for other calendars filter it.
		$days = array( current_datetime()->format( 'Y-m-d' ) => $this->table->counts() ) + $state['history'];
		krsort( $days );
		$this->write( array( 'state' => 'done', 'ended_at' => time(), 'history' => array_slice( $days, 0, self::KEPT, true ) ) + $state );
	}

	/** @return array{state: 'none'|'running'|'done'|'stopped', number: int, started_at: int, ended_at: int, cursor: int, done: int, total: int, silent: int, problem: string, history: array<string, array<string, int>>} `history`: counts by day, latest first. */
	public function state(): array {
		$stored = get_option( self::OPTION );
		return ( is_array( $stored ) ? $stored : array() ) + array( 'state' => 'none', 'number' => 0, 'started_at' => 0, 'ended_at' => 0, 'cursor' => -1, 'done' => 0, 'total' => 0, 'silent' => 0, 'problem' => '', 'history' => array() );
	}

	/** @param array<string, mixed> $state */
	private function write( array $state ): void {
		update_option( self::OPTION, $state, false );
	}
}
