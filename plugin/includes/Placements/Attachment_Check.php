<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/**
 * Whether a picture in a text really is the attachment its number names. Content that came from another site carries the
 * other site's numbers, and describing a stranger's picture is worse than describing none.
 */
final class Attachment_Check {
	public function __construct( private readonly Address_Lookup $addresses = new Address_Lookup() ) {}

	/**
	 * @param Found_Image[] $images
	 * @return Found_Image[] Those that are attachments of this site, by number or, without a right one, by address; their keys dropped.
	 */
	public function own( array $images ): array {
		$numbers = array_unique( array_filter( array_map( static fn( Found_Image $image ): int => $image->attachment_id, $images ) ) );
		if ( array() !== $numbers ) {
			_prime_post_caches( $numbers, false, true );
		}
		$own     = array_filter( $images, fn( Found_Image $image ): bool => $image->attachment_id > 0 && $this->is_own( $image ) );
		$others  = array_filter( array_diff_key( $images, $own ), static fn( Found_Image $image ): bool => '' !== $image->source );
		$by_file = array() === $others ? array() : $this->addresses->find( array_map( static fn( Found_Image $image ): string => $image->source, $others ) );
		$found   = array();
		foreach ( $images as $i => $image ) {
			if ( isset( $own[ $i ] ) ) {
				$found[] = $image;
			}
			foreach ( isset( $others[ $i ] ) ? $by_file[ $image->source ] ?? array() : array() as $id ) {
				if ( wp_attachment_is_image( $id ) ) {
					$found[] = $image->with_attachment( $id );
				}
			}
		}
		return $found;
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
