<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Plugin;
use Altsmith\Settings;
use Altsmith\Sync\Loopback;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** How the site wakes itself: what it sends to its own address, and how long it waits where there is no way. */
final class LoopbackTest extends Sidecar_Test_Case {
	/** @var resource|null */
	private mixed $server = null;

	protected function tearDown(): void {
		unset( $_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW'] );
		if ( is_resource( $this->server ) ) {
			fclose( $this->server );
		}
		parent::tearDown();
	}

	public function test_behind_a_password_it_gives_what_the_visitor_gave(): void {
		$_SERVER['PHP_AUTH_USER'] = 'staging';
		$_SERVER['PHP_AUTH_PW']   = 'let me in';
		$got = $this->received();
		self::assertStringStartsWith( 'POST /wp-json/altsmith/v1/work HTTP/1.1', $got );
		self::assertStringContainsString( "\r\nAuthorization: Basic " . base64_encode( 'staging:let me in' ) . "\r\n", $got );
		self::assertStringContainsString( "\r\nX-Altsmith-Signature: ", $got );
		$asked = array();
		$notes = static function ( mixed $given, array $arguments ) use ( &$asked ): mixed {
			$asked[] = $arguments['headers'];
			return array( 'response' => array( 'code' => 204, 'message' => '' ), 'headers' => array(), 'body' => '', 'cookies' => array(), 'filename' => null );
		};
		add_filter( 'pre_http_request', $notes, 1, 2 );
		self::assertSame( '', ( new Loopback( new Settings() ) )->problem(), 'Site Health asks in the same way' );
		remove_filter( 'pre_http_request', $notes, 1 );
		self::assertSame( 'Basic ' . base64_encode( 'staging:let me in' ), $asked[0]['Authorization'] );
	}

	public function test_an_application_password_stays_where_it_is(): void {
		$_SERVER['PHP_AUTH_USER'] = 'admin';
		$_SERVER['PHP_AUTH_PW']   = 'abcd efgh';
		$GLOBALS['wp_rest_application_password_uuid'] = 'uuid-of-a-password';
		$got = $this->received();
		unset( $GLOBALS['wp_rest_application_password_uuid'] );
		self::assertStringNotContainsString( 'Authorization', $got );
	}

	public function test_a_filter_gives_the_site_another_address_for_itself(): void {
		$got = $this->received( static fn( array $request, int $port ): array => array( 'url' => "http://127.0.0.1:$port/inside?a=1" ) + $request );
		self::assertStringStartsWith( 'POST /inside?a=1 HTTP/1.1', $got );
	}

	public function test_nobody_waits_twice_for_a_connection_that_cannot_be_made(): void {
		$tries = 0;
		// A port that is taken and where nobody listens.
		$this->server = stream_socket_server( 'tcp://127.0.0.1:0', $code, $reason, STREAM_SERVER_BIND );
		$name  = stream_socket_get_name( $this->server, false );
		$count = static function ( array $request ) use ( &$tries, $name ): array {
			++$tries;
			return array( 'url' => "http://$name/" ) + $request;
		};
		add_filter( 'altsmith_loopback_request', $count );
		$loopback = new Loopback( new Settings() );
		update_option( 'altsmith_loopback_failed', 0 );
		$loopback->wake( false );
		$loopback->wake( false );
		self::assertSame( 1, $tries );
		$loopback->wake();
		self::assertSame( 2, $tries, 'where nobody waits it is tried each time' );
		update_option( 'altsmith_loopback_failed', time() - HOUR_IN_SECONDS );
		$loopback->wake( false );
		self::assertSame( 3, $tries );
		remove_filter( 'altsmith_loopback_request', $count );
	}

	/** What a server at the site's own address gets. */
	private function received( ?callable $change = null ): string {
		$this->server = stream_socket_server( 'tcp://127.0.0.1:0' );
		$port   = (int) explode( ':', stream_socket_get_name( $this->server, false ) )[1];
		$to     = static fn( array $request ): array => null === $change ? array( 'url' => "http://127.0.0.1:$port/wp-json/altsmith/v1/work" ) + $request : $change( $request, $port );
		add_filter( 'altsmith_loopback_request', $to );
		self::assertTrue( ( new Loopback( new Settings() ) )->send() );
		remove_filter( 'altsmith_loopback_request', $to );
		$connection = stream_socket_accept( $this->server, 5 );
		return (string) stream_get_contents( $connection );
	}

	public function test_what_a_command_line_uploads_is_sent_by_the_next_cron_run_and_not_an_hour_later(): void {
		wp_unschedule_hook( Plugin::CRON_HOOK );
		$loopback = new Loopback( new Settings() );
		$loopback->fire_after_response();
		$loopback->fire();
		remove_action( 'shutdown', array( $loopback, 'fire' ), PHP_INT_MAX );
		self::assertLessThanOrEqual( time() + 60, wp_next_scheduled( Plugin::CRON_HOOK, array( 'soon' ) ) ?: PHP_INT_MAX );
	}
}
