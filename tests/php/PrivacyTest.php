<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Sidecar\Picture_Metadata;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** Images are sent without metadata, and names of people can be exported and erased. */
final class PrivacyTest extends Sidecar_Test_Case {
	private const SECRET = '48.8584N 2.2945E';

	/** 16 × 12 pixels with SECRET as Exif and as XMP, written by libvips. */
	private const AVIF = ''
		. 'AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAAWFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAEZpbG9jAAAAAERAAAMA'
		. 'AQAAAAABhQABAAAAAAAAACcAAgAAAAABrAABAAAAAAAAANwAAwAAAAACiAABAAAAAAAAANwAAABiaWluZgAAAAAAAwAAABVpbmZlAgAAAAABAABhdjAxAAAA'
		. 'ABVpbmZlAgAAAQACAABFeGlmAAAAACppbmZlAgAAAQADAABtaW1lAGFwcGxpY2F0aW9uL3JkZit4bWwAAAAAAA5waXRtAAAAAAABAAAAVmlwcnAAAAA4aXBj'
		. 'bwAAAAxhdjFDgSACAAAAABRpc3BlAAAAAAAAABAAAAAMAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAAoaXJlZgAAAAAAAAAOY2Rz'
		. 'YwACAAEAAQAAAA5jZHNjAAMAAQABAAAB521kYXQSAAoIOAz+2kBDQaQyGRlCYwTDzzzzQSAAdYZN2uZbakDnRdQU5uAAAAAGRXhpZgAASUkqAAgAAAAHABIB'
		. 'AwABAAAAAQAAABoBBQABAAAAYgAAABsBBQABAAAAagAAACgBAwABAAAAAgAAABMCAwABAAAAAQAAAJiCAgARAAAAcgAAAGmHBAABAAAAhAAAAAAAAAA4YwAA'
		. '6AMAADhjAADoAwAANDguODU4NE4gMi4yOTQ1RQAABgAAkAcABAAAADAyMTABkQcABAAAAAECAwAAoAcABAAAADAxMDABoAMAAQAAAP//AAACoAQAAQAAABAA'
		. 'AAADoAQAAQAAAAwAAAAAAAAAPHg6eG1wbWV0YSB4bWxuczp4PSJhZG9iZTpuczptZXRhLyI+PHJkZjpSREYgeG1sbnM6cmRmPSJodHRwOi8vd3d3LnczLm9y'
		. 'Zy8xOTk5LzAyLzIyLXJkZi1zeW50YXgtbnMjIj48cmRmOkRlc2NyaXB0aW9uIHhtbG5zOmV4aWY9Imh0dHA6Ly9ucy5hZG9iZS5jb20vZXhpZi8xLjAvIiBl'
		. 'eGlmOkdQU0xhdGl0dWRlPSI0OC44NTg0TiAyLjI5NDVFIi8+PC9yZGY6UkRGPjwveDp4bXBtZXRhPg==';

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

	public function test_where_memory_is_too_small_to_turn_a_picture_only_the_mark_stays(): void {
		ob_start();
		imagejpeg( imagecreate( 2400, 2400 ), null, 20 );
		$plain  = (string) ob_get_clean();
		$exif   = self::segment( 0xE1, "Exif\0\0II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0" . self::SECRET );
		$limit  = (string) ini_get( 'memory_limit' );
		ini_set( 'memory_limit', (string) ( memory_get_usage( true ) + 2400 * 2400 * 7 ) );
		$result = Picture_Metadata::removed( substr( $plain, 0, 2 ) . $exif . substr( $plain, 2 ) );
		ini_set( 'memory_limit', $limit );
		self::assertSame( array( true, false ), array( str_contains( $result, "Exif\0\0" ), str_contains( $result, self::SECRET ) ) );
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

	public function test_an_avif_is_sent_without_notes_where_no_editor_of_the_host_can_open_it(): void {
		$avif = (string) base64_decode( self::AVIF, true );
		self::assertSame( 2, substr_count( $avif, self::SECRET ) );
		// Larger than what is sent as it is elsewhere; a program's own box of notes is in it as well.
		$uuid = 'uuid' . str_repeat( 'u', 16 ) . self::SECRET;
		$avif = $avif . pack( 'N', 4 + strlen( $uuid ) ) . $uuid . pack( 'N', 1_200_000 ) . 'free' . str_repeat( "\0", 1_199_992 );
		$file = wp_upload_dir()['path'] . '/heavy-' . bin2hex( random_bytes( 4 ) ) . '.avif';
		file_put_contents( $file, $avif );
		add_filter( 'wp_image_editors', '__return_empty_array' );
		$this->become( 'admin' );
		$id = $this->attach( $file, 'image/avif' );
		wp_update_attachment_metadata( $id, array( 'width' => 16, 'height' => 12, 'file' => _wp_relative_upload_path( $file ), 'sizes' => array() ) );
		( new \Altsmith\Storage\Request_Store() )->make_due( $id );
		$this->sync();
		remove_filter( 'wp_image_editors', '__return_empty_array' );
		self::assertSame( 'sent', $this->row( $id )->status );
		$sent = $this->sent();
		self::assertStringNotContainsString( self::SECRET, $sent );
		self::assertSame( strlen( $avif ), strlen( $sent ), 'nothing in the file moves' );
		self::assertSame( array( 16, 12, IMAGETYPE_AVIF ), array_slice( (array) getimagesizefromstring( $sent ), 0, 3 ) );
	}

	public function test_a_gif_keeps_its_pictures_and_loses_comments_and_data_of_programs(): void {
		$image = imagecreate( 6, 5 );
		imagecolorallocate( $image, 250, 10, 10 );
		ob_start();
		imagegif( $image );
		$gif    = (string) ob_get_clean();
		$blocks = static fn( string $data ): string => chr( strlen( $data ) ) . $data . "\0";
		$head   = 13 + 3 * 2 ** ( ( ord( $gif[10] ) & 7 ) + 1 );
		$loop   = "!\xFF\x0BNETSCAPE2.0" . $blocks( "\x01\0\0" );
		$noted  = substr( $gif, 0, $head ) . $loop . "!\xFE" . $blocks( self::SECRET ) . "!\xFF\x0BXMP DataXMP" . $blocks( self::SECRET ) . substr( $gif, $head );
		self::assertSame( substr( $gif, 0, $head ) . $loop . substr( $gif, $head ), Picture_Metadata::removed( $noted . self::SECRET ) );
		self::assertSame( $gif, Picture_Metadata::removed( $gif ) );
	}

	public function test_of_a_webp_or_png_that_has_to_be_turned_only_the_mark_stays(): void {
		$exif  = "II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0" . self::SECRET;
		$only  = "MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
		$chunk = static fn( string $data ): string => 'EXIF' . pack( 'V', strlen( $data ) ) . $data;
		$image = imagecreatetruecolor( 5, 4 );
		ob_start();
		imagewebp( $image );
		$body = 'VP8X' . pack( 'V', 10 ) . "\x08\0\0\0\x04\0\0\x03\0\0" . substr( (string) ob_get_clean(), 12 );
		$webp = static fn( string $content ): string => 'RIFF' . pack( 'V', strlen( $content ) + 4 ) . 'WEBP' . $content;
		self::assertSame( $webp( $body . $chunk( $only ) ), Picture_Metadata::removed( $webp( $body . $chunk( $exif ) ) ) );
		ob_start();
		imagepng( $image );
		$png  = (string) ob_get_clean();
		$with = static fn( string $data ): string => substr( $png, 0, 33 ) . pack( 'N', strlen( $data ) ) . 'eXIf' . $data . pack( 'N', crc32( 'eXIf' . $data ) ) . substr( $png, 33 );
		self::assertSame( $with( $only ), Picture_Metadata::removed( $with( $exif ) ) );
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
			'half a GIF'         => array( "GIF89a\5\0\5\0\0\0\0!\xFF" ),
			'a HEIF of boxes'    => array( "\0\0\0\x10ftypavif\0\0\0\0" . "\0\0\0\x20meta\0\0\0\0\0\0\0\x09iinf\0\0\0\0\x0Biloc\0\xFF\xFF" ),
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

	public function test_a_rejection_and_what_was_passed_on_are_exported_and_erased_too(): void {
		$rejected = $this->suggested();
		$passed   = $this->suggested( 'a dog' );
		$this->decide( $rejected, 'reject' );
		$this->call( 'POST', "suggestions/$passed->suggestion_id/pass" );
		$admin    = get_user_by( 'login', 'admin' );
		$exporter = apply_filters( 'wp_privacy_personal_data_exporters', array() )['altsmith']['callback'];
		$eraser   = apply_filters( 'wp_privacy_personal_data_erasers', array() )['altsmith']['callback'];
		$told     = (string) wp_json_encode( $exporter( $admin->user_email, 1 )['data'] );
		self::assertStringContainsString( "($rejected->attachment_id)", $told );
		self::assertStringContainsString( "($passed->attachment_id)", $told );
		$eraser( $admin->user_email, 1 );
		self::assertSame( array(), $exporter( $admin->user_email, 1 )['data'] );
		self::assertSame( array(), \Altsmith\Review\Reviewer::passed_by( $passed->attachment_id ) );
		self::assertSame( '', get_post_meta( $passed->attachment_id, '_altsmith_passed_on', true ) );
	}

	public function test_runs_that_somebody_started_and_their_keys_are_exported_and_erased_too(): void {
		$run = $this->call( 'POST', 'backfill', array( 'action' => 'start' ) )->get_data()['run'];
		$admin    = get_user_by( 'login', 'admin' );
		( new \Altsmith\Review\Reviewer( $admin->ID ) )->keep_shortcuts( array( 'keys' => array( 'approve' => 'ö' ) ) );
		$exporter = apply_filters( 'wp_privacy_personal_data_exporters', array() )['altsmith']['callback'];
		$eraser   = apply_filters( 'wp_privacy_personal_data_erasers', array() )['altsmith']['callback'];
		$told     = array_merge( ...array_map( static fn( array $item ): array => array_column( $item['data'], 'value' ), $exporter( $admin->user_email, 1 )['data'] ) );
		self::assertContains( $run['id'], $told );
		self::assertContains( '{"on":true,"keys":{"approve":"ö"}}', $told );
		self::assertSame( array(), $exporter( get_user_by( 'login', 'editor' )->user_email, 1 )['data'] );
		self::assertTrue( $eraser( $admin->user_email, 1 )['items_removed'] );
		self::assertSame( array(), $exporter( $admin->user_email, 1 )['data'] );
		self::assertSame( 0, ( new \Altsmith\Storage\Run_Store() )->find( $run['id'] )->started_by );
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
