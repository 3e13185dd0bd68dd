<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use GdImage;
use Imagick;
use Throwable;

defined( 'ABSPATH' ) || exit;

/**
 * What a picture looks like, in about 400 characters: its shape, and a small mosaic of it. Two files of one picture (another
 * quality, another format, made again from the original) have nearly the same; a crop, a rotation or another picture has not.
 */
final class Picture_Look {
	/** Cells of the mosaic along each side. */
	private const SIDE = 8;

	/** Relative difference of width to height that rounding to whole pixels can make in a picture of 100 pixels or more. */
	private const SHAPE_TOLERANCE = 0.02;

	/** Levels of 255 that one cell may differ, and the mean of all: twice what JPEG at quality 40 did to photographs. */
	private const CELL_TOLERANCE = 28;
	private const MEAN_TOLERANCE = 5.0;

	/** @return string '' when nothing here can decode these bytes. */
	public static function of( string $bytes ): string {
		try {
			$drawn = self::with_gd( $bytes ) ?? self::with_imagick( $bytes );
		} catch ( Throwable ) {
			return '';
		}
		if ( null === $drawn ) {
			return '';
		}
		list( $width, $height, $cells ) = $drawn;
		return sprintf( '%d:', (int) round( 1000 * log( $width / $height ) ) ) . bin2hex( pack( 'C*', ...$cells ) );
	}

	/** Whether two looks are of one picture. Looks that cannot be compared are not. */
	public static function is_same( string $a, string $b ): bool {
		list( $shape_a, $cells_a ) = self::read( $a );
		list( $shape_b, $cells_b ) = self::read( $b );
		if ( array() === $cells_a || count( $cells_a ) !== count( $cells_b ) || abs( $shape_a - $shape_b ) > 1000 * self::SHAPE_TOLERANCE ) {
			return false;
		}
		$apart = array_map( static fn( int $one, int $other ): int => abs( $one - $other ), $cells_a, $cells_b );
		return max( $apart ) <= self::CELL_TOLERANCE && array_sum( $apart ) / count( $apart ) <= self::MEAN_TOLERANCE;
	}

	/** @return array{int, int[]} */
	private static function read( string $look ): array {
		list( $shape, $hex ) = array_pad( explode( ':', $look, 2 ), 2, '' );
		$bytes = 0 === strlen( $hex ) % 2 && ctype_xdigit( $hex ) ? (string) hex2bin( $hex ) : '';
		return array( (int) $shape, '' === $bytes ? array() : array_values( (array) unpack( 'C*', $bytes ) ) );
	}

	/** @return array{int, int, int[]}|null Width, height, and red, green and blue of each cell. */
	private static function with_gd( string $bytes ): ?array {
		$image = function_exists( 'imagecreatefromstring' ) ? @imagecreatefromstring( $bytes ) : false; // phpcs:ignore WordPress.PHP.NoSilencedErrors -- warns of formats it does not know
		if ( ! $image instanceof GdImage ) {
			return null;
		}
		$width  = imagesx( $image );
		$height = imagesy( $image );
		// Twice: resampling averages over all pixels only when what it makes is not much smaller.
		$white = imagecreatetruecolor( 16 * self::SIDE, 16 * self::SIDE );
		$small = imagecreatetruecolor( self::SIDE, self::SIDE );
		imagefill( $white, 0, 0, (int) imagecolorallocate( $white, 255, 255, 255 ) );
		imagecopyresampled( $white, $image, 0, 0, 0, 0, 16 * self::SIDE, 16 * self::SIDE, $width, $height );
		imagecopyresampled( $small, $white, 0, 0, 0, 0, self::SIDE, self::SIDE, 16 * self::SIDE, 16 * self::SIDE );
		$cells = array();
		for ( $i = 0; $i < self::SIDE * self::SIDE; $i++ ) {
			$colour = (int) imagecolorat( $small, $i % self::SIDE, intdiv( $i, self::SIDE ) );
			array_push( $cells, $colour >> 16 & 255, $colour >> 8 & 255, $colour & 255 );
		}
		return array( $width, $height, $cells );
	}

	/** @return array{int, int, int[]}|null */
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
		$flat->resizeImage( self::SIDE, self::SIDE, Imagick::FILTER_BOX, 1 );
		return array( $width, $height, array_map( 'intval', $flat->exportImagePixels( 0, 0, self::SIDE, self::SIDE, 'RGB', Imagick::PIXEL_CHAR ) ) );
	}
}
