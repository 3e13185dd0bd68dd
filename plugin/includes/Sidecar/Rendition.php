<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use WP_Error;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it

/** The bytes that are sent for an attachment: a middle-size rendition, because the model looks at some 400 pixels, without metadata. */
final class Rendition {
	/** A rendition above this is made smaller first; the sidecar gains nothing from more. */
	public const MAX_BYTES = 1048576;

	/** Largest file that is sent as it is where no smaller one can be made: what a sidecar takes unless its owner changed ALTSMITH_MAX_BYTES. */
	private const MAX_WHOLE_BYTES = 20_000_000;

	/** Longest edge of a rendition made for sending. */
	private const MADE_EDGE = 1024;

	/** Shorter edge a rendition needs, or it is only taken when there is nothing larger. */
	private const GOOD_EDGE = 384;

	private function __construct( public readonly string $bytes, public readonly string $media_type ) {}

	/** Of the bytes that are sent, in hex. */
	public function sha256(): string {
		return hash( 'sha256', $this->bytes );
	}

	/** @throws Rendition_Error When the file is missing or no readable rendition can be made. */
	public static function of( int $attachment_id ): self {
		$path = get_attached_file( $attachment_id );
		if ( ! is_string( $path ) || '' === $path ) {
			throw new Rendition_Error( 'FILE_MISSING', __( 'The attachment has no file.', 'altsmith' ) );
		}
		foreach ( self::candidates( $attachment_id, $path ) as $file => $media_type ) {
			$bytes = self::read( $file );
			if ( null !== $bytes ) {
				return new self( Picture_Metadata::removed( $bytes ), $media_type );
			}
		}
		return self::made_smaller( $path ) ?? self::whole( $path, Image_Type::of( $attachment_id ) );
	}

	/** @return array<string, string> Path => media type, the best first. */
	private static function candidates( int $attachment_id, string $path ): array {
		$metadata = wp_get_attachment_metadata( $attachment_id );
		$metadata = is_array( $metadata ) ? $metadata : array();
		$found    = array();
		foreach ( array( 'medium_large', 'large', '1536x1536', 'medium' ) as $name ) {
			$size = $metadata['sizes'][ $name ] ?? null;
			if ( is_array( $size ) && is_string( $size['file'] ?? null ) && self::is_of( $path, $size['file'] ) ) {
				$found[] = array( dirname( $path ) . '/' . wp_basename( $size['file'] ), Image_Type::of_word( (string) ( $size['mime-type'] ?? '' ) ), min( (int) ( $size['width'] ?? 0 ), (int) ( $size['height'] ?? 0 ) ) );
			}
		}
		$full_edge = min( (int) ( $metadata['width'] ?? 0 ), (int) ( $metadata['height'] ?? 0 ) );
		$found[]   = array( $path, Image_Type::of( $attachment_id ), $full_edge > 0 ? $full_edge : self::GOOD_EDGE );

		$found = array_filter( $found, static fn( array $one ): bool => in_array( $one[1], \Altsmith\Settings::READABLE_TYPES, true ) );
		// Large enough first, in the order above (smallest first); then the rest, largest first.
		usort( $found, static fn( array $a, array $b ): int => ( $a[2] >= self::GOOD_EDGE && $b[2] >= self::GOOD_EDGE ) ? $a[2] <=> $b[2] : $b[2] <=> $a[2] );
		return array_column( $found, 1, 0 );
	}

	/**
	 * Whether a listed size is of this file, by its name. WordPress's editor goes on listing the sizes of the picture before
	 * a crop that the cropped one is too small for.
	 */
	private static function is_of( string $path, string $size ): bool {
		$stem = (string) preg_replace( '/-(scaled|rotated)$/', '', pathinfo( $path, PATHINFO_FILENAME ) );
		return 1 === preg_match( '/^' . preg_quote( $stem, '/' ) . '-\d+x\d+(\D|$)/', wp_basename( $size ) );
	}

	private static function read( string $file, int $most = self::MAX_BYTES ): ?string {
		if ( ! is_file( $file ) || ! is_readable( $file ) || filesize( $file ) > $most ) {
			return null;
		}
		$bytes = file_get_contents( $file ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- a local file
		return false === $bytes || '' === $bytes ? null : $bytes;
	}

	/**
	 * The file as it is, for a host whose image editor cannot open it: the sidecar reads formats (AVIF, WebP) that not every
	 * host does.
	 *
	 * @throws Rendition_Error When the sidecar does not read the format either, or takes no file of this size.
	 */
	private static function whole( string $path, string $media_type ): self {
		$bytes = in_array( $media_type, \Altsmith\Settings::READABLE_TYPES, true ) ? self::read( $path, self::MAX_WHOLE_BYTES ) : null;
		if ( null === $bytes ) {
			throw new Rendition_Error( 'FILE_UNREADABLE', __( 'No smaller copy of this image could be made.', 'altsmith' ) );
		}
		return new self( Picture_Metadata::removed( $bytes ), $media_type );
	}

	/** @return self|null Null when the image editor of this host cannot read the file or write a JPEG. */
	private static function made_smaller( string $path ): ?self {
		if ( ! is_file( $path ) ) {
			throw new Rendition_Error( 'FILE_MISSING', __( 'The file of this attachment is not on this server.', 'altsmith' ), true );
		}
		$editor = wp_get_image_editor( $path );
		if ( $editor instanceof WP_Error ) {
			return null;
		}
		// The new file has no orientation tag.
		$editor->maybe_exif_rotate();
		$editor->resize( self::MADE_EDGE, self::MADE_EDGE );
		// REST, cron and WP-CLI load nothing of wp-admin.
		require_once ABSPATH . 'wp-admin/includes/file.php';
		$target = wp_tempnam( 'altsmith' ) . '.jpg';
		$saved  = $editor->save( $target, 'image/jpeg' );
		$made   = $saved instanceof WP_Error ? $target : (string) $saved['path'];
		$bytes  = is_file( $made ) ? (string) file_get_contents( $made ) : ''; // phpcs:ignore WordPress.WP.AlternativeFunctions -- a local file
		foreach ( array_unique( array( $made, $target, substr( $target, 0, -4 ) ) ) as $leftover ) {
			if ( is_file( $leftover ) ) {
				wp_delete_file( $leftover );
			}
		}
		return '' === $bytes ? null : new self( Picture_Metadata::removed( $bytes ), 'image/jpeg' );
	}
}
