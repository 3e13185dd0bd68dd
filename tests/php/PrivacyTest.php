<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Sidecar\Picture_Metadata;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** Images are sent without metadata, and names of people can be exported and erased. */
final class PrivacyTest extends Sidecar_Test_Case {
	private const SECRET = '48.8584N 2.2945E';

	public function test_a_jpeg_is_sent_turned_without_place_and_with_its_colours(): void {
		$image = imagecreatetruecolor( 60, 40 );
		imagefilledrectangle( $image, 0, 0, 29, 39, 0xff0000 ); // The left half is red.
		ob_start();
		imagejpeg( $image, null, 95 );
		$plain   = (string) ob_get_clean();
		$profile = self::segment( 0xE2, "ICC_PROFILE\0\x01\x01" . str_repeat( 'p', 40 ) );
		$exif    = self::segment( 0xE1, "Exif\0\0II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0" . self::SECRET );
		$notes   = self::segment( 0xED, 'Photoshop 3.0' . self::SECRET ) . self::segment( 0xE1, 'http://ns.adobe.com/xap/1.0/' . self::SECRET ) . self::segment( 0xFE, self::SECRET );
		$file    = wp_upload_dir()['path'] . '/turned-' . bin2hex( random_bytes( 4 ) ) . '.jpg';
		file_put_contents( $file, substr( $plain, 0, 2 ) . $exif . $profile . $notes . substr( $plain, 2 ) );
		$this->become( 'admin' );
		$id = $this->attach( $file );
		wp_update_attachment_metadata( $id, array( 'width' => 60, 'height' => 40, 'file' => _wp_relative_upload_path( $file ), 'sizes' => array() ) );
		$this->sync();
		$sent = $this->sent();
		self::assertStringNotContainsString( self::SECRET, $sent );
		self::assertStringNotContainsString( 'Exif', $sent );
		self::assertStringContainsString( $profile, $sent );
		self::assertSame( array( 40, 60 ), array_slice( (array) getimagesizefromstring( $sent ), 0, 2 ) );
		$shown = imagecreatefromstring( $sent );
		self::assertGreaterThan( 200, imagecolorat( $shown, 20, 5 ) >> 16 & 255, 'turned to the right: the red half is above' );
		self::assertLessThan( 60, imagecolorat( $shown, 20, 55 ) >> 16 & 255 );
		self::assertSame( 'sent', $this->row( $id )->status );
	}

	public function test_where_a_picture_is_too_large_to_turn_here_only_the_mark_stays(): void {
		$head   = self::segment( 0xE1, "Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0" . self::SECRET );
		$frame  = self::segment( 0xC0, "\x08" . pack( 'nn', 9000, 9000 ) . "\x01\x01\x11\0" );
		$result = Picture_Metadata::removed( "\xFF\xD8" . $head . $frame . self::segment( 0xDA, 'data' ) );
		self::assertStringNotContainsString( self::SECRET, $result );
		$file = (string) tempnam( sys_get_temp_dir(), 'altsmith' );
		file_put_contents( $file, $result );
		self::assertSame( 8, @exif_read_data( $file )['Orientation'] ?? 0 );
		unlink( $file );
	}

	public function test_what_a_phone_puts_behind_a_jpeg_is_not_sent(): void {
		$image = imagecreatetruecolor( 300, 200 );
		for ( $i = 0; $i < 2000; $i++ ) {
			imagesetpixel( $image, random_int( 0, 299 ), random_int( 0, 199 ), random_int( 0, 0xffffff ) );
		}
		foreach ( array( false, true ) as $is_progressive ) {
			imageinterlace( $image, $is_progressive );
			ob_start();
			imagejpeg( $image, null, 95 );
			$plain = (string) ob_get_clean();
			self::assertSame( $plain, Picture_Metadata::removed( $plain ) );
			self::assertSame( $plain, Picture_Metadata::removed( $plain . "\xFF\xD8" . self::segment( 0xE1, "Exif\0\0" . self::SECRET ) . "\xFF\xD9" ) );
		}
	}

	public function test_png_and_webp_lose_their_notes_and_keep_their_picture(): void {
		$image = imagecreatetruecolor( 5, 4 );
		ob_start();
		imagepng( $image );
		$png   = (string) ob_get_clean();
		$chunk = static fn( string $name, string $data ): string => pack( 'N', strlen( $data ) ) . $name . $data . pack( 'N', crc32( $name . $data ) );
		$noted = substr( $png, 0, 33 ) . $chunk( 'tEXt', "Comment\0" . self::SECRET ) . $chunk( 'eXIf', self::SECRET ) . substr( $png, 33 );
		self::assertSame( $png, Picture_Metadata::removed( $noted ) );
		self::assertSame( $png, Picture_Metadata::removed( $png ) );
		ob_start();
		imagewebp( $image );
		$webp  = (string) ob_get_clean();
		$body  = substr( $webp, 12 );
		$more  = 'VP8X' . pack( 'V', 10 ) . "\x0C\0\0\0\x04\0\0\x03\0\0" . $body . 'EXIF' . pack( 'V', strlen( self::SECRET ) ) . self::SECRET;
		$clean = Picture_Metadata::removed( 'RIFF' . pack( 'V', strlen( $more ) + 4 ) . 'WEBP' . $more );
		self::assertStringNotContainsString( self::SECRET, $clean );
		self::assertSame( strlen( $clean ) - 8, unpack( 'V', $clean, 4 )[1] );
		self::assertSame( array( 5, 4 ), array_slice( (array) getimagesizefromstring( $clean ), 0, 2 ) );
	}

	/** @dataProvider damaged */
	public function test_damaged_pictures_end_no_request( string $bytes ): void {
		self::assertIsString( Picture_Metadata::removed( $bytes ) );
	}

	public static function damaged(): array {
		return array(
			'a beginning alone'  => array( "\xFF\xD8" ),
			'a lie about length' => array( "\xFF\xD8\xFF\xE1\xFF\xFFExif" ),
			'an Exif of nothing' => array( "\xFF\xD8" . self::segment( 0xE1, "Exif\0\0II" ) . self::segment( 0xDA, '' ) ),
			'an Exif far away'   => array( "\xFF\xD8" . self::segment( 0xE1, "Exif\0\0II\x2A\0\xFF\xFF\xFF\x7F" . str_repeat( "\0", 20 ) ) . self::segment( 0xDA, '' ) ),
			'half a PNG'         => array( "\x89PNG\r\n\x1A\n\xFF\xFF\xFF\xFFIDAT1234" ),
			'half a WebP'        => array( "RIFF\xFF\xFF\xFF\xFFWEBPVP8X\xFF\xFF\xFF\xFF" ),
		);
	}

	public function test_names_are_exported_and_erased_and_the_text_stays(): void {
		$row = $this->suggested( "it's a cat" );
		$this->decide( $row, 'approve' );
		$admin    = get_user_by( 'login', 'admin' );
		$other    = get_user_by( 'login', 'editor' );
		$exporter = apply_filters( 'wp_privacy_personal_data_exporters', array() )['altsmith']['callback'];
		$eraser   = apply_filters( 'wp_privacy_personal_data_erasers', array() )['altsmith']['callback'];
		self::assertSame( array(), $exporter( $other->user_email, 1 )['data'] );
		self::assertSame( array(), $exporter( 'nobody@example.test', 1 )['data'] );
		$exported = $exporter( $admin->user_email, 1 );
		self::assertTrue( $exported['done'] );
		self::assertContains( "it's a cat", array_column( $exported['data'][0]['data'], 'value' ) );
		self::assertFalse( $eraser( $other->user_email, 1 )['items_removed'] );
		$erased = $eraser( $admin->user_email, 1 );
		self::assertSame( array( true, true ), array( $erased['items_removed'], $erased['done'] ) );
		self::assertSame( array(), $exporter( $admin->user_email, 1 )['data'] );
		self::assertStringNotContainsString( $admin->display_name, (string) wp_json_encode( array( get_post_meta( $row->attachment_id, '_altsmith_provenance', true ), $this->row( $row->attachment_id )->suggestion['decided_by'] ) ) );
		self::assertSame( "it's a cat", $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 200, $this->call( 'POST', "suggestions/$row->suggestion_id/undo", array( 'version' => $this->row( $row->attachment_id )->suggestion_version ) )->get_status() );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
	}

	private static function segment( int $marker, string $content ): string {
		return "\xFF" . chr( $marker ) . pack( 'n', strlen( $content ) + 2 ) . $content;
	}

	/** The bytes of the picture that was sent last. */
	private function sent(): string {
		foreach ( array_reverse( $this->sidecar->asked, true ) as $i => $line ) {
			if ( str_starts_with( $line, 'PUT /v1/images/' ) ) {
				return $this->sidecar->bodies[ $i ];
			}
		}
		self::fail( 'no picture was sent' );
	}
}
