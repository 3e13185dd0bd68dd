<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Admin;

use Altsmith\Settings;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use WP_Error;

/** Site Health says why suggestions do not come. */
final class Site_HealthTest extends Sidecar_Test_Case {
	/** What the site's call of its own route is answered with. */
	private mixed $own_answer = null;

	public function answer( mixed $given, array $arguments, string $url ): mixed {
		if ( str_starts_with( $url, rest_url( 'altsmith/v1/work' ) ) ) {
			return $this->own_answer;
		}
		return parent::answer( $given, $arguments, $url );
	}

	public function test_a_rest_api_that_is_locked_is_told_with_its_address(): void {
		$this->own_answer = $this->json( array(), 401 );
		$result           = $this->run_test( 'loopback' );
		self::assertSame( 'recommended', $result['status'] );
		self::assertStringContainsString( 'HTTP status 401', $result['description'] );
		self::assertStringContainsString( 'altsmith/v1/work', $result['description'] );
		$this->own_answer = new WP_Error( 'http_request_failed', 'cURL error 7: connection refused' );
		self::assertStringContainsString( 'connection refused', $this->run_test( 'loopback' )['description'] );
		$this->own_answer = array( 'response' => array( 'code' => 204, 'message' => '' ) ) + $this->json( array() );
		self::assertSame( 'good', $this->run_test( 'loopback' )['status'] );
	}

	public function test_a_site_that_may_be_a_copy_is_told(): void {
		do_action( 'altsmith_sync' );
		self::assertSame( 'good', $this->run_test( 'copy' )['status'] );
		update_option( 'altsmith_instance', array( 'hash' => 'of another address' ) + get_option( 'altsmith_instance' ) );
		self::assertSame( 'critical', $this->run_test( 'copy' )['status'] );
		self::assertStringContainsString( 'was connected under', $this->run_test( 'copy' )['description'] );
	}

	public function test_the_question_reaches_the_route_and_starts_no_work(): void {
		$this->photo();
		$now    = time();
		$signed = hash_hmac( 'sha256', "altsmith work $now", wp_salt( 'auth' ) );
		$this->sidecar->asked = array();
		$ask = function ( array $headers ): int {
			$request = new \WP_REST_Request( 'POST', '/altsmith/v1/work' );
			$request->set_headers( $headers );
			return rest_get_server()->dispatch( $request )->get_status();
		};
		wp_set_current_user( 0 );
		self::assertSame( 204, $ask( array( 'X-Altsmith-Time' => (string) $now, 'X-Altsmith-Signature' => $signed, 'X-Altsmith-Question' => '1' ) ) );
		self::assertSame( array(), $this->sidecar->asked );
		self::assertSame( 401, $ask( array( 'X-Altsmith-Time' => (string) $now, 'X-Altsmith-Signature' => 'forged', 'X-Altsmith-Question' => '1' ) ) );
	}

	public function test_the_sidecar_is_asked(): void {
		self::assertSame( 'good', $this->run_test( 'service' )['status'] );
		$this->sidecar->down = true;
		$result = $this->run_test( 'service' );
		self::assertSame( 'critical', $result['status'] );
		self::assertStringContainsString( 'connection refused', $result['description'] );
		self::assertStringContainsString( 'options-general.php?page=altsmith', $result['actions'] );
	}

	public function test_an_old_cron_is_told(): void {
		update_option( 'altsmith_last_cron', time() - 60 );
		self::assertSame( 'good', $this->run_test( 'cron' )['status'] );
		update_option( 'altsmith_last_cron', time() - DAY_IN_SECONDS );
		$result = $this->run_test( 'cron' );
		self::assertSame( 'recommended', $result['status'] );
		self::assertStringContainsString( '1 day ago', $result['description'] );
	}

	public function test_failed_images_are_counted_with_the_way_to_them(): void {
		self::assertSame( 'good', $this->run_test( 'images' )['status'] );
		$this->photo();
		$this->sync();
		$this->sidecar->fail_all( 'IMAGE_UNREADABLE' );
		$this->sync();
		$result = $this->run_test( 'images' );
		self::assertStringContainsString( '1 image got no suggestion', $result['label'] );
		self::assertStringContainsString( 'failed=1', $result['actions'] );
	}

	public function test_the_information_for_support_has_no_key(): void {
		$told = apply_filters( 'debug_information', array() )['altsmith']['fields'];
		self::assertSame( 'database', $told['key']['value'] );
		self::assertTrue( $told['address']['private'] );
		self::assertStringNotContainsString( 'key-of-the-test', (string) wp_json_encode( $told ) );
	}

	public function test_nothing_is_tested_before_it_is_set_up(): void {
		delete_option( Settings::URL_OPTION );
		self::assertSame( array( 'direct' => array(), 'async' => array() ), apply_filters( 'site_status_tests', array( 'direct' => array(), 'async' => array() ) ) );
	}

	/** @return array<string, mixed> */
	private function run_test( string $name ): array {
		$tests = apply_filters( 'site_status_tests', array( 'direct' => array(), 'async' => array() ) );
		$key   = 'altsmith_' . $name;
		return ( $tests['direct'][ $key ]['test'] ?? $tests['async'][ $key ]['async_direct_test'] )();
	}
}
