<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/** When to try again. Pure: the time and the random number are arguments. */
final class Retry_Policy {
	/** After so many attempts for reasons of its own an image is given up; a person can still ask again. */
	public const MAX_ATTEMPTS = 8;

	/** After so many attempts that ended with PHP itself an image is given up. */
	public const MAX_CRASHES = 3;

	/** Longest wait while the sidecar is away. Short, because what waits is somebody's upload and the question is cheap. */
	private const MAX_PAUSE = 60;

	/** Longest wait between two attempts for one image. */
	private const MAX_ROW_DELAY = 3600;

	/**
	 * Seconds to leave the sidecar alone after it failed `$failures` times in a row: 5, 10, 20, 40, 60, 60 …
	 *
	 * @param float $jitter 0 to 1, random; spreads the sites that share one sidecar.
	 */
	public static function pause_seconds( int $failures, int $retry_after, float $jitter ): int {
		$wait = min( self::MAX_PAUSE, 5 * 2 ** max( 0, min( 10, $failures - 1 ) ) );
		return max( $retry_after, (int) ceil( $wait * ( 0.75 + 0.25 * $jitter ) ) );
	}

	/** Seconds until an image that failed by itself is tried again: 10, 20, 40 … at most an hour. */
	public static function row_delay_seconds( int $attempts, int $retry_after, float $jitter ): int {
		$wait = min( self::MAX_ROW_DELAY, 10 * 2 ** max( 0, min( 12, $attempts - 1 ) ) );
		return max( $retry_after, (int) ceil( $wait * ( 0.75 + 0.25 * $jitter ) ) );
	}

	/** Seconds until an image is tried again whose attempt never ended: the lock of the process that died has run out by then. */
	public static function after_crash_seconds( int $attempts ): int {
		return max( 90, min( self::MAX_ROW_DELAY, 30 * 2 ** max( 0, min( 7, $attempts ) ) ) );
	}

	/** Whether an image fails for good after so many attempts with this error. */
	public static function gives_up( Sidecar_Error $error, int $attempts ): bool {
		return ! $error->retryable || $attempts >= ( Sidecar_Error::SITE_ERROR === $error->error ? self::MAX_CRASHES : self::MAX_ATTEMPTS );
	}

	/** Retry-After as seconds or as an HTTP date; at most an hour, so that a wrong clock cannot stop the plugin. */
	public static function parse_retry_after( string $header, int $now ): int {
		$header = trim( $header );
		if ( '' === $header ) {
			return 0;
		}
		$seconds = ctype_digit( $header ) ? (int) $header : (int) strtotime( $header ) - $now;
		return max( 0, min( 3600, $seconds ) );
	}
}
