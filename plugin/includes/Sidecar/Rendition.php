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

	/**
	 * In this order: the file that another plugin gives; a small size beside the attached file; the attached file, the upload it
	 * was made of, both also out of a stream wrapper; the attachment's own address.
	 *
	 * @throws Rendition_Error When there is no file anywhere, or no readable rendition can be made.
	 */
	public static function of( int $attachment_id ): self {
		/**
		 * Path of the file to send for an attachment, on this server or in a registered stream wrapper.
		 *
		 * @param string|null $file Null: Altsmith looks for one.
		 * @param int         $attachment_id
		 */
		$given = apply_filters( 'altsmith_rendition_file', null, $attachment_id );
		if ( is_string( $given ) && Attachment_File::is_path( $given ) && self::is_there( $given ) ) {
			return self::of_path( $given );
		}
		$paths = Attachment_File::paths( $attachment_id );
		foreach ( $paths as $path ) {
			foreach ( self::candidates( $attachment_id, $path ) as $file => $media_type ) {
				$small = self::as_it_is( $file, $media_type, self::MAX_BYTES );
				if ( null !== $small ) {
					return $small;
				}
			}
		}
		foreach ( array( ...$paths, Attachment_File::original( $attachment_id ) ) as $path ) {
			if ( self::is_there( $path ) ) {
				return self::of_path( $path, Image_Type::of( $attachment_id ) );
			}
		}
		$fetched = Remote_Picture::fetch( $attachment_id );
		try {
			return self::of_path( $fetched );
		} finally {
			wp_delete_file( $fetched );
		}
	}

	/**
	 * One file, made smaller where it is large.
	 *
	 * @param string $media_type What it is said to be, for bytes that do not tell.
	 * @throws Rendition_Error
	 */
	private static function of_path( string $path, string $media_type = '' ): self {
		$small = self::as_it_is( $path, $media_type, self::MAX_BYTES );
		if ( null !== $small ) {
			return $small;
		}
		if ( ! Attachment_File::is_stream( $path ) ) {
			return self::made_smaller( $path ) ?? self::whole( $path, $media_type );
		}
		$copy = self::copied( $path );
		try {
			return self::made_smaller( $copy ) ?? self::whole( $copy, $media_type );
		} finally {
			wp_delete_file( $copy );
		}
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

	private static function is_there( string $path ): bool {
		return '' !== $path && is_file( $path ) && is_readable( $path ) && filesize( $path ) > 0;
	}

	/** @return self|null Null when there is no such file, when it is larger, or of a type that the sidecar does not read. */
	private static function as_it_is( string $file, string $media_type, int $most ): ?self {
		$bytes = self::read( $file, $most );
		$type  = null === $bytes ? '' : Image_Type::of_bytes( $bytes );
		$type  = '' === $type ? $media_type : $type;
		return null === $bytes || ! in_array( $type, \Altsmith\Settings::READABLE_TYPES, true ) ? null : new self( Picture_Metadata::removed( $bytes ), $type );
	}

	private static function read( string $file, int $most ): ?string {
		// Each question about a file in a stream wrapper may be a request of its own: it is opened at once.
		if ( ! Attachment_File::is_stream( $file ) && ( ! self::is_there( $file ) || filesize( $file ) > $most ) ) {
			return null;
		}
		$handle = @fopen( $file, 'rb' ); // phpcs:ignore WordPress.WP.AlternativeFunctions, WordPress.PHP.NoSilencedErrors -- a stream that has no such file warns
		if ( false === $handle ) {
			return null;
		}
		$bytes = (string) stream_get_contents( $handle, $most + 1 );
		fclose( $handle ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- opened above
		return '' === $bytes || strlen( $bytes ) > $most ? null : $bytes;
	}

	/**
	 * @return string Path of a temporary copy of a file in a stream wrapper; the caller deletes it.
	 * @throws Rendition_Error When it is larger than what is sent.
	 */
	private static function copied( string $path ): string {
		require_once ABSPATH . 'wp-admin/includes/file.php';
		$copy   = wp_tempnam( 'altsmith' );
		$from   = @fopen( $path, 'rb' ); // phpcs:ignore WordPress.WP.AlternativeFunctions, WordPress.PHP.NoSilencedErrors -- a stream that has no such file warns
		$to     = fopen( $copy, 'wb' ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- a temporary file
		$copied = false === $from || false === $to ? 0 : (int) stream_copy_to_stream( $from, $to, self::MAX_WHOLE_BYTES + 1 );
		foreach ( array_filter( array( $from, $to ) ) as $handle ) {
			fclose( $handle ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- opened above
		}
		if ( 0 === $copied || $copied > self::MAX_WHOLE_BYTES ) {
			wp_delete_file( $copy );
			throw new Rendition_Error( 'FILE_UNREADABLE', __( 'No smaller copy of this image could be made.', 'altsmith' ) );
		}
		return $copy;
	}

	/**
	 * The file as it is, for a host whose image editor cannot open it: the sidecar reads formats (AVIF, WebP) that not every
	 * host does.
	 *
	 * @throws Rendition_Error When the sidecar does not read the format either, or takes no file of this size.
	 */
	private static function whole( string $path, string $media_type ): self {
		$whole = self::as_it_is( $path, $media_type, self::MAX_WHOLE_BYTES );
		if ( null === $whole ) {
			throw new Rendition_Error( 'FILE_UNREADABLE', __( 'No smaller copy of this image could be made.', 'altsmith' ) );
		}
		return $whole;
	}

	/** @return self|null Null when the image editor of this host cannot read the file or write a JPEG. */
	private static function made_smaller( string $path ): ?self {
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
