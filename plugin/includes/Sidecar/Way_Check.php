<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Checks whether each kind of request that sending a picture takes reaches the sidecar: with a picture of one pixel, and with
 * the id of a job that does not exist. If these pass, a request that failed before failed because of its content.
 */
final class Way_Check {
	/** A PNG of one pixel. */
	private const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

	public function __construct( private readonly Client $client ) {}

	/** Whether all of them were answered by the sidecar. */
	public function is_open(): bool {
		$pixel  = (string) base64_decode( self::PIXEL, true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- a picture
		$sha256 = hash( 'sha256', $pixel );
		$asks   = array(
			fn() => $this->client->has_image( $sha256 ),
			fn() => $this->client->put_image( $sha256, $pixel, 'image/png' ),
			fn() => $this->client->cancel_job( 'job_that_is_not_there' ),
		);
		foreach ( $asks as $ask ) {
			try {
				$ask();
			} catch ( Sidecar_Error $error ) {
				if ( $error->concerns_all() || Sidecar_Error::BAD_REPLY === $error->error ) {
					return false;
				}
			}
		}
		return true;
	}
}
