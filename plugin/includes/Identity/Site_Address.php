<?php
declare( strict_types=1 );

namespace Altsmith\Identity;

defined( 'ABSPATH' ) || exit;

/** Host and path of a site: what stays the same with http and https, with `www.` and without, and on another port. */
final class Site_Address {
	/** @return string For example `example.com/shop`; '' when it is no address. */
	public static function of( string $url ): string {
		$parts = wp_parse_url( trim( $url ) );
		$host  = is_array( $parts ) ? strtolower( rtrim( (string) ( $parts['host'] ?? '' ), '.' ) ) : '';
		$host  = (string) preg_replace( '/^www\.(?=.)/', '', $host );
		return '' === $host ? '' : $host . rtrim( (string) preg_replace( '#/{2,}#', '/', (string) ( $parts['path'] ?? '' ) ), '/' );
	}

	/**
	 * The address that is stored for this site. Filters are left out on purpose: plugins for several languages give each
	 * request the domain of its language. WP_HOME counts where wp-config.php has it in so many words; where it is made of
	 * the request it would be another one with each visitor.
	 */
	public static function stored(): string {
		return self::of( self::stored_url() );
	}

	/** The same with scheme and port. */
	public static function stored_url(): string {
		if ( ! is_multisite() && defined( 'WP_HOME' ) && is_string( WP_HOME ) && self::is_in_wp_config( WP_HOME ) ) {
			return WP_HOME;
		}
		global $wpdb;
		$home = wp_load_alloptions()['home'] ?? null;
		return (string) ( $home ?? $wpdb->get_var( "SELECT option_value FROM {$wpdb->options} WHERE option_name = 'home'" ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- get_option() filters
	}

	/** The address of the network as a whole; '' on a single site. */
	public static function of_network(): string {
		$network = is_multisite() ? get_network() : null;
		return null === $network ? '' : self::of( 'http://' . $network->domain . $network->path );
	}

	private static function is_in_wp_config( string $value ): bool {
		static $found = array();
		if ( ! isset( $found[ $value ] ) ) {
			$file = is_file( ABSPATH . 'wp-config.php' ) ? ABSPATH . 'wp-config.php' : dirname( ABSPATH ) . '/wp-config.php';
			$text = is_readable( $file ) ? (string) file_get_contents( $file ) : ''; // phpcs:ignore WordPress.WP.AlternativeFunctions -- a local file

			$found[ $value ] = 1 === preg_match( '/define\s*\(\s*([\'"])WP_HOME\1\s*,\s*([\'"])' . preg_quote( $value, '/' ) . '\2\s*\)/', $text );
		}
		return $found[ $value ];
	}
}
