<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use Altsmith\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * What kind of image an attachment is. The stored type may be another word for it (old plugins, importers), or the type
 * that the file had before WordPress converted it (HEIC that became JPEG): then the file's own name says it. A file that is
 * still HEIC counts as JPEG where it has sizes in JPEG, or where this host can make one.
 */
final class Image_Type {
	/** Words that are not registered, and what they mean. */
	public const OTHER_WORDS = array( 'image/jpg' => 'image/jpeg', 'image/pjpeg' => 'image/jpeg', 'image/jfif' => 'image/jpeg', 'image/x-png' => 'image/png' );

	/** Types that WordPress, or the browser for it, converts. */
	public const CONVERTED = array( 'image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence' );

	private const EXTENSIONS = array( 'jpg' => 'image/jpeg', 'jpeg' => 'image/jpeg', 'jpe' => 'image/jpeg', 'jfif' => 'image/jpeg', 'png' => 'image/png', 'webp' => 'image/webp', 'gif' => 'image/gif', 'avif' => 'image/avif' );

	/** @return string The registered type; what is stored where nothing better is known. */
	public static function of( int $attachment_id ): string {
		$stored = self::of_word( (string) get_post_mime_type( $attachment_id ) );
		if ( in_array( $stored, Settings::READABLE_TYPES, true ) || ! str_starts_with( $stored, 'image/' ) ) {
			return $stored;
		}
		$extension = strtolower( pathinfo( (string) get_post_meta( $attachment_id, '_wp_attached_file', true ), PATHINFO_EXTENSION ) );
		if ( isset( self::EXTENSIONS[ $extension ] ) || ! in_array( $stored, self::CONVERTED, true ) ) {
			return self::EXTENSIONS[ $extension ] ?? $stored;
		}
		$metadata = wp_get_attachment_metadata( $attachment_id, true );
		$sizes    = is_array( $metadata ) && is_array( $metadata['sizes'] ?? null ) ? array_column( $metadata['sizes'], 'mime-type' ) : array();
		return in_array( 'image/jpeg', $sizes, true ) || self::host_converts() ? 'image/jpeg' : $stored;
	}

	/** Whether the image editor of this host can open HEIC and make a JPEG of it. */
	public static function host_converts(): bool {
		return wp_image_editor_supports( array( 'mime_type' => 'image/heic', 'output_mime_type' => 'image/jpeg' ) );
	}

	public static function of_word( string $type ): string {
		$type = strtolower( trim( $type ) );
		return self::OTHER_WORDS[ $type ] ?? $type;
	}

	/** What the first bytes of a file say; '' when they say nothing that is known here. */
	public static function of_bytes( string $bytes ): string {
		return match ( true ) {
			str_starts_with( $bytes, "\xFF\xD8\xFF" )          => 'image/jpeg',
			str_starts_with( $bytes, "\x89PNG\r\n\x1A\n" )     => 'image/png',
			str_starts_with( $bytes, 'GIF8' )                  => 'image/gif',
			str_starts_with( $bytes, 'RIFF' ) && 'WEBP' === substr( $bytes, 8, 4 ) => 'image/webp',
			'ftyp' === substr( $bytes, 4, 4 )                  => self::of_brands( $bytes ),
			default                                            => '',
		};
	}

	/** The same of a file. */
	public static function of_file( string $path ): string {
		$start = file_get_contents( $path, false, null, 0, 64 ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- a local file
		return is_string( $start ) ? self::of_bytes( $start ) : '';
	}

	/** AVIF and HEIC are the same container; the brands after `ftyp` tell them apart. */
	private static function of_brands( string $bytes ): string {
		$brands = str_split( substr( $bytes, 8, max( 4, min( 56, (int) ( unpack( 'N', $bytes )[1] ?? 0 ) - 8 ) ) ), 4 );
		return match ( true ) {
			array() !== array_intersect( $brands, array( 'avif', 'avis' ) )                 => 'image/avif',
			array() !== array_intersect( $brands, array( 'heic', 'heix', 'heim', 'heis', 'hevc', 'hevx' ) ) => 'image/heic',
			default => '',
		};
	}

	/**
	 * @param string[] $types Registered types.
	 * @return string[] With the other words for them.
	 */
	public static function with_other_words( array $types ): array {
		return array_merge( $types, array_keys( array_intersect( self::OTHER_WORDS, $types ) ) );
	}
}
