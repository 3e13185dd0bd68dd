<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/**
 * Whether a picture in a text really is the attachment its number names. Content that came from another site carries the
 * other site's numbers, and describing a stranger's picture is worse than describing none.
 */
final class Attachment_Check {
	/**
	 * @param Found_Image[] $images
	 * @return Found_Image[] Those that are attachments of this site, their keys dropped.
	 */
	public function own( array $images ): array {
		$images = array_filter( $images, static fn( Found_Image $image ): bool => $image->attachment_id > 0 );
		if ( array() !== $images ) {
			_prime_post_caches( array_unique( array_map( static fn( Found_Image $image ): int => $image->attachment_id, $images ) ), false, true );
		}
		return array_values( array_filter( $images, array( $this, 'is_own' ) ) );
	}

	private function is_own( Found_Image $image ): bool {
		if ( ! wp_attachment_is_image( $image->attachment_id ) ) {
			return false;
		}
		$file = (string) get_post_meta( $image->attachment_id, '_wp_attached_file', true );
		return '' === $image->source || '' === $file || self::is_rendition_of( $image->source, $file );
	}

	/**
	 * Compares file names only: a content network changes host and folders, a converter the ending. Sub-sizes, "-scaled",
	 * "-rotated" and the "-e1700000000000" of an edited image count as the same file.
	 */
	public static function is_rendition_of( string $source, string $file ): bool {
		$stem = self::stem( $file );
		return '' !== $stem && self::stem( rawurldecode( (string) wp_parse_url( $source, PHP_URL_PATH ) ) ) === $stem;
	}

	private static function stem( string $path ): string {
		// basename() of PHP depends on the locale for names outside ASCII.
		$name = (string) preg_replace( '#^.*/#s', '', $path );
		$name = (string) preg_replace( '/(\.[A-Za-z0-9]{1,5}){1,2}$/', '', $name );
		do {
			$before = $name;
			$name   = (string) preg_replace( '/-(\d+x\d+|scaled|rotated|e\d{10,})$/', '', $name );
		} while ( $before !== $name );
		return strtolower( $name );
	}
}
