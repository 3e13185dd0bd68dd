<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Sidecar\Perceptual_Hash;
use Altsmith\Tests\Support\Drawing;
use GdImage;
use PHPUnit\Framework\TestCase;

/** A picture saved again has the same hash; one with another text, number or line on the same background has not. */
final class Perceptual_HashTest extends TestCase {
	/** @dataProvider replaced */
	public function test_what_replaces_it_is_another_picture( GdImage $before, GdImage $after ): void {
		self::assertFalse( Perceptual_Hash::is_same( self::sent( $before ), self::sent( $after ) ) );
	}

	/** @dataProvider replaced */
	public function test_saved_again_or_smaller_it_is_the_same_picture( GdImage $picture ): void {
		$this->assert_same_in_other_bytes( $picture, '' );
	}

	public static function replaced(): array {
		$sale = static fn( string $text ): GdImage => Drawing::text( 1200, 400, array( $text ), 6 );
		return array(
			'a scanned page by a page with other words' => array( Drawing::page( 1 ), Drawing::page( 2 ) ),
			'a banner by one with another number' => array( $sale( 'Sale: 20 % off shoes' ), $sale( 'Sale: 70 % off shoes' ) ),
			'a notice by another' => array( Drawing::text( 1000, 700, array( 'Closed on Monday' ), 5 ), Drawing::text( 1000, 700, array( 'Opened on Friday' ), 5 ) ),
			'a rising line by a falling one' => array( Drawing::chart( true ), Drawing::chart( false ) ),
			'a wordmark by another' => array( Drawing::text( 800, 300, array( 'Northwind AG' ), 6 ), Drawing::text( 800, 300, array( 'Contoso Ltd.' ), 6 ) ),
			'a telephone number by another' => array( Drawing::text( 1600, 1200, array( 'Tel. 030 123456' ), 4 ), Drawing::text( 1600, 1200, array( 'Tel. 030 987451' ), 4 ) ),
			'a plain colour by another as bright' => array( Drawing::plain( 200, 60, 60 ), Drawing::plain( 60, 126, 78 ) ),
		);
	}

	public function test_no_two_photographs_are_the_same_and_each_is_in_other_bytes(): void {
		$hashes = array();
		foreach ( glob( __DIR__ . '/../fixtures/images/*.jpg' ) as $file ) {
			$photograph = imagecreatefromjpeg( $file );
			$this->assert_same_in_other_bytes( $photograph, basename( $file ) );
			$hashes[ basename( $file ) ] = self::sent( $photograph );
		}
		self::assertGreaterThan( 10, count( $hashes ) );
		foreach ( $hashes as $one => $hash ) {
			self::assertSame( array( $one ), array_keys( array_filter( $hashes, static fn( string $other ): bool => Perceptual_Hash::is_same( $hash, $other ) ) ) );
		}
	}

	public function test_what_nobody_could_decode_is_not_the_same(): void {
		self::assertFalse( Perceptual_Hash::is_same( '', '' ) );
		self::assertSame( '', Perceptual_Hash::of( 'no picture' ) );
	}

	/** A PNG of a hundred megapixels has few bytes when it is empty; its pixels would take 500 MB. */
	public function test_a_picture_larger_than_the_memory_is_not_decoded(): void {
		$chunk = static fn( string $type, string $data ): string => pack( 'N', strlen( $data ) ) . $type . $data . pack( 'N', crc32( $type . $data ) );
		$huge  = "\x89PNG\r\n\x1a\n" . $chunk( 'IHDR', pack( 'NN', 10000, 10000 ) . "\x01\x00\x00\x00\x00" ) . $chunk( 'IDAT', (string) gzcompress( str_repeat( str_repeat( "\0", 1251 ), 10000 ), 9 ) ) . $chunk( 'IEND', '' );
		$limit = ini_set( 'memory_limit', '256M' );
		try {
			self::assertSame( '', Perceptual_Hash::of( $huge ) );
		} finally {
			ini_set( 'memory_limit', (string) $limit );
		}
	}

	private function assert_same_in_other_bytes( GdImage $picture, string $name ): void {
		$hash = self::sent( $picture );
		foreach ( array( 'an optimiser' => self::saved( $picture, 55 ), 'the worst quality in use' => self::saved( $picture, 30 ), 'half the size' => self::saved( Drawing::resized( $picture, intdiv( imagesx( $picture ), 2 ) ), 40 ) ) as $how => $other ) {
			self::assertTrue( Perceptual_Hash::is_same( $hash, self::sent( $other ) ), "$name $how" );
		}
	}

	private static function saved( GdImage $picture, int $quality ): GdImage {
		return imagecreatefromstring( Drawing::jpeg( $picture, $quality ) );
	}

	/** The hash of what is sent: WordPress's middle size. */
	private static function sent( GdImage $picture ): string {
		return Perceptual_Hash::of( Drawing::jpeg( imagesx( $picture ) > 768 ? Drawing::resized( $picture, 768 ) : $picture, 82 ) );
	}
}
