<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/** Says that the tables are being updated, or cannot be, instead of showing an empty list. */
final class Schema_Guard {
	public function register(): void {
		add_filter( 'rest_pre_dispatch', array( $this, 'refuse' ), 10, 3 );
		add_action( 'admin_notices', array( $this, 'print_notice' ) );
	}

	/** Filter `rest_pre_dispatch`: answers our routes with 503 while the tables are not up to date. */
	public function refuse( mixed $answer = null, mixed $server = null, mixed $request = null ): mixed {
		$is_ours = $request instanceof WP_REST_Request && str_starts_with( $request->get_route(), '/altsmith/v1' );
		return null === $answer && $is_ours && ! Schema::is_current() ? new WP_Error( 'altsmith_updating', self::sentence(), array( 'status' => 503 ) ) : $answer;
	}

	public function print_notice(): void {
		if ( '' !== Schema::refusal() && ! Schema::is_current() && current_user_can( 'manage_options' ) ) {
			wp_admin_notice( esc_html( self::sentence() ), array( 'type' => 'error' ) );
		}
	}

	private static function sentence(): string {
		return '' === Schema::refusal()
			? __( 'Altsmith is updating its database tables. Try again in a minute.', 'altsmith' )
			/* translators: %s: what the database said */
			: sprintf( __( 'Altsmith could not update its database tables, and tries again every five minutes. The database said: %s', 'altsmith' ), Schema::refusal() );
	}
}
