<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Sidecar\Sidecar_Error;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/** Turns what went wrong into the WP_Error that REST clients understand. */
final class Rest_Error {
	/** A conflict stays 409, the rest is 503 or 502: whatever is wrong, it is not the browser's request. */
	public static function from_sidecar( Sidecar_Error $error ): WP_Error {
		$status = match ( true ) {
			409 === $error->status => 409,
			Sidecar_Error::NOT_CONFIGURED === $error->error, $error->concerns_all() => 503,
			$error->status >= 400 && $error->status < 500 => 400,
			default => 502,
		};
		return new WP_Error( 'altsmith_' . strtolower( $error->error ), $error->getMessage(), array( 'status' => $status, 'retryable' => $error->retryable ) );
	}

	/** Unknown ids and other people's images get the same answer, so that neither can be told from the other. */
	public static function not_found(): WP_Error {
		return new WP_Error( 'altsmith_not_found', __( 'Image not found, or you cannot edit it.', 'altsmith' ), array( 'status' => is_user_logged_in() ? 404 : 401 ) );
	}

	/** 401 for visitors, 403 for users without the right. */
	public static function forbidden(): WP_Error {
		return new WP_Error( 'altsmith_forbidden', __( 'Sorry, you are not allowed to do that.', 'altsmith' ), array( 'status' => rest_authorization_required_code() ) );
	}
}
