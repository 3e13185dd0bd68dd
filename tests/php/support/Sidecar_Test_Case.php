<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use WP_Error;
use WP_REST_Response;

/** A test on the live database, rolled back afterwards; the sidecar is a fake that speaks the contract. */
abstract class Sidecar_Test_Case extends Wp_Test_Case {
	protected const SIDECAR = 'http://127.0.0.1:59999';

	protected Fake_Sidecar $sidecar;

	/** @var string[] Under which the sidecar answers as well. */
	protected array $more_addresses = array();

	/** @var string[] Headers `Authorization` that it accepts as well. */
	protected array $more_keys = array();

	protected function setUp(): void {
		parent::setUp();
		$this->sidecar = new Fake_Sidecar();
		// Another test's sidecar may have been an earlier one.
		( new \ReflectionProperty( Client::class, 'older' ) )->setValue( null, array() );
		update_option( Settings::URL_OPTION, self::SIDECAR );
		update_option( Settings::KEY_OPTION, 'key-of-the-test' );
	}

	public function answer( mixed $given, array $arguments, string $url ): mixed {
		$base = current( array_filter( array( self::SIDECAR, ...$this->more_addresses ), static fn( string $address ): bool => str_starts_with( $url, $address . '/' ) ) );
		if ( ! is_string( $base ) ) {
			return new WP_Error( 'http_request_failed', "a test asked for $url" );
		}
		$path = (string) substr( $url, strlen( $base ) );
		// A code is taken to a sidecar that this site has no key of yet.
		$keys = str_contains( $url, '/v1/pairings/' ) ? array( null ) : array( 'Bearer key-of-the-test', ...$this->more_keys );
		self::assertContains( $arguments['headers']['Authorization'] ?? null, $keys );
		$this->sidecar->headers = $arguments['headers'];
		if ( isset( $arguments['headers']['Altsmith-Turn'] ) ) {
			$this->sidecar->turns[] = $arguments['headers']['Altsmith-Turn'];
		}
		return $this->sidecar->answer( $arguments['method'], $path, (string) $arguments['body'], (string) ( $arguments['altsmith_file'] ?? '' ) );
	}

	/** A call of our own routes, with the answer as a browser gets it. '' is nobody. */
	protected function call( string $method, string $route, array $parameters = array(), string $as = 'admin' ): WP_REST_Response {
		$answer = $this->rest( $method, '/altsmith/v1/' . $route, $parameters, $as );
		$answer->set_data( json_decode( (string) wp_json_encode( $answer->get_data() ), true ) );
		return $answer;
	}

	/** A photograph in the library, uploaded by somebody. */
	protected function photo( int $width = 640, int $height = 400, string $by = 'admin' ): int {
		$this->become( $by );
		return $this->upload( 'photo', $width, $height );
	}

	/** A photograph with a suggestion that waits for a person. */
	protected function suggested( string $text = 'a cat on a mat', string $by = 'admin' ): Request_Row {
		$id = $this->photo( by: $by );
		$this->sync();
		$this->sidecar->describe_all( $text );
		$this->sync();
		$row = $this->row( $id );
		self::assertSame( 'pending', $row->display_status() );
		return $row;
	}

	/** A filter of another plugin that cannot cope with some images. */
	protected static function throws( string $sentence, int ...$with ): callable {
		return static function ( mixed $value, int $id ) use ( $sentence, $with ): mixed {
			if ( in_array( $id, $with, true ) ) {
				throw new \RuntimeException( $sentence );
			}
			return $value;
		};
	}

	/** What cron does. */
	protected function sync(): void {
		delete_option( 'altsmith_pause' );
		do_action( 'altsmith_sync' );
	}

	protected function row( int $attachment_id ): Request_Row {
		$row = ( new Request_Store() )->find( $attachment_id );
		self::assertNotNull( $row );
		return $row;
	}

	/** @return string|null The alt text in the database; null when there is no row. */
	protected function stored_alt( int $attachment_id ): ?string {
		global $wpdb;
		// get_var() would give null for an empty text too.
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT meta_value FROM $wpdb->postmeta WHERE post_id = %d AND meta_key = '_wp_attachment_image_alt'", $attachment_id ) );
		return $row?->meta_value;
	}

	protected function decide( Request_Row $row, string $action, array $more = array(), string $as = 'admin' ): WP_REST_Response {
		$body = array( 'action' => $action, 'version' => $row->suggestion_version, 'seen' => (string) $this->stored_alt( $row->attachment_id ) );
		return $this->call( 'POST', "suggestions/$row->suggestion_id/decision", $more + $body, $as );
	}
}
