<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Backfill\Choices;
use Altsmith\Sidecar\Image_Type;
use Altsmith\Sidecar\Rendition;
use Altsmith\Storage\Candidate_Query;
use Altsmith\Storage\Request_Row;
use Altsmith\Tests\Support\Bucket_Stream;
use Altsmith\Tests\Support\Drawing;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** Pictures whose file is not on the server, or not where WordPress looks for it. */
final class OffloadedTest extends Sidecar_Test_Case {
	/** An address that is not private; nothing is sent there: answer() is in between. */
	private const CDN = 'https://8.8.8.8';

	/** @var array<string, array{int, string, 2?: array<string, string>}> Status, body, and headers, by address. */
	private array $remote = array();

	/** @var array<int, array{string, array<string, mixed>}> */
	private array $fetched = array();

	public function answer( mixed $given, array $arguments, string $url ): mixed {
		if ( str_starts_with( $url, self::SIDECAR ) ) {
			return parent::answer( $given, $arguments, $url );
		}
		$this->fetched[] = array( $url, $arguments );
		if ( ! isset( $this->remote[ $url ] ) ) {
			return new \WP_Error( 'http_request_failed', "cURL error 28: $url timed out" );
		}
		list( $status, $body, $headers ) = $this->remote[ $url ] + array( 2 => array() );
		file_put_contents( $arguments['filename'], substr( $body, 0, $arguments['limit_response_size'] ) );
		return array( 'headers' => $headers, 'body' => '', 'response' => array( 'code' => $status, 'message' => '' ), 'cookies' => array(), 'filename' => $arguments['filename'] );
	}

	/** @return int A picture without files, whose address is as a plugin that moves media away says. */
	private function offloaded( string $address, string $path = '' ): int {
		$id = $this->photo( 1600, 1200 );
		foreach ( (array) glob( dirname( get_attached_file( $id ) ) . '/' . basename( get_attached_file( $id ), '.jpg' ) . '*' ) as $file ) {
			unlink( $file );
		}
		if ( '' !== $path ) {
			add_filter( 'get_attached_file', static fn( mixed $file, int $of ): mixed => $of === $id ? $path : $file, 10, 2 );
		}
		add_filter( 'wp_get_attachment_url', static fn( mixed $url, int $of ): mixed => $of === $id ? $address : $url, 99, 2 );
		add_filter( 'image_downsize', static fn( mixed $image, int $of ): mixed => $of === $id ? array( $address, 1024, 768, true ) : $image, 10, 2 );
		return $id;
	}

	private function sent( int $id ): Request_Row {
		$this->sync();
		return $this->row( $id );
	}

	private static function jpeg(): string {
		return Drawing::jpeg( Drawing::plain( 200, 30, 60 ) );
	}

	public function test_it_is_fetched_from_its_own_address_and_the_signature_goes_nowhere_else(): void {
		$address                = self::CDN . '/2026/x.jpg?X-Signature=secret';
		$id                     = $this->offloaded( $address, $address );
		$this->remote[ $address ] = array( 200, self::jpeg(), array( 'content-type' => 'application/octet-stream' ) );
		self::assertSame( 'sent', $this->sent( $id )->status );
		list( $asked, $arguments ) = $this->fetched[0];
		self::assertSame( array( $address, 0, true, true ), array( $asked, $arguments['redirection'], $arguments['reject_unsafe_urls'], $arguments['stream'] ) );
		self::assertSame( array( 'Accept' ), array_keys( $arguments['headers'] ) );
		self::assertLessThanOrEqual( 8, $arguments['timeout'] );
		self::assertStringNotContainsString( 'secret', implode( ' ', array_merge( $this->sidecar->asked, $this->sidecar->bodies ) ) );
		self::assertSame( array(), glob( get_temp_dir() . 'altsmith-*.tmp' ) );
	}

	public function test_a_file_here_is_used_whatever_address_a_plugin_gives(): void {
		$id   = $this->photo( 1600, 1200 );
		$here = get_attached_file( $id, true );
		add_filter( 'get_attached_file', static fn(): string => self::CDN . '/x.jpg' );
		self::assertSame( 'sent', $this->sent( $id )->status );
		self::assertSame( array(), $this->fetched );
		self::assertSame( hash_file( 'sha256', $here ), $this->row( $id )->source_sha256 );
	}

	public function test_out_of_a_stream_wrapper_a_small_size_is_read_with_one_request(): void {
		Bucket_Stream::register();
		$id   = $this->offloaded( self::CDN . '/never.jpg', 'bucket://uploads/' . 'placeholder.jpg' );
		$name = pathinfo( get_post_meta( $id, '_wp_attached_file', true ), PATHINFO_FILENAME );
		$size = wp_get_attachment_metadata( $id )['sizes']['medium_large']['file'];
		add_filter( 'get_attached_file', static fn(): string => "bucket://uploads/$name.jpg", 20 );
		Bucket_Stream::$files = array( "bucket://uploads/$name.jpg" => str_repeat( 'x', 2_000_000 ), "bucket://uploads/$size" => self::jpeg() );
		$rendition            = Rendition::of( $id );
		Bucket_Stream::unregister();
		self::assertSame( array( array( "open bucket://uploads/$size" ), 'image/jpeg' ), array( Bucket_Stream::$asked, $rendition->media_type ) );
		self::assertSame( array(), $this->fetched );
	}

	public function test_a_large_file_of_a_stream_wrapper_is_made_smaller_here(): void {
		Bucket_Stream::register();
		$id = $this->offloaded( self::CDN . '/never.jpg', 'bucket://big.jpg' );
		mt_srand( 1 );
		$noise = imagecreatetruecolor( 1400, 1000 );
		for ( $i = 0; $i < 1_400_000; $i++ ) {
			imagesetpixel( $noise, $i % 1400, intdiv( $i, 1400 ), mt_rand( 0, 0xffffff ) );
		}
		Bucket_Stream::$files = array( 'bucket://big.jpg' => Drawing::jpeg( $noise, 95 ) );
		self::assertGreaterThan( Rendition::MAX_BYTES, strlen( Bucket_Stream::$files['bucket://big.jpg'] ) );
		$rendition = Rendition::of( $id );
		Bucket_Stream::unregister();
		self::assertLessThan( 1_400_000, strlen( $rendition->bytes ) );
		self::assertSame( 1024, getimagesizefromstring( $rendition->bytes )[0] );
		self::assertSame( array(), glob( get_temp_dir() . 'altsmith-*.tmp' ) );
	}

	/** @dataProvider internal_addresses */
	public function test_a_host_inside_a_private_network_is_refused_in_words_and_never_asked( string $address, string $named ): void {
		$id  = $this->offloaded( "$address/x.jpg?signature=secret", "$address/x.jpg?signature=secret" );
		$row = $this->sent( $id );
		self::assertSame( array( 'failed', 'FILE_MISSING', 1, array() ), array( $row->status, $row->error_code, $row->attempts, $this->fetched ) );
		self::assertStringContainsString( $named, $row->error_message );
		self::assertStringNotContainsString( 'secret', $row->error_message );
		self::assertSame( 0, $this->sidecar->count( 'PUT' ) );
	}

	public static function internal_addresses(): array {
		$all = array();
		foreach ( array( 'http://127.0.0.1:9000', 'http://127.1', 'http://2130706433', 'http://10.0.0.8', 'http://192.168.1.2', 'http://172.20.0.3', 'http://169.254.169.254', 'http://100.64.1.1', 'http://0.0.0.0', 'http://198.18.0.1', 'http://localhost:6379', 'http://LOCALHOST.', 'http://[::1]', 'http://[fd00::1]', 'http://[::ffff:127.0.0.1]', 'http://[2002:7f00:1::]', 'http://[64:ff9b::7f00:1]' ) as $address ) {
			$all[ $address ] = array( $address, 'inside a private network' );
		}
		return $all;
	}

	public function test_a_redirect_into_a_private_network_is_not_followed(): void {
		$id = $this->offloaded( self::CDN . '/x.jpg' );
		$this->remote[ self::CDN . '/x.jpg' ] = array( 302, '', array( 'location' => 'http://169.254.169.254/latest/meta-data/' ) );
		$row = $this->sent( $id );
		self::assertSame( array( 'failed', 1 ), array( $row->status, count( $this->fetched ) ) );
		self::assertStringContainsString( '169.254.169.254', $row->error_message );
	}

	/** @dataProvider answers */
	public function test_what_another_server_answers( array $remote, string $status, string $says ): void {
		$id           = $this->offloaded( self::CDN . '/x.jpg' );
		$this->remote = array_combine( array_map( static fn( string $path ): string => self::CDN . $path, array_keys( $remote ) ), array_map( static fn( array $one ): array => array( $one[0], is_callable( $one[1] ) ? $one[1]() : $one[1] ) + $one, $remote ) );
		$row          = $this->sent( $id );
		self::assertSame( $status, $row->status, $row->error_message );
		self::assertStringContainsString( $says, $row->error_message );
		self::assertLessThanOrEqual( 4, count( $this->fetched ) );
	}

	public static function answers(): array {
		$to = static fn( string $path ): array => array( 301, '', array( 'location' => $path ) );
		return array(
			'two redirects'             => array( array( '/x.jpg' => $to( '/y' ), '/y' => $to( self::CDN . '/z' ), '/z' => array( 200, self::jpeg( ... ) ) ), 'sent', '' ),
			'redirects without end'     => array( array( '/x.jpg' => $to( '/x.jpg' ) ), 'failed', 'one address after the other' ),
			'a redirect to a file'      => array( array( '/x.jpg' => $to( 'file:///etc/passwd' ) ), 'failed', 'not on this server' ),
			'a page of words'           => array( array( '/x.jpg' => array( 200, '<html>Sign in' ) ), 'failed', 'is not an image that Altsmith reads' ),
			'nothing'                   => array( array( '/x.jpg' => array( 200, '' ) ), 'failed', 'is not an image that Altsmith reads' ),
			'more than is taken'        => array( array( '/x.jpg' => array( 200, static fn(): string => self::jpeg() . str_repeat( 'x', 9_000_000 ) ) ), 'failed', 'more than 8 MB' ),
			'it is not there'           => array( array( '/x.jpg' => array( 404, 'no' ) ), 'failed', 'HTTP status 404' ),
			'it is busy'                => array( array( '/x.jpg' => array( 503, 'later' ) ), 'queued', 'HTTP status 503' ),
			'no answer in time'         => array( array(), 'queued', '8.8.8.8 did not give it: cURL error 28: … timed out' ),
		);
	}

	public function test_an_address_with_the_host_that_a_visitor_sent_is_not_asked(): void {
		$before               = $_SERVER['HTTP_HOST'];
		$_SERVER['HTTP_HOST'] = '8.8.8.8';
		$id                   = $this->offloaded( self::CDN . '/x.jpg' );
		$row                  = $this->sent( $id );
		$_SERVER['HTTP_HOST'] = $before;
		self::assertSame( array( 'failed', array() ), array( $row->status, $this->fetched ) );
		self::assertSame( 'The file of this attachment is not on this server.', $row->error_message );
	}

	public function test_another_plugin_can_give_the_file(): void {
		$id   = $this->offloaded( 'http://10.0.0.1/x.jpg' );
		$file = get_temp_dir() . 'given-by-a-plugin.jpg';
		file_put_contents( $file, self::jpeg() );
		add_filter( 'altsmith_rendition_file', static fn( mixed $none, int $of ): mixed => $of === $id ? $file : $none, 10, 2 );
		$row = $this->sent( $id );
		unlink( $file );
		self::assertSame( array( 'sent', array() ), array( $row->status, $this->fetched ) );
	}

	public function test_a_file_that_is_moved_away_later_changes_nothing_and_another_picture_at_its_address_does(): void {
		$address = self::CDN . '/x.jpg';
		$this->remote[ $address ] = array( 200, Drawing::jpeg( Drawing::chart( true ) ) );
		$id = $this->offloaded( $address );
		$this->sync();
		$this->sidecar->describe_all( 'a rising line' );
		$this->sync();
		$asked = count( $this->fetched );
		do_action( 'updated_post_meta', 1, $id, '_wp_attachment_metadata', array() );
		$this->sync();
		self::assertSame( array( 'pending', $asked + 1 ), array( $this->row( $id )->display_status(), count( $this->fetched ) ) );
		$this->remote[ $address ] = array( 200, Drawing::jpeg( Drawing::page( 3 ) ) );
		do_action( 'updated_post_meta', 1, $id, '_wp_attached_file', 'y.jpg' );
		$this->sync();
		self::assertSame( 'sent', $this->row( $id )->status );
	}

	public function test_heic_that_has_sizes_in_jpeg_is_asked_for(): void {
		$id = $this->photo( 1600, 1200 );
		wp_update_post( array( 'ID' => $id, 'post_mime_type' => 'image/heic' ) );
		update_post_meta( $id, '_wp_attached_file', dirname( get_post_meta( $id, '_wp_attached_file', true ) ) . '/' . pathinfo( get_attached_file( $id ), PATHINFO_FILENAME ) . '.heic' );
		self::assertSame( 'image/jpeg', Image_Type::of( $id ) );
		self::assertSame( 'on_the_way', ( new Candidate_Query( new Choices(), array( 'image/jpeg' ) ) )->after( $id - 1, 1 )[ $id ] );
		self::assertSame( 'sent', $this->sent( $id )->status );
		delete_post_meta( $id, '_wp_attachment_metadata' );
		self::assertSame( 'type', ( new Candidate_Query( new Choices(), array( 'image/jpeg' ) ) )->after( $id - 1, 1 )[ $id ] );
	}
}
