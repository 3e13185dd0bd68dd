<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/**
 * An answer that is not the sidecar's own: a proxy's error page, or another program on that port. The answer to HEAD has no
 * body, so that only its status is known.
 */
final class Foreign_Answer {
	/** The error for an answer with this status. `$retry_after` is in seconds. */
	public static function error( int $status, int $retry_after ): Sidecar_Error {
		if ( 413 === $status ) {
			return new Sidecar_Error( 'IMAGE_TOO_LARGE', __( 'A server in front of the sidecar refuses an image of this size (HTTP status 413). Raise its limit, for nginx “client_max_body_size”.', 'altsmith' ), $status, false );
		}
		$code    = $status < 400 || 404 === $status || 405 === $status ? Sidecar_Error::NOT_A_SIDECAR : Sidecar_Error::PROXY_ERROR;
		$message = Sidecar_Error::PROXY_ERROR === $code
			/* translators: %d: HTTP status */
			? __( 'A server in front of the sidecar answers instead of it (HTTP status %d): the sidecar is stopped, or that server refuses the request. What waits is sent when it works again.', 'altsmith' )
			/* translators: %d: HTTP status */
			: __( 'The answer is not the sidecar\'s (HTTP status %d). Is this the right address?', 'altsmith' );
		return new Sidecar_Error( $code, sprintf( $message, $status ), $status, true, $retry_after, true );
	}
}
