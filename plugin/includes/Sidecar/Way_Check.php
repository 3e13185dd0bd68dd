<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Whether requests reach the sidecar at all, of each kind that sending a picture takes: asked with a picture of one pixel
 * and with a job that is not there. What a server in between refuses then, it refuses because of what is in it.
 */
final class Way_Check {
	/** A PNG of one pixel. */
	private const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

	public function __construct( private readonly Client $client ) {}

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
