<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Review\Reviewer;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `preferences`: the keys of one person; `suggestions/{id}/pass`: an image that they leave to somebody else. */
final class Reviewer_Controller {
	public function __construct( private readonly Access $access ) {}

	public function register(): void {
		register_rest_route( 'altsmith/v1', '/preferences', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'keep' ),
			'permission_callback' => array( $this->access, 'reviewer' ),
			'args'                => array(
				'shortcuts' => array(
					'type'                 => 'object',
					'required'             => true,
					'additionalProperties' => false,
					'properties'           => array(
						'on'   => array( 'type' => 'boolean' ),
						'keys' => array( 'type' => 'object', 'additionalProperties' => array( 'type' => 'string', 'maxLength' => 8 ) ),
					),
				),
			),
		) );
		register_rest_route( 'altsmith/v1', '/suggestions/(?P<id>[A-Za-z0-9_-]{1,64})/pass', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'pass' ),
			'permission_callback' => array( $this->access, 'suggestion' ),
			'args'                => array( 'passed' => array( 'type' => 'boolean', 'default' => true ) ),
		) );
	}

	public function keep( WP_REST_Request $request ): WP_REST_Response {
		$reviewer = new Reviewer( get_current_user_id() );
		$reviewer->keep_shortcuts( $request['shortcuts'] );
		return new WP_REST_Response( array( 'shortcuts' => self::shown( $reviewer ) ) );
	}

	/** With `passed` false the image comes back to the person's own list. */
	public function pass( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$row = $this->access->editable_row( (string) $request['id'] );
		if ( null === $row ) {
			return Rest_Error::not_found();
		}
		$reviewer = new Reviewer( get_current_user_id() );
		(bool) $request['passed'] ? $reviewer->pass_on( $row->attachment_id ) : $reviewer->take_again( $row->attachment_id );
		return new WP_REST_Response( array( 'passed_by' => Reviewer::passed_by( $row->attachment_id ) ) );
	}

	/** @return array{on: bool, keys: object} */
	public static function shown( Reviewer $reviewer ): array {
		$shortcuts = $reviewer->shortcuts();
		return array( 'on' => $shortcuts['on'], 'keys' => (object) $shortcuts['keys'] );
	}
}
