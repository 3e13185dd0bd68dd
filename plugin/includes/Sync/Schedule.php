<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * The events of WP-Cron: one every hour, so that a decision arrives although its webhook was lost, and a single one soon while
 * there is work.
 */
final class Schedule {
	/** Argument of the single events, which tells them from the hourly one. The callbacks take no arguments. */
	private const SOON = array( 'soon' );

	/** Least time between two runs. */
	private const SECONDS = 60;

	/** Schedules the hourly event where it is missing. */
	public static function keep_hourly(): void {
		if ( 'hourly' !== wp_get_schedule( Plugin::CRON_HOOK ) ) {
			wp_clear_scheduled_hook( Plugin::CRON_HOOK ); // Version 0.1 came every minute.
			wp_schedule_event( time(), 'hourly', Plugin::CRON_HOOK );
		}
	}

	/**
	 * Schedules a single run, unless one is due before that.
	 *
	 * @param int $at Unix time; a minute from now at the earliest. A later event is cleared first, because WordPress refuses a
	 *                second one with the same arguments within ten minutes.
	 * @return int When the run is that was scheduled; 0 where one was due before that.
	 */
	public static function soon( int $at = 0 ): int {
		$due = wp_next_scheduled( Plugin::CRON_HOOK, self::SOON );
		$at  = max( $at, time() + self::SECONDS );
		if ( false !== $due && $due <= $at ) {
			return 0;
		}
		wp_clear_scheduled_hook( Plugin::CRON_HOOK, self::SOON );
		wp_schedule_single_event( $at, Plugin::CRON_HOOK, self::SOON );
		return $at;
	}

	/** @param int $at What soon() has returned; a run that was scheduled for another time stays. */
	public static function withdraw( int $at ): void {
		if ( $at > 0 && wp_next_scheduled( Plugin::CRON_HOOK, self::SOON ) === $at ) {
			wp_clear_scheduled_hook( Plugin::CRON_HOOK, self::SOON );
		}
	}

	/**
	 * Has WordPress read its events anew. All of them are one option, and every change writes it whole: after a run of half a
	 * minute, the copy from the beginning would undo what others scheduled or carried out meanwhile.
	 */
	public static function read_again(): void {
		global $wpdb;
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- the cache is what may be old
		$stored = $wpdb->get_var( "SELECT option_value FROM {$wpdb->options} WHERE option_name = 'cron'" );
		if ( ( wp_load_alloptions()['cron'] ?? null ) !== $stored ) {
			wp_cache_delete( 'alloptions', 'options' );
			wp_cache_delete( 'cron', 'options' );
		}
	}

	/** Removes all events of the plugin. */
	public static function clear(): void {
		wp_unschedule_hook( Plugin::CRON_HOOK );
	}
}
