<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Sync\Loopback;
use Altsmith\Sync\Webhook;
use Altsmith\Sync\Worker;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** Routes that no person calls: `work`, which this site calls itself, and `webhook`, which the sidecar calls. Both are signed. */
final class Wake_Controller {
	public function __construct(
		private readonly Worker $worker,
		private readonly Loopback $loopback,
		private readonly Webhook $webhook,
	) {}

	public function register(): void {
		register_rest_route( 'altsmith/v1', '/work', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'work' ),
			'permission_callback' => array( $this, 'is_this_site' ),
		) );
		register_rest_route( 'altsmith/v1', '/webhook', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'webhook' ),
			'permission_callback' => array( $this, 'is_the_sidecar' ),
		) );
	}

	public function work( WP_REST_Request $request ): WP_REST_Response {
		if ( null !== $request->get_header( 'x_altsmith_question' ) ) {
			return new WP_REST_Response( null, 204 ); // Site Health only wants to know whether it gets here.
		}
		ignore_user_abort( true );
		if ( $this->worker->run( 25, 8 )['more'] ) {
			$this->loopback->send(); // The budget ended before the work did: another request goes on.
		}
		return new WP_REST_Response( null, 204 );
	}

	/** Answers at once: the sidecar waits only some seconds, and the reading is done by a request of our own. */
	public function webhook(): WP_REST_Response {
		$this->loopback->fire_after_response();
		return new WP_REST_Response( null, 204 );
	}

	public function is_this_site( WP_REST_Request $request ): bool|WP_Error {
		return Loopback::is_signed( (string) $request->get_header( 'x_altsmith_time' ), (string) $request->get_header( 'x_altsmith_signature' ) ) ? true : Rest_Error::forbidden();
	}

	public function is_the_sidecar( WP_REST_Request $request ): bool|WP_Error {
		$genuine = $this->webhook->is_genuine(
			(string) $request->get_header( 'webhook_id' ),
			(string) $request->get_header( 'webhook_timestamp' ),
			(string) $request->get_header( 'webhook_signature' ),
			(string) $request->get_body()
		);
		return $genuine ? true : Rest_Error::forbidden();
	}
}
