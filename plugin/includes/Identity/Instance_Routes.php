<?php
declare( strict_types=1 );

namespace Altsmith\Identity;

use Altsmith\Capabilities;
use Altsmith\Rest\Rest_Error;
use Altsmith\Sidecar\Sidecar_Error;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `altsmith/v1/instance`: whether the owner has to say "moved or a copy", and the answer. */
final class Instance_Routes {
	public function __construct( private readonly Instance $instance, private readonly Instance_Answer $answer ) {}

	public function register(): void {
		add_action( 'rest_api_init', array( $this, 'add_route' ) );
	}

	public function add_route(): void {
		register_rest_route( 'altsmith/v1', '/instance', array(
			array(
				'methods'             => 'GET',
				'callback'            => array( $this, 'show' ),
				'permission_callback' => array( $this, 'may_answer' ),
			),
			array(
				'methods'             => 'POST',
				'callback'            => array( $this, 'settle' ),
				'permission_callback' => array( $this, 'may_answer' ),
				'args'                => array( 'answer' => array( 'type' => 'string', 'enum' => array( Instance_Answer::MOVED, Instance_Answer::COPY ), 'required' => true ) ),
			),
		) );
	}

	public function show(): WP_REST_Response {
		return new WP_REST_Response( self::view( $this->instance ) );
	}

	public function settle( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		if ( '' === $this->instance->reason() ) {
			return new WP_Error( 'altsmith_not_in_doubt', __( 'Nobody asks whether this site has moved or is a copy.', 'altsmith' ), array( 'status' => 409 ) );
		}
		try {
			$this->answer->give( (string) $request['answer'] );
		} catch ( Sidecar_Error $error ) {
			return Rest_Error::from_sidecar( $error );
		}
		return $this->show();
	}

	/** On a network the answer is the network's. */
	public function may_answer(): bool|WP_Error {
		return current_user_can( Capabilities::CONNECT ) ? true : Rest_Error::forbidden();
	}

	/** @return array{in_doubt: bool, reason: string, message: string, was: string, now: string} */
	public static function view( Instance $instance ): array {
		$reason = $instance->reason();
		return array(
			'in_doubt' => '' !== $reason,
			'reason'   => $reason,
			'message'  => $instance->sentence(),
			'was'      => $instance->was(),
			'now'      => Site_Address::stored(),
		);
	}
}
