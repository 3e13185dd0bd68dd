<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use Altsmith\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * What kind of image an attachment is. The stored type may be another word for it (old plugins, importers), or the type
 * that the file had before WordPress converted it (HEIC that became JPEG): then the file's own name says it.
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
		return self::EXTENSIONS[ $extension ] ?? $stored;
	}

	public static function of_word( string $type ): string {
		$type = strtolower( trim( $type ) );
		return self::OTHER_WORDS[ $type ] ?? $type;
	}

	/**
	 * @param string[] $types Registered types.
	 * @return string[] With the other words for them.
	 */
	public static function with_other_words( array $types ): array {
		return array_merge( $types, array_keys( array_intersect( self::OTHER_WORDS, $types ) ) );
	}
}
