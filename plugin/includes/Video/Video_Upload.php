<?php
declare( strict_types=1 );

namespace Altsmith\Video;

use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Rendition_Error;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Sidecar\Source_Picture;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it

/** Brings the file of a video to the sidecar, a piece at a time: it is never in PHP's memory as a whole. */
final class Video_Upload {
	public function __construct( private readonly Client $client ) {}

	/**
	 * @param callable(): bool $alive Called every few seconds; false ends the sending.
	 * @return string SHA-256 of the file, under which the sidecar has it now.
	 * @throws Rendition_Error When this video cannot be sent.
	 * @throws Sidecar_Error
	 */
	public function send( Source_Picture $file, callable $alive ): string {
		if ( ! $file->exists() ) {
			throw new Rendition_Error( 'FILE_MISSING', __( 'The file of this attachment is not on this server.', 'altsmith' ), true );
		}
		$this->must_be_possible( $file->bytes() );
		$sha256 = $file->sha256();
		if ( '' === $sha256 ) {
			throw new Rendition_Error( 'FILE_UNREADABLE', __( 'The file of this attachment cannot be read.', 'altsmith' ) );
		}
		try {
			if ( ! $this->client->has_video( $sha256 ) ) {
				$this->client->put_video( $sha256, $file->path(), $alive );
			}
		} catch ( Sidecar_Error $error ) {
			$sentence = Video_Words::of_error( $error->error );
			// A missing decoder is answered like a sidecar that is away, which would hold up every image.
			throw '' === $sentence ? $error : new Rendition_Error( $error->error, $sentence );
		}
		return $sha256;
	}

	/** Asked beforehand: hundreds of megabytes are not sent to be refused. @throws Rendition_Error|Sidecar_Error */
	private function must_be_possible( int $bytes ): void {
		$video = $this->client->status()['video'] ?? null;
		if ( ! is_array( $video ) ) {
			throw new Rendition_Error( 'VIDEO_NOT_SENT', __( 'This sidecar is too old to describe videos. Update it.', 'altsmith' ) );
		}
		if ( true !== ( $video['decoder'] ?? null ) ) {
			throw new Rendition_Error( 'VIDEO_DECODER_MISSING', Video_Words::of_error( 'VIDEO_DECODER_MISSING' ) );
		}
		$most = (int) ( $video['max_bytes'] ?? 0 );
		if ( $bytes > $most ) {
			throw new Rendition_Error( 'VIDEO_TOO_LARGE', Video_Words::too_large( $bytes, $most ) );
		}
		if ( ! function_exists( 'curl_init' ) ) {
			throw new Rendition_Error( 'VIDEO_NOT_SENT', __( 'Videos are sent with PHP’s extension curl, which this server does not have.', 'altsmith' ) );
		}
	}
}
