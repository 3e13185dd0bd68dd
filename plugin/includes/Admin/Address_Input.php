<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Settings;

defined( 'ABSPATH' ) || exit;

/** What somebody typed as the sidecar's address: the address to store, or a sentence that says what is wrong with it. */
final class Address_Input {
	private const MAX_LENGTH = 500;

	private function __construct( public readonly string $value, public readonly string $error ) {}

	/** What was typed as an address: `value` can be stored; where `error` is not empty, it says what to do. */
	public static function read( string $typed ): self {
		$text = Typed_Text::cleaned( $typed );
		if ( '' === $text ) {
			return new self( '', '' );
		}
		$error = self::problem_of_text( $text );
		if ( '' !== $error ) {
			return new self( '', $error );
		}
		$url   = Settings::completed_url( $text );
		$error = self::problem_of_url( $url );
		return '' === $error ? new self( Settings::sanitize_url( $url ), '' ) : new self( '', $error );
	}

	private static function problem_of_text( string $text ): string {
		return match ( true ) {
			strlen( $text ) > self::MAX_LENGTH       => __( 'This is too long for an address.', 'altsmith' ),
			Typed_Text::is_key( $text )              => __( 'This looks like the site key. The address goes here, the key into the field below.', 'altsmith' ),
			1 === preg_match( '/\s/', $text )        => __( 'An address has no spaces in it.', 'altsmith' ),
			str_contains( $text, '\\' )              => __( 'An address has “/” in it, not “\\”.', 'altsmith' ),
			1 === preg_match( '#^https?(:/?[^/]|//)#i', $text ) => __( 'After “http:” or “https:” come two slashes, for instance http://127.0.0.1:8787.', 'altsmith' ),
			1 === preg_match( '#^(?!https?:)[a-z][a-z0-9+.-]*://#i', $text ) => __( 'The address begins with http:// or https://; nothing else works.', 'altsmith' ),
			default                                  => '',
		};
	}

	private static function problem_of_url( string $url ): string {
		$parts = wp_parse_url( $url );
		if ( ! is_array( $parts ) || '' === ( $parts['host'] ?? '' ) ) {
			return 1 === preg_match( '/:\d{5,}/', $url )
				? __( 'The port, the number after “:”, is at most 65535.', 'altsmith' )
				: __( 'There is no host name in this address. An example: http://127.0.0.1:8787.', 'altsmith' );
		}
		$host = strtolower( $parts['host'] );
		return match ( true ) {
			isset( $parts['user'] ) || isset( $parts['pass'] ) => __( 'Leave the user name and password out of the address; the sidecar takes the site key only.', 'altsmith' ),
			isset( $parts['query'] ) || isset( $parts['fragment'] ) => __( 'Leave out “?” and “#” and what follows them.', 'altsmith' ),
			0 === ( $parts['port'] ?? null )                   => __( 'The port, the number after “:”, is at least 1.', 'altsmith' ),
			str_ends_with( $url, ':' )                         => __( 'The number after “:” is missing, for instance 8787.', 'altsmith' ),
			! self::is_host( $host )                           => __( 'The host name has characters in it that a host name cannot have.', 'altsmith' ),
			in_array( $host, array( '0.0.0.0', '[::]' ), true ) => __( 'This is where the sidecar listens, not where it is reached. On the same machine use 127.0.0.1.', 'altsmith' ),
			self::is_this_site( $url )                         => __( 'This is the address of this website. The address of the sidecar is another one, for instance http://127.0.0.1:8787.', 'altsmith' ),
			default                                            => '',
		};
	}

	/** Letters of every script, as browsers show them; their ASCII form is made when the request is sent. */
	private static function is_host( string $host ): bool {
		return 1 === preg_match( '/^(\[[0-9a-f:.]+\]|[\p{L}\p{N}]([\p{L}\p{N}\p{M}_.-]*[\p{L}\p{N}\p{M}.])?)$/u', $host )
			&& ! str_contains( $host, '..' )
			&& ( 1 !== preg_match( '/^[\d.]+$/', $host ) || false !== filter_var( $host, FILTER_VALIDATE_IP ) );
	}

	private static function is_this_site( string $url ): bool {
		$bare  = static fn( string $of ): string => strtolower( (string) preg_replace( '#^https?://(www\.)?#i', '', untrailingslashit( $of ) ) );
		$admin = $bare( admin_url() );
		return in_array( $bare( $url ), array( $bare( home_url() ), $bare( site_url() ) ), true ) || str_starts_with( $bare( $url ), $admin ) || str_starts_with( $bare( $url ), $bare( rest_url() ) );
	}
}
