<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Settings;
use Altsmith\Storage\Installer;
use Altsmith\Storage\Request_Store;

defined( 'ABSPATH' ) || exit;

/** What sets the worker going besides the loopback: WP-Cron, and any open admin page through the heartbeat. */
final class Triggers {
	private const EVERY = 'altsmith_every_minute';

	public function __construct(
		private readonly Settings $settings,
		private readonly Request_Store $store,
		private readonly Worker $worker,
		private readonly Loopback $loopback,
	) {}

	public function register(): void {
		// On every request: an event whose callback is added only here and there finds nobody when it is due.
		add_filter( 'cron_schedules', array( $this, 'add_schedule' ) );
		add_action( Installer::CRON_HOOK, array( $this, 'run_from_cron' ) );
		add_action( 'init', array( $this, 'keep_scheduled' ) );
		add_action( 'heartbeat_tick', array( $this, 'run_from_heartbeat' ) );
	}

	/**
	 * @param mixed $schedules
	 * @return mixed
	 */
	public function add_schedule( mixed $schedules ): mixed {
		if ( is_array( $schedules ) ) {
			$schedules[ self::EVERY ] = array( 'interval' => 60, 'display' => 'Altsmith' );
		}
		return $schedules;
	}

	public function keep_scheduled(): void {
		if ( $this->settings->is_configured() && ! wp_next_scheduled( Installer::CRON_HOOK ) ) {
			wp_schedule_event( time(), self::EVERY, Installer::CRON_HOOK );
		}
	}

	public function run_from_cron(): void {
		update_option( 'altsmith_last_cron', time(), false );
		if ( $this->worker->run( 30, 5 )['more'] ) {
			$this->loopback->send();
		}
	}

	/** The heartbeat waits for nobody's click, so a few seconds of it are free. */
	public function run_from_heartbeat(): void {
		if ( current_user_can( 'upload_files' ) && $this->store->has_open_work() ) {
			$this->worker->run( 5 );
		}
	}
}
