<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/** Requests about videos: part of Client. */
trait Video_Requests {
	/** Name of the argument of wp_remote_request() that says which file is the body. */
	private static string $file_argument = 'altsmith_file';

	/** Bytes a second below which the longest time for a video ends: a slow line within a house. */
	private static int $slowest = 250_000;

	/** Seconds between two signs of life. */
	private static int $alive_every = 10;

	/** Largest poster that is read. */
	private static int $most_of_poster = 2_000_000;

	/** @throws Sidecar_Error */
	public function has_video( string $sha256 ): bool {
		return $this->has( '/v1/videos/' . $sha256 );
	}

	/** Whether the sidecar has the bytes at a path, of an image or a video. @throws Sidecar_Error */
	private function has( string $path ): bool {
		try {
			$this->send( 'HEAD', $path, '', array(), 5 );
			return true;
		} catch ( Sidecar_Error $error ) {
			if ( 404 === $error->status ) {
				return false;
			}
			// An answer to HEAD says nothing but its number: another request hears why, if it is refused as well.
			if ( $error->status >= 400 ) {
				$this->status();
			}
			throw $error;
		}
	}

	/**
	 * Streams a file. WordPress's own functions take a body as a string only; curl, which they use, can read it from the file.
	 *
	 * @param callable(): bool $alive Called every few seconds; false ends the sending.
	 * @throws Sidecar_Error
	 */
	public function put_video( string $sha256, string $file, callable $alive ): void {
		$bytes  = (int) filesize( $file );
		$stream = static function ( mixed $handle, mixed $arguments ) use ( $file, $bytes, $alive ): void {
			if ( is_array( $arguments ) && ( $arguments[ self::$file_argument ] ?? '' ) === $file ) {
				self::stream( $handle, $file, $bytes, $alive );
			}
		};
		add_action( 'http_api_curl', $stream, PHP_INT_MAX, 2 );
		try {
			$this->send( 'PUT', '/v1/videos/' . $sha256, '', array( 'Content-Type' => 'application/octet-stream' ), 60 + intdiv( $bytes, self::$slowest ), array( self::$file_argument => $file ) );
		} finally {
			remove_action( 'http_api_curl', $stream, PHP_INT_MAX );
		}
	}

	/** @return string The JPEG that is offered as the poster of a video. @throws Sidecar_Error */
	public function poster( string $sha256 ): string {
		return $this->send( 'GET', '/v1/videos/' . $sha256 . '/poster', '', array( 'Accept' => 'image/*' ), 10, array( 'limit_response_size' => self::$most_of_poster ) )->text;
	}

	// phpcs:disable WordPress.WP.AlternativeFunctions -- the handle is WordPress's own; the file is a local one
	/** @param callable(): bool $alive */
	private static function stream( mixed $handle, string $file, int $bytes, callable $alive ): void {
		$next   = microtime( true ) + self::$alive_every;
		$source = fopen( $file, 'rb' );
		if ( false === $source ) {
			return; // The sidecar answers that no bytes came.
		}
		curl_setopt( $handle, CURLOPT_UPLOAD, true );
		// Not CURLOPT_INFILE: a stream wrapper of another plugin has no file of the system.
		curl_setopt( $handle, CURLOPT_READFUNCTION, static fn( mixed $of, mixed $none, int $length ): string => (string) fread( $source, $length ) );
		curl_setopt( $handle, CURLOPT_INFILESIZE, $bytes );
		// A line on which nothing moves is given up long before the time for the whole file is over.
		curl_setopt( $handle, CURLOPT_LOW_SPEED_LIMIT, 1 );
		curl_setopt( $handle, CURLOPT_LOW_SPEED_TIME, 60 );
		curl_setopt( $handle, CURLOPT_NOPROGRESS, false );
		curl_setopt(
			$handle,
			CURLOPT_PROGRESSFUNCTION,
			static function () use ( &$next, $alive ): int {
				if ( microtime( true ) < $next ) {
					return 0;
				}
				$next = microtime( true ) + self::$alive_every;
				return $alive() ? 0 : 1;
			}
		);
	}
	// phpcs:enable WordPress.WP.AlternativeFunctions
}
