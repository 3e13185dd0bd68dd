<?php
declare( strict_types=1 );

namespace Altsmith\Video;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Which attachments are videos, and what WordPress knows about the file of one. */
final class Video_File {
	public static function is_one( WP_Post|int $attachment ): bool {
		return str_starts_with( (string) get_post_mime_type( $attachment ), 'video/' );
	}

	/** @return string ISO 8601; '' where nobody knows how long it is. WordPress reads it from the file, but not from every kind. */
	public static function iso_duration( WP_Post $post, float $told ): string {
		$metadata = wp_get_attachment_metadata( $post->ID, true );
		$length   = is_array( $metadata ) && is_numeric( $metadata['length'] ?? null ) ? (float) $metadata['length'] : 0.0;
		$seconds  = (int) round( $told > 0 ? $told : $length );
		return $seconds < 1 ? '' : 'PT' . self::part( intdiv( $seconds, 3600 ), 'H' ) . self::part( intdiv( $seconds % 3600, 60 ), 'M' ) . self::part( $seconds % 60, 'S' );
	}

	/** Of its featured image; '' where it has none. */
	public static function poster_url( int $attachment_id ): string {
		return (string) get_the_post_thumbnail_url( $attachment_id, 'full' );
	}

	private static function part( int $number, string $unit ): string {
		return 0 === $number ? '' : $number . $unit;
	}
}
