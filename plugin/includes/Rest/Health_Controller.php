<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Admin\Site_Health;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `health/{test}`: the tests of Site Health that take their time. For whoever may open that screen. */
final class Health_Controller {
	public function __construct( private readonly Site_Health $health ) {}

	public function register(): void {
		register_rest_route( 'altsmith/v1', '/health/(?P<test>' . implode( '|', Site_Health::REST_TESTS ) . ')', array(
			'methods'             => 'GET',
			'callback'            => fn( WP_REST_Request $request ): WP_REST_Response => new WP_REST_Response( 'service' === $request['test'] ? $this->health->service() : $this->health->loopback() ),
			'permission_callback' => static fn() => current_user_can( 'view_site_health_checks' ) ? true : Rest_Error::forbidden(),
		) );
	}
}
