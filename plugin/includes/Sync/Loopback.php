<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Settings;
use Altsmith\Storage\On_Site;

defined( 'ABSPATH' ) || exit;

/**
 * Wakes a second request of this site, which then does the network work.
 *
 * It writes one HTTP request to a socket and leaves: wp_remote_post() with `blocking => false` would still hold the page
 * for up to a second under cURL. When it fails (basic auth, no way back to itself) cron and open admin pages do the work.
 */
final class Loopback {
	/** A signature is good for this many seconds, either way. */
	private const MAX_AGE = 120;

	/** @var array<int, true> Sites of the network that have work; most requests write on one. */
	private array $waiting = array();

	public function __construct( private readonly Settings $settings ) {}

	/** Once for each request, however many images it uploads; after the answer has gone out where PHP can do that. */
	public function fire_after_response(): void {
		$site = get_current_blog_id();
		if ( isset( $this->waiting[ $site ] ) || ! $this->settings->is_configured() || wp_doing_cron() || 'cli' === PHP_SAPI ) {
			return;
		}
		if ( array() === $this->waiting ) {
			add_action( 'shutdown', array( $this, 'fire' ), PHP_INT_MAX );
		}
		$this->waiting[ $site ] = true;
	}

	public function fire(): void {
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		} elseif ( function_exists( 'litespeed_finish_request' ) ) {
			litespeed_finish_request();
		}
		foreach ( array_keys( $this->waiting ) as $site ) {
			On_Site::run( $site, array( $this, 'wake' ) );
		}
	}

	/** Starts the background work of the current site. */
	public function wake(): void {
		Schedule::soon(); // In case the site cannot call itself.
		$this->send();
	}

	/** Now, for a request that is itself in the background. */
	public function send(): void {
		$url    = rest_url( 'altsmith/v1/work' );
		$parts  = wp_parse_url( $url );
		$secure = 'https' === ( $parts['scheme'] ?? '' );
		$host   = (string) ( $parts['host'] ?? '' );
		$port   = (int) ( $parts['port'] ?? ( $secure ? 443 : 80 ) );
		// A local certificate is often self-signed; nothing but a dated signature is sent.
		$context = stream_context_create( array( 'ssl' => array( 'verify_peer' => false, 'verify_peer_name' => false, 'SNI_enabled' => true ) ) );
		$socket  = @stream_socket_client( ( $secure ? 'ssl://' : 'tcp://' ) . $host . ':' . $port, $code, $reason, 1, STREAM_CLIENT_CONNECT, $context ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- failing is normal on some hosts
		if ( false === $socket ) {
			return;
		}
		$now  = time();
		$path = ( $parts['path'] ?? '/' ) . ( isset( $parts['query'] ) ? '?' . $parts['query'] : '' );
		$host = isset( $parts['port'] ) ? "$host:$port" : $host;
		fwrite( $socket, "POST $path HTTP/1.1\r\nHost: $host\r\nX-Altsmith-Time: $now\r\nX-Altsmith-Signature: " . self::signature( $now ) . "\r\nUser-Agent: Altsmith\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- a socket
		fclose( $socket ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- a socket
	}

	/**
	 * What keeps this site from calling itself, in a sentence; '' when nothing does. Asks the route that does the work, which
	 * does none for this question.
	 */
	public function problem(): string {
		$now    = time();
		$url    = rest_url( 'altsmith/v1/work' );
		$answer = wp_remote_post(
			$url,
			array(
				'timeout'     => 10,
				'redirection' => 0,
				'sslverify'   => false,
				'headers'     => array( 'X-Altsmith-Time' => (string) $now, 'X-Altsmith-Signature' => self::signature( $now ), 'X-Altsmith-Question' => '1' ),
			)
		);
		if ( is_wp_error( $answer ) ) {
			/* translators: 1: address, 2: what the network said */
			return sprintf( __( 'The site could not call its own address %1$s: %2$s.', 'altsmith' ), $url, rtrim( $answer->get_error_message(), '.' ) );
		}
		$status = (int) wp_remote_retrieve_response_code( $answer );
		/* translators: 1: address, 2: HTTP status */
		return 204 === $status ? '' : sprintf( __( 'The site called its own address %1$s and was refused (HTTP status %2$d).', 'altsmith' ), $url, $status );
	}

	public static function is_signed( string $time, string $signature ): bool {
		return ctype_digit( $time ) && abs( time() - (int) $time ) <= self::MAX_AGE && hash_equals( self::signature( (int) $time ), $signature );
	}

	private static function signature( int $time ): string {
		return hash_hmac( 'sha256', "altsmith work $time", wp_salt( 'auth' ) );
	}
}
