<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Removes metadata from the bytes of a picture: place, time, camera, and texts such as IPTC and XMP. Pixels and colour profile
 * stay. A JPEG whose Exif orientation says that it has to be rotated is rotated.
 */
final class Picture_Metadata {
	/** Pixels up to which a JPEG is decoded to be rotated. A larger one keeps its orientation tag and no other. */
	private const MAX_PIXELS = 12_000_000;

	/** JPEG quality of a rotated picture. */
	private const QUALITY = 90;

	/** Types of PNG chunks that hold metadata and do not change how the picture looks. */
	private const PNG_TEXT = array( 'eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME' );

	/** @return string The same picture without metadata; the same bytes where there is none, or where the format is another one. */
	public static function removed( string $bytes ): string {
		return match ( true ) {
			str_starts_with( $bytes, "\xFF\xD8" )                  => self::of_jpeg( $bytes ),
			str_starts_with( $bytes, "\x89PNG\r\n\x1A\n" )         => self::of_png( $bytes ),
			'RIFF' === substr( $bytes, 0, 4 ) && 'WEBP' === substr( $bytes, 8, 4 ) => self::of_webp( $bytes ),
			str_starts_with( $bytes, 'GIF8' )                      => Gif_Metadata::removed( $bytes ),
			Heif_Metadata::is_heif( $bytes )                       => Heif_Metadata::removed( $bytes ),
			default                                                => $bytes,
		};
	}

	private static function of_jpeg( string $bytes ): string {
		$parts       = self::jpeg_parts( $bytes );
		$orientation = 1;
		$kept        = array();
		$profile     = array();
		foreach ( $parts['segments'] as list( $marker, $content ) ) {
			$is_exif = 0xE1 === $marker && str_starts_with( $content, "Exif\0\0" );
			if ( $is_exif ) {
				$orientation = self::orientation( substr( $content, 6 ) );
			}
			if ( 0xE2 === $marker && str_starts_with( $content, 'ICC_PROFILE' ) ) {
				$profile[] = array( $marker, $content );
			}
			if ( self::belongs_to_jpeg( $marker, $content ) ) {
				$kept[] = array( $marker, $content );
			}
		}
		if ( count( $kept ) === count( $parts['segments'] ) && ! $parts['has_more'] ) {
			return $bytes;
		}
		$bare = self::jpeg( $kept, $parts['rest'] );
		if ( 1 === $orientation ) {
			return $bare;
		}
		$rotated = self::rotated( $bare, $orientation );
		if ( null === $rotated ) {
			return self::jpeg( array_merge( array( array( 0xE1, "Exif\0\0" . self::only_orientation( $orientation ) ) ), $kept ), $parts['rest'] );
		}
		$made = self::jpeg_parts( $rotated );
		return self::jpeg( array_merge( $profile, $made['segments'] ), $made['rest'] );
	}

	/** Everything but APPn segments and comments. Of those: JFIF (APP0), the colour profile (APP2), Adobe's colour transform (APP14), GD's comment. */
	private static function belongs_to_jpeg( int $marker, string $content ): bool {
		return match ( true ) {
			0xE0 === $marker, 0xEE === $marker => true,
			0xE2 === $marker                   => str_starts_with( $content, 'ICC_PROFILE' ),
			0xFE === $marker                   => str_starts_with( $content, 'CREATOR: gd-jpeg' ), // Written by PHP's GD.
			default                            => $marker < 0xE0 || $marker > 0xEF,
		};
	}

	/** @return array{segments: array<int, array{int, string}>, rest: string, has_more: bool} What comes before the picture's data, the rest of the picture, and whether something follows the picture. */
	private static function jpeg_parts( string $bytes ): array {
		$segments = array();
		$at       = 2;
		$length   = strlen( $bytes );
		while ( $at + 4 <= $length && "\xFF" === $bytes[ $at ] ) {
			$marker = ord( $bytes[ $at + 1 ] );
			if ( 0xFF === $marker ) {
				++$at; // A fill byte.
				continue;
			}
			$size = (int) ( unpack( 'n', $bytes, $at + 2 )[1] ?? 0 );
			if ( 0xDA === $marker || $size < 2 || $at + 2 + $size > $length ) {
				break;
			}
			$segments[] = array( $marker, substr( $bytes, $at + 4, $size - 2 ) );
			$at        += 2 + $size;
		}
		$rest = substr( $bytes, $at );
		$end  = self::end_of_picture( $rest );
		return array(
			'segments' => $segments,
			'rest'     => substr( $rest, 0, $end ),
			'has_more' => $end < strlen( $rest ),
		);
	}

	/**
	 * Position behind the end marker of a JPEG. Phones put further pictures, with a place of their own, or a film behind it.
	 *
	 * @param string $rest From the first scan on.
	 * @return int The length of `$rest` where there is no end marker.
	 */
	private static function end_of_picture( string $rest ): int {
		$at = 0;
		// In a scan 0xFF stands before 0x00 or a restart marker; everything else begins a segment or ends the picture.
		while ( $at < strlen( $rest ) && 1 === preg_match( '/\xFF([^\x00\xFF\xD0-\xD8])/s', $rest, $found, PREG_OFFSET_CAPTURE, $at ) ) {
			$at = $found[0][1] + 2;
			if ( "\xD9" === $found[1][0] ) {
				return $at;
			}
			$at += $at + 2 <= strlen( $rest ) ? (int) unpack( 'n', $rest, $at )[1] : 2;
		}
		return strlen( $rest );
	}

	/** @param array<int, array{int, string}> $segments */
	private static function jpeg( array $segments, string $rest ): string {
		$head = '';
		foreach ( $segments as list( $marker, $content ) ) {
			$head .= "\xFF" . chr( $marker ) . pack( 'n', strlen( $content ) + 2 ) . $content;
		}
		return "\xFF\xD8" . $head . $rest;
	}

	/** @param string $tiff The TIFF structure behind "Exif". @return int 1 to 8; 1 where none is given. */
	private static function orientation( string $tiff ): int {
		$short = 'II' === substr( $tiff, 0, 2 ) ? 'v' : 'n';
		$long  = 'v' === $short ? 'V' : 'N';
		if ( strlen( $tiff ) < 14 ) {
			return 1;
		}
		$at    = (int) unpack( $long, $tiff, 4 )[1];
		$count = $at + 2 <= strlen( $tiff ) ? (int) unpack( $short, $tiff, $at )[1] : 0;
		for ( $i = 0; $i < $count && $at + 2 + 12 * ( $i + 1 ) <= strlen( $tiff ); $i++ ) {
			$entry = $at + 2 + 12 * $i;
			if ( 0x0112 === unpack( $short, $tiff, $entry )[1] ) {
				$value = (int) unpack( $short, $tiff, $entry + 8 )[1];
				return $value >= 1 && $value <= 8 ? $value : 1;
			}
		}
		return 1;
	}

	/** @return string The smallest TIFF structure: its only entry is the orientation. */
	private static function only_orientation( int $orientation ): string {
		return "MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" . chr( $orientation ) . "\0\0\0\0\0\0";
	}

	/** @return string|null The JPEG, rotated; null when it is too large, or GD is missing or cannot read it. */
	private static function rotated( string $jpeg, int $orientation ): ?string {
		$size  = getimagesizefromstring( $jpeg );
		$image = is_array( $size ) && $size[0] * $size[1] <= self::MAX_PIXELS && Perceptual_Hash::fits_in_memory( $jpeg, 2 ) && function_exists( 'imagerotate' ) ? @imagecreatefromstring( $jpeg ) : false; // phpcs:ignore WordPress.PHP.NoSilencedErrors -- warns of pictures it does not know
		if ( false === $image ) {
			return null;
		}
		$angle = array( 3 => 180, 4 => 180, 5 => 270, 6 => 270, 7 => 90, 8 => 90 )[ $orientation ] ?? 0;
		$image = 0 === $angle ? $image : imagerotate( $image, $angle, 0 );
		if ( false !== $image && in_array( $orientation, array( 2, 4, 5, 7 ), true ) ) {
			imageflip( $image, IMG_FLIP_HORIZONTAL );
		}
		ob_start();
		$made  = false !== $image && imagejpeg( $image, null, self::QUALITY );
		$bytes = (string) ob_get_clean();
		return $made ? $bytes : null;
	}

	private static function of_png( string $bytes ): string {
		$clean = substr( $bytes, 0, 8 );
		for ( $at = 8; $at + 12 <= strlen( $bytes ); $at += 12 + $size ) {
			$size = (int) unpack( 'N', $bytes, $at )[1];
			$name = substr( $bytes, $at + 4, 4 );
			$turn = 'eXIf' === $name ? self::orientation( substr( $bytes, $at + 8, $size ) ) : 1;
			if ( 1 !== $turn ) {
				$exif   = 'eXIf' . self::only_orientation( $turn );
				$clean .= pack( 'N', strlen( $exif ) - 4 ) . $exif . pack( 'N', crc32( $exif ) );
			} elseif ( ! in_array( $name, self::PNG_TEXT, true ) ) {
				$clean .= substr( $bytes, $at, 12 + $size );
			}
		}
		return $clean;
	}

	private static function of_webp( string $bytes ): string {
		$chunks = '';
		$turn   = 1;
		for ( $at = 12; $at + 8 <= strlen( $bytes ); $at += 8 + $size + $size % 2 ) {
			$name = substr( $bytes, $at, 4 );
			$size = (int) unpack( 'V', $bytes, $at + 4 )[1];
			if ( 'EXIF' === $name ) {
				$exif = substr( $bytes, $at + 8, $size );
				$turn = self::orientation( str_starts_with( $exif, "Exif\0\0" ) ? substr( $exif, 6 ) : $exif );
			}
			if ( 'EXIF' === $name || 'XMP ' === $name ) {
				continue;
			}
			$chunk = substr( $bytes, $at, 8 + $size + $size % 2 );
			// Clears the flags for Exif and XMP in the extended header.
			$chunks .= 'VP8X' === $name && strlen( $chunk ) > 8 ? substr_replace( $chunk, chr( ord( $chunk[8] ) & ~0x0C ), 8, 1 ) : $chunk;
		}
		if ( 1 !== $turn && strlen( $chunks ) > 8 && str_starts_with( $chunks, 'VP8X' ) ) {
			$exif      = self::only_orientation( $turn );
			$chunks    = $chunks . 'EXIF' . pack( 'V', strlen( $exif ) ) . $exif;
			$chunks[8] = chr( ord( $chunks[8] ) | 0x08 );
		}
		return 'RIFF' . pack( 'V', strlen( $chunks ) + 4 ) . 'WEBP' . $chunks;
	}
}
