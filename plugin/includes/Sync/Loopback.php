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
 * for up to a second under cURL. When it fails (no way back to itself) cron and open admin pages do the work.
 */
final class Loopback {
	/** A signature is good for this many seconds, either way. */
	private const MAX_AGE = 120;

	/** Seconds to wait for a connection: after the answer has gone out, and while somebody waits for it. */
	private const CONNECT_SECONDS         = 1.0;
	private const CONNECT_SECONDS_VISIBLE = 0.25;

	/** After a connection that could not be made while somebody waited, none is tried like that for so many seconds. */
	private const REST_SECONDS = 900;

	/** When that was. */
	private const FAILED_OPTION = 'altsmith_loopback_failed';

	/** @var array<int, true> Sites of the network that have work; most requests write on one. */
	private array $waiting = array();

	public function __construct( private readonly Settings $settings ) {}

	/** Once for each request, however many images it uploads; after the answer has gone out where PHP can do that. */
	public function fire_after_response(): void {
		$site = get_current_blog_id();
		if ( isset( $this->waiting[ $site ] ) || ! $this->settings->is_configured() ) {
			return;
		}
		if ( array() === $this->waiting ) {
			add_action( 'shutdown', array( $this, 'fire' ), PHP_INT_MAX );
		}
		$this->waiting[ $site ] = true;
	}

	/** Cron and a command line import many images: the next cron run sends them, and the site is not called meanwhile. */
	public function fire(): void {
		$is_background = wp_doing_cron() || 'cli' === PHP_SAPI;
		$has_answered  = ! $is_background && self::end_answer();
		foreach ( array_keys( $this->waiting ) as $site ) {
			On_Site::run( $site, fn() => $is_background ? Schedule::soon() : $this->wake( $has_answered ) );
		}
	}

	/** Sends the answer of the present request where PHP can do that. @return bool Whether nobody waits any more. */
	private static function end_answer(): bool {
		foreach ( array( 'fastcgi_finish_request', 'litespeed_finish_request' ) as $finish ) {
			if ( function_exists( $finish ) ) {
				$finish();
				return true;
			}
		}
		return false;
	}

	/** An option that is not there costs a query in every upload. */
	public static function add_option(): void {
		add_option( self::FAILED_OPTION, 0 );
	}

	/** Whether the site could not call itself a short time ago. */
	public static function has_failed(): bool {
		return (int) get_option( self::FAILED_OPTION, 0 ) >= time() - self::REST_SECONDS;
	}

	/** Starts the background work of the current site. @param bool $has_answered Whether nobody waits for the present request. */
	public function wake( bool $has_answered = true ): void {
		Schedule::soon(); // In case the site cannot call itself.
		if ( $has_answered ) {
			$this->send();
		} elseif ( ! self::has_failed() && ! $this->send( self::CONNECT_SECONDS_VISIBLE ) ) {
			update_option( self::FAILED_OPTION, time(), true );
		}
	}

	/**
	 * Now, for a request that is itself in the background.
	 *
	 * @param float $seconds How long to wait for the connection, with its encryption.
	 * @return bool Whether there was a connection in time.
	 */
	public function send( float $seconds = self::CONNECT_SECONDS ): bool {
		$request = $this->request();
		$parts   = wp_parse_url( $request['url'] );
		$secure  = 'https' === ( $parts['scheme'] ?? '' );
		$host    = (string) ( $parts['host'] ?? '' );
		$port    = (int) ( $parts['port'] ?? ( $secure ? 443 : 80 ) );
		// A local certificate is often self-signed; what is sent goes to this site itself.
		$context = stream_context_create( array( 'ssl' => array( 'verify_peer' => false, 'verify_peer_name' => false, 'SNI_enabled' => true ) ) );
		$socket  = @stream_socket_client( ( $secure ? 'ssl://' : 'tcp://' ) . $host . ':' . $port, $code, $reason, $seconds, STREAM_CLIENT_CONNECT, $context ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- failing is normal on some hosts
		if ( false === $socket ) {
			return false;
		}
		$path    = ( $parts['path'] ?? '/' ) . ( isset( $parts['query'] ) ? '?' . $parts['query'] : '' );
		$headers = $request['headers'] + array( 'Host' => isset( $parts['port'] ) ? "$host:$port" : $host, 'User-Agent' => 'Altsmith', 'Content-Length' => '0', 'Connection' => 'close' );
		$lines   = array_map( static fn( string $name, string $value ): string => "$name: " . str_replace( array( "\r", "\n" ), '', $value ) . "\r\n", array_keys( $headers ), $headers );
		fwrite( $socket, "POST $path HTTP/1.1\r\n" . implode( '', $lines ) . "\r\n" ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- a socket
		fclose( $socket ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- a socket
		return true;
	}

	/** @return array{url: string, headers: array<string, string>} The request by which the site wakes itself. */
	private function request(): array {
		$now     = time();
		$request = array(
			'url'     => rest_url( 'altsmith/v1/work' ),
			'headers' => array( 'X-Altsmith-Time' => (string) $now, 'X-Altsmith-Signature' => self::signature( $now ) ) + self::authorization(),
		);
		/**
		 * Where and how the site calls itself: behind a port mapping it may have another address for itself than for visitors.
		 *
		 * @param array{url: string, headers: array<string, string>} $request
		 */
		$changed = apply_filters( 'altsmith_loopback_request', $request );
		return is_array( $changed ) && is_string( $changed['url'] ?? null ) && is_array( $changed['headers'] ?? null )
			? array( 'url' => $changed['url'], 'headers' => array_filter( $changed['headers'], 'is_string' ) )
			: $request;
	}

	/**
	 * Where a web server asks for a name and a password in front of the whole site, the present visitor has given them, and the
	 * site needs them to call itself. An application password is for WordPress, and stays where it is.
	 *
	 * @return array<string, string>
	 */
	private static function authorization(): array {
		$name = $_SERVER['PHP_AUTH_USER'] ?? null; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- passed on as it is, in base64
		$word = $_SERVER['PHP_AUTH_PW'] ?? null; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- the same
		if ( ! is_string( $name ) || ! is_string( $word ) || null !== rest_get_authenticated_app_password() ) {
			return array();
		}
		return array( 'Authorization' => 'Basic ' . base64_encode( wp_unslash( $name ) . ':' . wp_unslash( $word ) ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- the format of the header
	}

	/**
	 * What keeps this site from calling itself, in a sentence; '' when nothing does. Asks the route that does the work, which
	 * does none for this question.
	 */
	public function problem(): string {
		$request = $this->request();
		$url     = $request['url'];
		$answer  = wp_remote_post(
			$url,
			array(
				'timeout'     => 10,
				'redirection' => 0,
				'sslverify'   => false,
				'headers'     => array( 'X-Altsmith-Question' => '1' ) + $request['headers'],
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
