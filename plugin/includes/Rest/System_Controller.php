<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Admin\Destination;
use Altsmith\Settings;
use Altsmith\Sidecar\Connection_Test;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Loopback;
use Altsmith\Sync\Pause;
use Altsmith\Sync\Webhook;
use Altsmith\Sync\Worker;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `status`, `model`, `connection` and `sync`. */
final class System_Controller {
	public function __construct(
		private readonly Access $access,
		private readonly Settings $settings,
		private readonly Request_Store $store,
		private readonly Worker $worker,
		private readonly Pause $pause,
		private readonly Connection_Test $connection_test,
		private readonly Webhook $webhook,
		private readonly Loopback $loopback,
		private readonly Destination $destination,
	) {}

	public function register(): void {
		$this->route( '/status', 'GET', 'status', array( $this->access, 'reviewer' ) );
		$this->route( '/model', 'GET', 'model', array( $this->access, 'reviewer' ) );
		$this->route( '/connection', 'POST', 'connection', array( $this->access, 'administrator' ) );
		$this->route( '/sync', 'POST', 'sync', array( $this->access, 'reviewer' ) );
	}

	/** What the screens show about the flow. Asks the sidecar nothing, so that it is quick when the sidecar is away. */
	public function status(): WP_REST_Response {
		$pause = $this->pause->read();
		return new WP_REST_Response( array(
			'configured'    => $this->settings->is_configured(),
			'automatic'     => $this->settings->is_automatic(),
			'counts'        => (object) $this->store->counts(),
			'problem'       => $pause['failures'] > 0 ? array( 'code' => $pause['code'], 'message' => $pause['message'] ) : null,
			'last_sync'     => self::moment( 'altsmith_last_sync' ),
			'last_cron'     => self::moment( 'altsmith_last_cron' ),
			'cron_disabled' => defined( 'DISABLE_WP_CRON' ) && DISABLE_WP_CRON,
		) );
	}

	/**
	 * Whether a demonstration model writes at present, and the id of the one that is being downloaded in its place; '' for none; and
	 * whether the model can answer questions. Null and '' where the sidecar does not answer.
	 */
	public function model(): WP_REST_Response {
		$status = $this->pause->is_on() ? null : $this->connection_test->run()['status'];
		$coming = $status['coming_model'] ?? null;
		return new WP_REST_Response( array(
			'demonstration' => null === $status ? null : (bool) ( $status['model']['demonstration'] ?? false ),
			'coming'        => is_array( $coming ) && 'fetching' === ( $coming['state'] ?? '' ) ? sanitize_text_field( (string) ( $coming['id'] ?? '' ) ) : '',
			'answers'       => null === $status ? null : (bool) ( $status['abilities']['answer'] ?? false ),
			'asksAgain'     => is_array( $coming ) && false !== ( $coming['asks_again'] ?? true ),
		) );
	}

	public function connection(): WP_REST_Response {
		$result = $this->connection_test->run();
		if ( $result['ok'] ) {
			$this->pause->end();
			$result['webhook'] = $this->webhook->introduce();
			$this->loopback->fire_after_response(); // What waited for a connection goes now.
		}
		return new WP_REST_Response( array( 'destination' => $this->destination->sentence( $result['status'] ) ) + $result );
	}

	/** Sends what waits and reads what is new, for a person who looks at the screen. */
	public function sync(): WP_REST_Response {
		$run = $this->worker->run( 8, 0, ! $this->pause->is_on() || $this->pause->read()['failures'] < 2 );
		return new WP_REST_Response( $run + array( 'status' => $this->status()->get_data() ) );
	}

	private function route( string $path, string $method, string $callback, callable $permission ): void {
		register_rest_route( 'altsmith/v1', $path, array(
			'methods'             => $method,
			'callback'            => array( $this, $callback ),
			'permission_callback' => $permission,
		) );
	}

	private static function moment( string $option ): ?string {
		$time = (int) get_option( $option, 0 );
		return $time > 0 ? gmdate( 'Y-m-d\TH:i:s\Z', $time ) : null;
	}
}
