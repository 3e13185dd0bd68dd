<?php
declare( strict_types=1 );

namespace Altsmith\Audit;

use Altsmith\Sidecar\Picture_Host;
use WP_Error;
use WP_Http;

defined( 'ABSPATH' ) || exit;

/** Fetches a page of this site as a visitor gets it: by its own address, without cookies, within limits. No other host is ever called. */
final class Page_Fetcher {
	public const READ = 'read';
	/** The address leads to another host, or to no end. */
	public const ELSEWHERE = 'elsewhere';
	public const REFUSED   = 'refused';
	public const TOO_LARGE = 'too_large';
	public const NO_ANSWER = 'no_answer';

	/** Longest page, in bytes. */
	public const MAX_BYTES = 3_145_728;

	private const MAX_REDIRECTS = 2;

	/**
	 * @param float $seconds For the whole page, redirects included.
	 * @return array{outcome: string, message: string, html: string}
	 */
	public static function fetch( string $url, float $seconds ): array {
		$until = microtime( true ) + $seconds;
		for ( $redirects = 0; $redirects <= self::MAX_REDIRECTS; $redirects++ ) {
			if ( 1 !== preg_match( '#^https?://#i', $url ) || ! Picture_Host::is_own( $url ) ) {
				/* translators: %s: address */
				return self::failed( self::ELSEWHERE, sprintf( __( 'The address leads to another host: %s.', 'altsmith' ), sanitize_url( $url ) ) );
			}
			$answer = self::ask( $url, $until );
			if ( $answer instanceof WP_Error ) {
				return self::failed( self::NO_ANSWER, $answer->get_error_message() );
			}
			$status   = (int) wp_remote_retrieve_response_code( $answer );
			$location = wp_remote_retrieve_header( $answer, 'location' );
			if ( $status >= 300 && $status < 400 && is_string( $location ) && '' !== $location ) {
				$url = WP_Http::make_absolute_url( $location, $url );
				continue;
			}
			if ( 200 !== $status ) {
				/* translators: %d: HTTP status */
				return self::failed( self::REFUSED, sprintf( __( 'The page was answered with the HTTP status %d.', 'altsmith' ), $status ) );
			}
			$html = wp_remote_retrieve_body( $answer );
			if ( strlen( $html ) > self::MAX_BYTES ) {
				/* translators: %s: size, such as 3 MB */
				return self::failed( self::TOO_LARGE, sprintf( __( 'The page is longer than %s.', 'altsmith' ), (string) size_format( self::MAX_BYTES ) ) );
			}
			return array( 'outcome' => self::READ, 'message' => '', 'html' => $html );
		}
		return self::failed( self::ELSEWHERE, __( 'The page led to one address after the other.', 'altsmith' ) );
	}

	/** @return array<string, mixed>|WP_Error */
	private static function ask( string $url, float $until ): array|WP_Error {
		$seconds = $until - microtime( true );
		if ( $seconds < 0.05 ) {
			return new WP_Error( 'altsmith_slow', __( 'The page did not end in time.', 'altsmith' ) );
		}
		// Where PHP has no cURL, the time limit of a request is one for each piece of its answer.
		$stop = static function () use ( $until ): void {
			if ( microtime( true ) > $until ) {
				throw new \WpOrg\Requests\Exception( esc_html__( 'The page did not end in time.', 'altsmith' ), 'altsmith.slow' );
			}
		};
		add_action( 'requests-request.progress', $stop );
		try {
			return wp_remote_get(
				$url,
				array(
					'timeout'             => $seconds,
					'redirection'         => 0, // Each address is looked at before it is called.
					'limit_response_size' => self::MAX_BYTES + 1,
					'cookies'             => array(),
					'user-agent'          => 'Altsmith/' . ALTSMITH_VERSION . ' (audit of this site)',
					/** Filter of WordPress: whether the site's own certificate is checked. */
					'sslverify'           => (bool) apply_filters( 'https_local_ssl_verify', false, $url ), // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound -- WordPress's own
				)
			);
		} finally {
			remove_action( 'requests-request.progress', $stop );
		}
	}

	/** @return array{outcome: string, message: string, html: string} */
	private static function failed( string $outcome, string $message ): array {
		return array( 'outcome' => $outcome, 'message' => sanitize_text_field( $message ), 'html' => '' );
	}
}
