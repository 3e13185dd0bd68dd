<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/** Leaves out what a GIF holds besides pictures: comments, XMP and other data of programs, and what follows its end. */
final class Gif_Metadata {
	/** Data of programs that changes how the picture looks: how often it is repeated, and its colour profile. */
	private const KEPT = array( 'NETSCAPE2.0', 'ANIMEXTS1.0', 'ICCRGBG1012' );

	/** @return string The same picture; the same bytes where they are no whole GIF. */
	public static function removed( string $bytes ): string {
		if ( strlen( $bytes ) < 13 ) {
			return $bytes;
		}
		$at    = 13 + self::table( ord( $bytes[10] ) );
		$clean = substr( $bytes, 0, $at );
		while ( $at < strlen( $bytes ) ) {
			$mark = $bytes[ $at ];
			if ( ';' === $mark ) {
				return $clean . ';';
			}
			$is_image = ',' === $mark && $at + 11 <= strlen( $bytes );
			if ( ! $is_image && ( '!' !== $mark || $at + 2 > strlen( $bytes ) ) ) {
				return $bytes;
			}
			// An image has a head of ten bytes, perhaps a table of colours, and a byte before its blocks.
			$end   = self::after_blocks( $bytes, $is_image ? $at + 11 + self::table( ord( $bytes[ $at + 9 ] ) ) : $at + 2 );
			$label = $bytes[ $at + 1 ];
			if ( $is_image || ( "\xFE" !== $label && ( "\xFF" !== $label || in_array( substr( $bytes, $at + 3, 11 ), self::KEPT, true ) ) ) ) {
				$clean .= substr( $bytes, $at, $end - $at );
			}
			$at = $end;
		}
		return $bytes;
	}

	/** @return int Length in bytes of the table of colours that a byte of flags announces. */
	private static function table( int $flags ): int {
		return 0 === ( $flags & 0x80 ) ? 0 : 3 * 2 ** ( ( $flags & 7 ) + 1 );
	}

	/** @return int Position behind a row of blocks; each begins with its length, and 0 ends the row. */
	private static function after_blocks( string $bytes, int $at ): int {
		while ( $at < strlen( $bytes ) && "\0" !== $bytes[ $at ] ) {
			$at += 1 + ord( $bytes[ $at ] );
		}
		return min( strlen( $bytes ), $at + 1 );
	}
}
