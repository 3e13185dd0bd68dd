<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use Altsmith\Sync\Loopback;
use WP_Http;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it

/**
 * Fetches a picture that is not on this server from the attachment's own address. Messages name the host and nothing more:
 * addresses of offloaded media may be signed.
 */
final class Remote_Picture {
	/** Largest file that is fetched. The sizes that are asked for first are mostly below 1 MB. */
	public const MAX_BYTES = 8_388_608;

	/** Seconds for one picture, with all its addresses and redirects. */
	private const SECONDS = 8.0;

	private const MAX_REDIRECTS = 2;

	/** Statuses after which a later attempt may get the picture. */
	private const PASSING = array( 408, 425, 429, 500, 502, 503, 504 );

	/**
	 * @return string Path of a temporary file with an image; the caller deletes it.
	 * @throws Rendition_Error In a sentence that says what every address answered last. Retryable when that may pass.
	 */
	public static function fetch( int $attachment_id ): string {
		$until = microtime( true ) + self::SECONDS;
		$error = new Rendition_Error( 'FILE_MISSING', __( 'The file of this attachment is not on this server.', 'altsmith' ) );
		// REST, cron and WP-CLI load nothing of wp-admin.
		require_once ABSPATH . 'wp-admin/includes/file.php';
		$file = wp_tempnam( 'altsmith' );
		foreach ( Attachment_File::urls( $attachment_id ) as $url ) {
			if ( Picture_Host::is_own( $url ) && Loopback::has_failed() ) {
				continue; // A site that cannot call itself would wait for its own answer.
			}
			try {
				self::get( $url, $file, $until );
				return $file;
			} catch ( Rendition_Error $failed ) {
				$error = $failed;
			}
		}
		wp_delete_file( $file );
		throw $error;
	}

	/** @throws Rendition_Error */
	private static function get( string $url, string $file, float $until ): void {
		for ( $redirects = 0; $redirects <= self::MAX_REDIRECTS; $redirects++ ) {
			$host   = Picture_Host::name_of( $url );
			$answer = self::ask( $url, $file, $until );
			clearstatcache( true, $file );
			if ( filesize( $file ) > self::MAX_BYTES ) {
				/* translators: 1: host name, 2: size, such as 8 MB */
				throw self::failed( sprintf( __( 'The file of this attachment is not on this server, and %1$s sent more than %2$s.', 'altsmith' ), $host, size_format( self::MAX_BYTES ) ) );
			}
			if ( is_wp_error( $answer ) ) {
				/* translators: 1: host name, 2: what the network said */
				throw self::failed( sprintf( __( 'The file of this attachment is not on this server, and %1$s did not give it: %2$s', 'altsmith' ), $host, self::without_address( $answer->get_error_message(), $url ) ), true );
			}
			$status   = (int) wp_remote_retrieve_response_code( $answer );
			$location = wp_remote_retrieve_header( $answer, 'location' );
			if ( $status >= 300 && $status < 400 && is_string( $location ) && '' !== $location ) {
				$url = WP_Http::make_absolute_url( $location, $url );
				continue;
			}
			if ( 200 !== $status ) {
				/* translators: 1: host name, 2: HTTP status */
				throw self::failed( sprintf( __( 'The file of this attachment is not on this server, and %1$s answered with the HTTP status %2$d.', 'altsmith' ), $host, $status ), in_array( $status, self::PASSING, true ) );
			}
			if ( '' === Image_Type::of_file( $file ) ) {
				/* translators: %s: host name */
				throw self::failed( sprintf( __( 'The file of this attachment is not on this server, and what %s sent is not an image that Altsmith reads.', 'altsmith' ), $host ) );
			}
			return;
		}
		/* translators: %s: host name */
		throw self::failed( sprintf( __( 'The file of this attachment is not on this server, and %s led to one address after the other.', 'altsmith' ), $host ) );
	}

	/**
	 * @return array<string, mixed>|\WP_Error
	 * @throws Rendition_Error When the host may not be asked.
	 */
	private static function ask( string $url, string $file, float $until ): array|\WP_Error {
		$host = Picture_Host::name_of( $url );
		if ( 1 !== preg_match( '#^https?://#i', $url ) ) {
			/* translators: %s: host name */
			throw self::failed( sprintf( __( 'The file of this attachment is not on this server, and %s led to one address after the other.', 'altsmith' ), $host ) );
		}
		$seconds = $until - microtime( true );
		if ( $seconds < 0.1 ) {
			/* translators: 1: host name, 2: number of seconds */
			throw self::failed( sprintf( __( 'The file of this attachment is not on this server, and %1$s did not give it within %2$d seconds.', 'altsmith' ), $host, (int) self::SECONDS ), true );
		}
		$addresses = Picture_Host::addresses( $url );
		// The very addresses that were looked at are called: a name server may answer otherwise a moment later. An answer without end is cut off.
		$limit = static function ( mixed $handle ) use ( $host, $url, $addresses ): void {
			if ( $handle instanceof \CurlHandle ) {
				curl_setopt( $handle, CURLOPT_RESOLVE, array( $host . ':' . Picture_Host::port_of( $url ) . ':' . implode( ',', $addresses ) ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- the handle that WordPress made
				curl_setopt( $handle, CURLOPT_NOPROGRESS, false ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- the same
				curl_setopt( $handle, CURLOPT_PROGRESSFUNCTION, static fn( mixed $of, int|float $size, int|float $got ): int => $got > self::MAX_BYTES ? 1 : 0 ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- the same
			}
		};
		add_action( 'http_api_curl', $limit, PHP_INT_MAX );
		try {
			return wp_safe_remote_get(
				$url,
				array(
					'timeout'             => $seconds,
					'redirection'         => 0, // Each address is looked at before it is called.
					'stream'              => true,
					'filename'            => $file,
					'limit_response_size' => self::MAX_BYTES + 1,
					'headers'             => array( 'Accept' => implode( ',', \Altsmith\Settings::READABLE_TYPES ) ),
				)
			);
		} finally {
			remove_action( 'http_api_curl', $limit, PHP_INT_MAX );
		}
	}

	/** What a network says may contain the address it was about. */
	private static function without_address( string $message, string $url ): string {
		return (string) preg_replace( '#https?://\S+#i', '…', str_replace( $url, '…', $message ) );
	}

	private static function failed( string $message, bool $retryable = false ): Rendition_Error {
		return new Rendition_Error( 'FILE_MISSING', $message, $retryable );
	}
}
