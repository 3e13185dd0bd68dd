<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Plugin;
use Altsmith\Settings;
use Altsmith\Storage\Request_Store;

defined( 'ABSPATH' ) || exit;

/** What sets the worker going besides the loopback: WP-Cron, and any open admin page through the heartbeat. */
final class Triggers {
	/** How long the heartbeat of an open page may work on the queue: the page waits for its answer. */
	private const HEARTBEAT_SECONDS = 2;

	public function __construct(
		private readonly Settings $settings,
		private readonly Request_Store $store,
		private readonly Worker $worker,
		private readonly Loopback $loopback,
	) {}

	public function register(): void {
		add_action( Plugin::CRON_HOOK, array( $this, 'run_from_cron' ) );
		did_action( 'init' ) ? $this->keep_scheduled() : add_action( 'init', array( $this, 'keep_scheduled' ) );
		add_action( 'heartbeat_tick', array( $this, 'run_from_heartbeat' ) );
	}

	public function keep_scheduled(): void {
		if ( $this->settings->is_configured() ) {
			Schedule::keep_hourly();
		}
	}

	/** Callback of the cron event. */
	public function run_from_cron(): void {
		update_option( 'altsmith_last_cron', time(), false );
		if ( $this->worker->run( 30, 5 )['more'] ) {
			$this->loopback->send();
		}
	}

	public function run_from_heartbeat(): void {
		if ( current_user_can( 'upload_files' ) && $this->store->has_open_work() ) {
			$this->worker->run( self::HEARTBEAT_SECONDS );
		}
	}
}
