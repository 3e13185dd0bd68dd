<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * When WP-Cron does the work: once an hour in any case, so that a webhook that was lost costs no decision, and soon while
 * there is something to do.
 */
final class Schedule {
	/** Argument of the events that are there because of work: their callback takes none. */
	private const SOON = array( 'soon' );

	/** The least that lies between two runs. */
	private const SECONDS = 60;

	/** For a request that can spare the time. */
	public static function keep_hourly(): void {
		if ( 'hourly' !== wp_get_schedule( Plugin::CRON_HOOK ) ) {
			wp_clear_scheduled_hook( Plugin::CRON_HOOK ); // Version 0.1 came every minute.
			wp_schedule_event( time(), 'hourly', Plugin::CRON_HOOK );
		}
	}

	/** @param int $at A time; one that is past or near means in a minute. WordPress keeps one event for ten minutes. */
	public static function soon( int $at = 0 ): void {
		$due = wp_next_scheduled( Plugin::CRON_HOOK, self::SOON );
		$at  = max( $at, time() + self::SECONDS );
		if ( false === $due || $due > $at ) {
			wp_clear_scheduled_hook( Plugin::CRON_HOOK, self::SOON );
			wp_schedule_single_event( $at, Plugin::CRON_HOOK, self::SOON );
		}
	}

	public static function clear(): void {
		wp_unschedule_hook( Plugin::CRON_HOOK );
	}
}
