<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Overwrites the metadata of AVIF and HEIF files. They are boxes in boxes (ISO/IEC 14496-12), and places in the file are given as
 * numbers in it: what is overwritten keeps its length, so nothing moves. The orientation is a property of the picture there, not
 * Exif, and stays.
 */
final class Heif_Metadata {
	/** Types of an item that is no picture. `mime` is XMP. */
	private const ITEMS = array( 'Exif', 'mime' );

	/** Boxes of metadata beside the pictures: XMP and whatever a program likes to add. */
	private const BOXES = array( 'uuid', 'udta' );

	/** Boxes that contain boxes, with the number of bytes before the first. */
	private const PARENTS = array( 'moov' => 0, 'trak' => 0, 'mdia' => 0 );

	/** An Exif item without entries: the offset of the TIFF structure, its header, and no entry. */
	private const EMPTY_EXIF = "\0\0\0\0MM\0\x2A\0\0\0\x08\0\0\0\0\0\0";

	public static function is_heif( string $bytes ): bool {
		return 'ftyp' === substr( $bytes, 4, 4 );
	}

	/** @return string The same picture; its length stays. */
	public static function removed( string $bytes ): string {
		self::clear_boxes( $bytes, 0, strlen( $bytes ) );
		return $bytes;
	}

	private static function clear_boxes( string &$bytes, int $from, int $until ): void {
		foreach ( self::boxes( $bytes, $from, $until ) as list( $type, $start, $end ) ) {
			if ( in_array( $type, self::BOXES, true ) ) {
				$bytes = substr_replace( $bytes, str_repeat( "\0", $end - $start ), $start, $end - $start );
			} elseif ( isset( self::PARENTS[ $type ] ) ) {
				self::clear_boxes( $bytes, $start + self::PARENTS[ $type ], $end );
			} elseif ( 'meta' === $type ) {
				self::clear_items( $bytes, $start + 4, $end );
			}
		}
	}

	private static function clear_items( string &$bytes, int $from, int $until ): void {
		$found = array();
		foreach ( self::boxes( $bytes, $from, $until ) as list( $type, $start, $end ) ) {
			$found[ $type ] = array( $start, $end );
		}
		if ( ! isset( $found['iinf'], $found['iloc'] ) ) {
			return;
		}
		$types = self::item_types( $bytes, ...$found['iinf'] );
		foreach ( self::item_places( $bytes, $found['iloc'][0], $found['iloc'][1], $found['idat'][0] ?? 0 ) as list( $id, $start, $length ) ) {
			$type = $types[ $id ] ?? '';
			if ( in_array( $type, self::ITEMS, true ) && $start > 0 && $start + $length <= strlen( $bytes ) ) {
				$empty = 'Exif' === $type && $length >= strlen( self::EMPTY_EXIF ) ? str_pad( self::EMPTY_EXIF, $length, "\0" ) : str_repeat( ' ', $length );
				$bytes = substr_replace( $bytes, $empty, $start, $length );
			}
		}
	}

	/** @return array<int, array{string, int, int}> Type, and where the content begins and ends. */
	private static function boxes( string $bytes, int $from, int $until ): array {
		$boxes = array();
		while ( $from + 8 <= $until ) {
			$size = self::number( $bytes, $from, 4 );
			$head = 1 === $size ? 16 : 8;
			$size = 1 === $size ? self::number( $bytes, $from + 8, 8 ) : ( 0 === $size ? $until - $from : $size );
			if ( $size < $head || $size > $until - $from ) {
				break;
			}
			$boxes[] = array( substr( $bytes, $from + 4, 4 ), $from + $head, $from + $size );
			$from   += $size;
		}
		return $boxes;
	}

	/** @return array<int, string> Four letters by item. */
	private static function item_types( string $bytes, int $start, int $end ): array {
		$types = array();
		$first = $start + 4 + ( 0 === ord( $bytes[ $start ] ) ? 2 : 4 );
		foreach ( self::boxes( $bytes, $first, $end ) as list( $type, $at, $stop ) ) {
			$wide = $at < $stop && 3 === ord( $bytes[ $at ] ) ? 4 : 2;
			if ( 'infe' === $type && $at + 6 + $wide + 4 <= $stop && ord( $bytes[ $at ] ) >= 2 ) {
				$types[ self::number( $bytes, $at + 4, $wide ) ] = substr( $bytes, $at + 4 + $wide + 2, 4 );
			}
		}
		return $types;
	}

	/**
	 * @param int $data Where the content of the box `idat` begins.
	 * @return array<int, array{int, int, int}> Item, position in the file, length.
	 */
	private static function item_places( string $bytes, int $at, int $end, int $data ): array {
		$version = ord( $bytes[ $at ] );
		$sizes   = self::number( $bytes, $at + 4, 2 );
		list( $of_offset, $of_length, $of_base, $of_index ) = array( $sizes >> 12 & 15, $sizes >> 8 & 15, $sizes >> 4 & 15, 0 === $version ? 0 : $sizes & 15 );
		$wide   = 2 === $version ? 4 : 2;
		$count  = self::number( $bytes, $at + 6, $wide );
		$at    += 6 + $wide;
		$places = array();
		for ( $i = 0; $i < $count && $at < $end; $i++ ) {
			$id     = self::number( $bytes, $at, $wide );
			$at    += $wide;
			$method = 0 === $version ? 0 : self::number( $bytes, $at, 2 ) & 15;
			$at    += ( 0 === $version ? 0 : 2 ) + 2;
			$base   = self::number( $bytes, $at, $of_base );
			$parts  = self::number( $bytes, $at + $of_base, 2 );
			$at    += $of_base + 2;
			for ( $k = 0; $k < $parts && $at < $end; $k++ ) {
				$offset   = self::number( $bytes, $at + $of_index, $of_offset );
				$length   = self::number( $bytes, $at + $of_index + $of_offset, $of_length );
				$at      += $of_index + $of_offset + $of_length;
				$places[] = array( $id, $base + $offset + ( 1 === $method ? $data : 0 ), $length );
			}
		}
		return $places;
	}

	/** @return int Of so many bytes, the first counting most; 0 behind the end, and where it is larger than PHP counts. */
	private static function number( string $bytes, int $at, int $size ): int {
		$value = 0;
		foreach ( str_split( substr( $bytes, $at, $size ) ) as $byte ) {
			$value = $value << 8 | ord( $byte );
		}
		return 0 === $size || $at + $size > strlen( $bytes ) ? 0 : max( 0, $value );
	}
}
