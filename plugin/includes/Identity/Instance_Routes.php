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

/** Asks the owner "moved or a copy?": as a notice in wp-admin, and over REST for the screens. */
final class Instance_Routes {
	private const ACTION = 'altsmith_instance';

	public function __construct( private readonly Instance $instance, private readonly Instance_Answer $answer ) {}

	public function register(): void {
		add_action( 'rest_api_init', array( $this, 'add_route' ) );
		add_action( 'admin_notices', array( $this, 'print_question' ) );
		add_action( 'network_admin_notices', array( $this, 'print_question' ) );
		add_action( 'admin_post_' . self::ACTION, array( $this, 'handle' ) );
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
		return self::may() ? true : Rest_Error::forbidden();
	}

	public function print_question(): void {
		if ( ! self::may() || '' === $this->instance->reason() ) {
			return;
		}
		$links = array();
		foreach ( array( Instance_Answer::MOVED => __( 'The site has moved', 'altsmith' ), Instance_Answer::COPY => __( 'This is a copy', 'altsmith' ) ) as $answer => $label ) {
			$links[] = '<a class="button" href="' . esc_url( wp_nonce_url( admin_url( 'admin-post.php?action=' . self::ACTION . '&answer=' . $answer ), self::ACTION ) ) . '">' . esc_html( $label ) . '</a>';
		}
		wp_admin_notice( '<p>' . esc_html( $this->instance->sentence() ) . '</p><p>' . implode( ' ', $links ) . '</p>', array( 'type' => 'error', 'paragraph_wrap' => false ) );
	}

	public function handle(): void {
		check_admin_referer( self::ACTION );
		$answer = (string) ( $_GET['answer'] ?? '' ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- compared with a fixed list
		if ( ! self::may() || ! in_array( $answer, array( Instance_Answer::MOVED, Instance_Answer::COPY ), true ) ) {
			wp_die( esc_html__( 'You may not answer this.', 'altsmith' ), '', array( 'response' => 403 ) );
		}
		try {
			if ( '' !== $this->instance->reason() ) {
				$this->answer->give( $answer );
			}
		} catch ( Sidecar_Error $error ) {
			wp_die( esc_html( $error->getMessage() ), '', array( 'response' => 502, 'back_link' => true ) );
		}
		wp_safe_redirect( wp_get_referer() ? wp_get_referer() : admin_url( 'upload.php' ) );
		exit;
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

	private static function may(): bool {
		return current_user_can( Capabilities::CONNECT );
	}
}
