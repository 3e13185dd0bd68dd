<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

/** How many images had alt text, day by day, in one option. */
final class Coverage_History {
	private const OPTION = 'altsmith_coverage';

	/** Days that are kept. */
	private const DAYS = 120;

	/** Where the last count took less than this, the library is counted again for each view. */
	private const QUICK_SECONDS = 0.2;

	public function __construct( private readonly Library_Counts $counts ) {}

	public function register(): void {
		add_action( 'altsmith_sync', array( $this, 'record_today' ), 20, 0 );
	}

	/** Callback of the cron event: counts once a day. */
	public function record_today(): void {
		if ( ! isset( $this->days()[ self::today() ] ) ) {
			$this->record();
		}
	}

	/**
	 * The history for a view; counts again where that is quick.
	 *
	 * @return array<string, array{with_text: int, decorative: int, missing: int, pending: int}> By day, oldest first.
	 */
	public function read(): array {
		$latest = $this->latest();
		if ( null === $latest || $latest['seconds'] < self::QUICK_SECONDS ) {
			$this->record();
		}
		return $this->days();
	}

	private function record(): void {
		$began = microtime( true );
		$now   = $this->counts->all();
		$days  = $this->days();
		$days[ self::today() ] = array_intersect_key( $now, array( 'with_text' => 0, 'decorative' => 0, 'missing' => 0, 'pending' => 0 ) );
		ksort( $days );
		update_option( self::OPTION, array( 'days' => array_slice( $days, -self::DAYS, null, true ), 'seconds' => microtime( true ) - $began ), false );
	}

	/** @return array{days: array<string, array<string, int>>, seconds: float}|null */
	private function latest(): ?array {
		$stored = get_option( self::OPTION );
		return is_array( $stored ) && is_array( $stored['days'] ?? null ) ? $stored + array( 'seconds' => 0.0 ) : null;
	}

	/** @return array<string, array<string, int>> */
	private function days(): array {
		return $this->latest()['days'] ?? array();
	}

	private static function today(): string {
		// Not wp_date(): plugins for other calendars filter it.
		return current_datetime()->format( 'Y-m-d' );
	}
}
