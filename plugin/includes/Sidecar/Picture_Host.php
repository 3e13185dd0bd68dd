<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use Altsmith\Identity\Site_Address;

defined( 'ABSPATH' ) || exit;

/** Which hosts may be asked for the bytes of a picture: this site itself, and hosts with public addresses only. */
final class Picture_Host {
	/** Networks that are not public although PHP's filter_var() takes their addresses for it: first address and length of the prefix. */
	private const NOT_PUBLIC = array( array( '100.64.0.0', 10 ), array( '192.0.0.0', 24 ), array( '192.0.2.0', 24 ), array( '192.88.99.0', 24 ), array( '198.18.0.0', 15 ), array( '198.51.100.0', 24 ), array( '203.0.113.0', 24 ), array( '224.0.0.0', 4 ) );

	/** @return string Lower case, without the dot at its end; '' where the address has none. */
	public static function name_of( string $url ): string {
		return strtolower( rtrim( trim( (string) wp_parse_url( $url, PHP_URL_HOST ), '[]' ), '.' ) );
	}

	/** Whether an address is one of this site, by host and port, as the site is stored in the database. */
	public static function is_own( string $url ): bool {
		$own = Site_Address::stored_url();
		return '' !== self::name_of( $url ) && self::name_of( $url ) === self::name_of( $own ) && self::port_of( $url ) === self::port_of( $own );
	}

	/**
	 * Addresses of a host that may be asked. `http_request_host_is_external`, by which a site lets WordPress ask a host inside
	 * its network, counts here as well.
	 *
	 * @return string[] IP addresses.
	 * @throws Rendition_Error When the host cannot be found, or one of its addresses is not public.
	 */
	public static function addresses( string $url ): array {
		$host  = self::name_of( $url );
		$found = self::resolve( $host );
		if ( array() === $found ) {
			/* translators: %s: host name */
			throw new Rendition_Error( 'FILE_MISSING', sprintf( __( 'The file of this attachment is not on this server, and its host %s was not found.', 'altsmith' ), $host ), true ); // phpcs:ignore WordPress.Security.EscapeOutput.ExceptionNotEscaped -- not printed here
		}
		$private = array_filter( $found, static fn( string $ip ): bool => ! self::is_public( $ip ) );
		if ( array() !== $private && ! self::is_own( $url ) && ! self::is_let_in( $host, $url ) ) {
			/* translators: %s: host name */
			throw new Rendition_Error( 'FILE_MISSING', sprintf( __( 'The file of this attachment is not on this server, and its address leads to %s inside a private network, which is not asked. The filter altsmith_rendition_file can provide the file.', 'altsmith' ), $host ) ); // phpcs:ignore WordPress.Security.EscapeOutput.ExceptionNotEscaped -- not printed here
		}
		return $found;
	}

	/** Whether this site lets WordPress ask the host. What WordPress itself lets in is every port of the host that the site's address has at this moment, which may be what a visitor sent. */
	private static function is_let_in( string $host, string $url ): bool {
		return ! in_array( $host, array( self::name_of( home_url() ), self::name_of( Site_Address::stored_url() ) ), true )
			&& (bool) apply_filters( 'http_request_host_is_external', false, $host, $url ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound -- WordPress's own
	}

	/** The port of an address, said or not. */
	public static function port_of( string $url ): int {
		return (int) ( wp_parse_url( $url, PHP_URL_PORT ) ?? ( 'https' === strtolower( (string) wp_parse_url( $url, PHP_URL_SCHEME ) ) ? 443 : 80 ) );
	}

	/** @return string[] */
	private static function resolve( string $host ): array {
		if ( '' === $host || false !== filter_var( $host, FILTER_VALIDATE_IP ) ) {
			return array_filter( array( $host ) );
		}
		$found = gethostbynamel( $host );
		$found = is_array( $found ) ? $found : array();
		// cURL is told to use the addresses found here. Other ways of PHP look the host up again, and may take the other kind.
		if ( array() === $found || ! function_exists( 'curl_init' ) ) {
			$more  = function_exists( 'dns_get_record' ) ? @dns_get_record( $host, DNS_AAAA ) : array(); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- warns where there is no name server
			$found = array_merge( $found, is_array( $more ) ? array_column( $more, 'ipv6' ) : array() );
		}
		return $found;
	}

	private static function is_public( string $ip ): bool {
		$bytes = inet_pton( $ip );
		if ( false === $bytes || false === filter_var( $ip, FILTER_VALIDATE_IP, FILTER_FLAG_NO_PRIV_RANGE | FILTER_FLAG_NO_RES_RANGE ) ) {
			return false;
		}
		if ( 16 === strlen( $bytes ) ) {
			// Global unicast (2000::/3) without documentation, Teredo and 6to4; the latter two hold an IPv4 address.
			return 0x20 === ( ord( $bytes[0] ) & 0xE0 ) && ! in_array( substr( $bytes, 0, 4 ), array( "\x20\x01\x0d\xb8", "\x20\x01\0\0" ), true ) && ! str_starts_with( $bytes, "\x20\x02" );
		}
		$number = (int) ip2long( $ip );
		foreach ( self::NOT_PUBLIC as list( $first, $prefix ) ) {
			if ( $number >> ( 32 - $prefix ) === (int) ip2long( $first ) >> ( 32 - $prefix ) ) {
				return false;
			}
		}
		return true;
	}
}
