<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Where the bytes of an attachment may be: paths on this server, paths of a plugin's own stream wrapper (`s3://…`), and
 * addresses. Plugins that move media elsewhere answer `get_attached_file` with any of the three.
 */
final class Attachment_File {
	/** Stream wrappers of PHP itself. A path of an attachment is never one of them. */
	private const BUILT_IN = array( 'http', 'https', 'ftp', 'ftps', 'php', 'file', 'data', 'glob', 'phar', 'zlib', 'zip', 'rar', 'ogg', 'expect', 'ssh2', 'bzip2' );

	/** @return string The file's name: never a path, a host, or the signature that a filtered address may carry. */
	public static function name( int $attachment_id ): string {
		$stored = (string) get_post_meta( $attachment_id, '_wp_attached_file', true );
		$stored = '' === $stored ? (string) get_the_guid( $attachment_id ) : $stored;
		return wp_basename( (string) preg_replace( '/[?#].*$/s', '', $stored ) );
	}

	/** @return string[] Paths to look at, the nearest first. Whether there is a file is not known yet. */
	public static function paths( int $attachment_id ): array {
		$known = array( get_attached_file( $attachment_id, true ), get_attached_file( $attachment_id ) );
		$known = array_filter( $known, static fn( mixed $path ): bool => is_string( $path ) && self::is_path( $path ) );
		return array_values( array_unique( $known ) );
	}

	/** @return string The upload of which WordPress made the attached file; '' where there is none. */
	public static function original( int $attachment_id ): string {
		$path = function_exists( 'wp_get_original_image_path' ) ? wp_get_original_image_path( $attachment_id ) : '';
		return is_string( $path ) && self::is_path( $path ) ? $path : '';
	}

	/**
	 * The attachment's own addresses, as this site publishes them. None is taken from the present request: where the site's
	 * address follows what a visitor sent as `Host`, an address with that host is left out.
	 *
	 * @return string[]
	 */
	public static function urls( int $attachment_id ): array {
		$image = wp_get_attachment_image_src( $attachment_id, 'large' );
		$found = array( is_array( $image ) ? $image[0] : '', wp_get_attachment_url( $attachment_id ), get_attached_file( $attachment_id ), get_post_meta( $attachment_id, '_wp_attached_file', true ) );
		$found = array_map( static fn( mixed $url ): string => is_string( $url ) && str_starts_with( $url, '//' ) ? "https:$url" : (string) ( is_string( $url ) ? $url : '' ), $found );
		return array_values( array_unique( array_filter( $found, static fn( string $url ): bool => 1 === preg_match( '#^https?://#i', $url ) && ! self::is_of_visitor( $url ) ) ) );
	}

	/** Whether a path is one of a plugin's stream wrapper. */
	public static function is_stream( string $path ): bool {
		return wp_is_stream( $path );
	}

	/** Whether this is a path: one on this server, or of a stream wrapper that a plugin has registered. */
	public static function is_path( string $path ): bool {
		$scheme = 1 === preg_match( '#^([a-z0-9.+-]+):(//)?#i', $path, $found ) && strlen( $found[1] ) > 1 ? strtolower( $found[1] ) : '';
		if ( '' === $path || str_contains( $path, '/http://' ) || str_contains( $path, '/https://' ) ) {
			return false; // An address that was stored as if it were a path below the uploads.
		}
		return '' === $scheme || ( wp_is_stream( $path ) && ! in_array( $scheme, self::BUILT_IN, true ) && ! str_starts_with( $scheme, 'compress.' ) );
	}

	private static function is_of_visitor( string $url ): bool {
		$scheme = (string) wp_parse_url( $url, PHP_URL_SCHEME );
		$sent   = $scheme . '://' . wp_unslash( (string) ( $_SERVER['HTTP_HOST'] ?? '' ) ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- compared only
		return ! Picture_Host::is_own( $url ) && Picture_Host::name_of( $sent ) === Picture_Host::name_of( $url ) && Picture_Host::port_of( $sent ) === Picture_Host::port_of( $url );
	}
}
