<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use GdImage;
use Imagick;
use Throwable;

defined( 'ABSPATH' ) || exit;

/**
 * What a picture looks like, in about 1600 characters: its shape, the brightness of 32 x 32 cells and the colour of 8 x 8. Two
 * files of one picture (another quality, format or size) have nearly the same; a crop, a rotation, another text on the same
 * background or another picture has not. What changes less than a 32nd of a side, such as one digit of a small date, may
 * not be noticed.
 */
final class Perceptual_Hash {
	/** Cells along each side. */
	private const SIDE        = 32;
	private const COLOUR_SIDE = 8;

	/** Relative difference of width to height that rounding to whole pixels can make in a picture of 100 pixels or more. */
	private const SHAPE_TOLERANCE = 0.02;

	/**
	 * Levels of 255 that a cell may differ. JPEG at quality 30 and 40, WebP at 60, half the size and all sizes between changed the
	 * brightness of photographs and of drawn text by less than 3 levels beyond the part below; one digit of a headline by 51.
	 */
	private const CELL_TOLERANCE = 5.0;

	/** The part of the contrast around a cell that it may differ besides: an edge moves by a part of a pixel when a picture is resized. */
	private const EDGE_TOLERANCE = 0.06;

	/** Levels that red, green or blue of one of the larger cells may differ. */
	private const COLOUR_TOLERANCE = 10;

	/** Bytes that decoding takes for each pixel. */
	private const BYTES_PER_PIXEL = 5;

	/** @return string '' when nothing here can decode these bytes, or only with more memory than PHP may have. */
	public static function of( string $bytes ): string {
		try {
			$drawn = self::fits_in_memory( $bytes ) ? self::with_gd( $bytes ) ?? self::with_imagick( $bytes ) : null;
		} catch ( Throwable ) {
			return '';
		}
		if ( null === $drawn ) {
			return '';
		}
		list( $width, $height, $brightness, $colours ) = $drawn;
		return sprintf( '%d:', (int) round( 1000 * log( $width / $height ) ) ) . base64_encode( pack( 'C*', ...$brightness, ...$colours ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- bytes in a column of text
	}

	/** Whether two hashes are of one picture. Hashes that cannot be compared are not. */
	public static function is_same( string $a, string $b ): bool {
		list( $shape_a, $brightness_a, $colours_a ) = self::read( $a );
		list( $shape_b, $brightness_b, $colours_b ) = self::read( $b );
		if ( array() === $brightness_a || array() === $brightness_b || abs( $shape_a - $shape_b ) > 1000 * self::SHAPE_TOLERANCE ) {
			return false;
		}
		foreach ( $colours_a as $i => $level ) {
			if ( abs( $level - $colours_b[ $i ] ) > self::COLOUR_TOLERANCE ) {
				return false;
			}
		}
		foreach ( $brightness_a as $i => $level ) {
			$difference = abs( $level - $brightness_b[ $i ] );
			if ( $difference > self::CELL_TOLERANCE && $difference > self::CELL_TOLERANCE + self::EDGE_TOLERANCE * self::contrast_around( $brightness_a, $i ) ) {
				return false;
			}
		}
		return true;
	}

	/** @param int[] $cells */
	private static function contrast_around( array $cells, int $at ): int {
		$around = array();
		$column = $at % self::SIDE;
		$row    = intdiv( $at, self::SIDE );
		for ( $y = max( 0, $row - 1 ); $y <= min( self::SIDE - 1, $row + 1 ); $y++ ) {
			for ( $x = max( 0, $column - 1 ); $x <= min( self::SIDE - 1, $column + 1 ); $x++ ) {
				$around[] = $cells[ self::SIDE * $y + $x ];
			}
		}
		return max( $around ) - min( $around );
	}

	/** @return array{int, int[], int[]} Shape, brightness and colours; empty lists for what is no hash of this kind. */
	private static function read( string $hash ): array {
		list( $shape, $coded ) = array_pad( explode( ':', $hash, 2 ), 2, '' );
		$bytes = (string) base64_decode( $coded, true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see of()
		$cells = self::SIDE ** 2;
		if ( strlen( $bytes ) !== $cells + 3 * self::COLOUR_SIDE ** 2 ) {
			return array( 0, array(), array() );
		}
		$levels = array_values( (array) unpack( 'C*', $bytes ) );
		return array( (int) $shape, array_slice( $levels, 0, $cells ), array_slice( $levels, $cells ) );
	}

	/** Decoding a picture that needs more memory than PHP has left is a fatal error, which cannot be caught. */
	public static function fits_in_memory( string $bytes, int $pictures = 1 ): bool {
		$size  = function_exists( 'getimagesizefromstring' ) ? @getimagesizefromstring( $bytes ) : false; // phpcs:ignore WordPress.PHP.NoSilencedErrors -- warns of formats it does not know
		$limit = wp_convert_hr_to_bytes( (string) ini_get( 'memory_limit' ) );
		return ! is_array( $size ) || $limit <= 0 || $size[0] * $size[1] * self::BYTES_PER_PIXEL * $pictures < $limit - memory_get_usage( true );
	}

	/** @return array{int, int, int[], int[]}|null Width, height, brightness of each cell, and red, green and blue of each larger one. */
	private static function with_gd( string $bytes ): ?array {
		$image = function_exists( 'imagecreatefromstring' ) ? @imagecreatefromstring( $bytes ) : false; // phpcs:ignore WordPress.PHP.NoSilencedErrors -- warns of formats it does not know
		if ( ! $image instanceof GdImage ) {
			return null;
		}
		// In steps: resampling averages over all pixels only when what it makes is not much smaller.
		$white = self::resampled( $image, 8 * self::SIDE );
		$small = self::resampled( $white, self::SIDE );
		return array( imagesx( $image ), imagesy( $image ), self::brightness( self::levels( $small ) ), self::levels( self::resampled( $small, self::COLOUR_SIDE ) ) );
	}

	private static function resampled( GdImage $image, int $side ): GdImage {
		$made = imagecreatetruecolor( $side, $side );
		imagefill( $made, 0, 0, (int) imagecolorallocate( $made, 255, 255, 255 ) );
		imagecopyresampled( $made, $image, 0, 0, 0, 0, $side, $side, imagesx( $image ), imagesy( $image ) );
		return $made;
	}

	/** @return int[] Red, green and blue of each pixel. */
	private static function levels( GdImage $image ): array {
		$levels = array();
		for ( $i = 0, $side = imagesx( $image ); $i < $side * $side; $i++ ) {
			$colour = (int) imagecolorat( $image, $i % $side, intdiv( $i, $side ) );
			array_push( $levels, $colour >> 16 & 255, $colour >> 8 & 255, $colour & 255 );
		}
		return $levels;
	}

	/**
	 * @param int[] $levels Red, green and blue of each pixel.
	 * @return int[] Luma of Rec. 601.
	 */
	private static function brightness( array $levels ): array {
		return array_map( static fn( array $of ): int => (int) round( 0.299 * $of[0] + 0.587 * $of[1] + 0.114 * $of[2] ), array_chunk( $levels, 3 ) );
	}

	/** @return array{int, int, int[], int[]}|null */
	private static function with_imagick( string $bytes ): ?array {
		if ( ! class_exists( Imagick::class ) ) {
			return null;
		}
		$image = new Imagick();
		$image->readImageBlob( $bytes );
		$image->setImageBackgroundColor( 'white' );
		$flat   = $image->mergeImageLayers( Imagick::LAYERMETHOD_FLATTEN );
		$width  = $flat->getImageWidth();
		$height = $flat->getImageHeight();
		$levels = static function ( int $side ) use ( $flat ): array {
			$flat->resizeImage( $side, $side, Imagick::FILTER_BOX, 1 );
			return array_map( 'intval', $flat->exportImagePixels( 0, 0, $side, $side, 'RGB', Imagick::PIXEL_CHAR ) );
		};
		return array( $width, $height, self::brightness( $levels( self::SIDE ) ), $levels( self::COLOUR_SIDE ) );
	}
}
