<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

use GdImage;

/** Pictures that are drawn and not photographed: of text, and of lines. */
final class Drawing {
	/**
	 * @param string[] $lines
	 * @param int      $zoom  Pixels of the picture for one pixel of the font, whose letters have 9 x 15.
	 */
	public static function text( int $width, int $height, array $lines, int $zoom ): GdImage {
		$small = self::canvas( intdiv( $width, $zoom ), intdiv( $height, $zoom ) );
		foreach ( $lines as $i => $line ) {
			imagestring( $small, 5, 6, 6 + 16 * $i, $line, 0x222222 );
		}
		return self::resized( $small, $width );
	}

	/** A page of random words, as a scan looks. */
	public static function page( int $seed ): GdImage {
		mt_srand( $seed );
		$word = static fn(): string => substr( str_shuffle( 'abcdefghijklmnopqrstuvwxyz' ), 0, mt_rand( 2, 9 ) );
		$line = static fn(): string => implode( ' ', array_map( $word, range( 1, 12 ) ) );
		return self::text( 1200, 1600, array_map( $line, range( 1, 48 ) ), 2 );
	}

	public static function chart( bool $is_rising ): GdImage {
		$image = self::canvas( 1000, 600 );
		imagesetthickness( $image, 4 );
		imageline( $image, 80, $is_rising ? 520 : 80, 940, $is_rising ? 80 : 520, 0x0066cc );
		imageline( $image, 80, 560, 950, 560, 0 );
		imageline( $image, 80, 60, 80, 560, 0 );
		return $image;
	}

	public static function plain( int $red, int $green, int $blue ): GdImage {
		return self::canvas( 600, 400, $red << 16 | $green << 8 | $blue );
	}

	/** As WordPress's editor does it. */
	public static function resized( GdImage $image, int $width ): GdImage {
		$height = (int) round( imagesy( $image ) * $width / imagesx( $image ) );
		$made   = self::canvas( $width, $height );
		imagecopyresampled( $made, $image, 0, 0, 0, 0, $width, $height, imagesx( $image ), imagesy( $image ) );
		return $made;
	}

	public static function jpeg( GdImage $image, int $quality = 82 ): string {
		ob_start();
		imagejpeg( $image, null, $quality );
		return (string) ob_get_clean();
	}

	private static function canvas( int $width, int $height, int $background = 0xffeecc ): GdImage {
		$image = imagecreatetruecolor( $width, $height );
		imagefill( $image, 0, 0, $background );
		return $image;
	}
}
