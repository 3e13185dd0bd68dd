<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Tests\Support\Sidecar_Test_Case;
use WP_REST_Request;

final class WebhookTest extends Sidecar_Test_Case {
	private const KEY  = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
	private const BODY = '{"type":"changes.available","timestamp":"2026-01-01T00:00:00.000Z","data":{}}';

	protected function setUp(): void {
		parent::setUp();
		$this->sidecar->canned = array( 'PUT /v1/webhook' => array( 200, array( 'webhook' => array( 'url' => 'x', 'secret' => 'whsec_' . self::KEY, 'created_at' => '2026-01-01T00:00:00.000Z' ) ) ) );
	}

	private function deliver( array $changes = array(), string $body = self::BODY ): int {
		$headers = $changes + array( 'webhook-id' => 'msg_1', 'webhook-timestamp' => (string) time() );
		$sign    = base64_encode( hash_hmac( 'sha256', $headers['webhook-id'] . '.' . $headers['webhook-timestamp'] . '.' . self::BODY, (string) base64_decode( self::KEY, true ), true ) );
		$headers += array( 'webhook-signature' => 'v1,' . $sign );
		wp_set_current_user( 0 );
		$request = new WP_REST_Request( 'POST', '/altsmith/v1/webhook' );
		foreach ( $headers as $name => $value ) {
			$request->set_header( $name, $value );
		}
		$request->set_header( 'Content-Type', 'application/json' );
		$request->set_body( $body );
		return rest_get_server()->dispatch( $request )->get_status();
	}

	public function test_a_successful_connection_test_introduces_this_site_once(): void {
		self::assertTrue( $this->call( 'POST', 'connection' )->get_data()['webhook'] );
		$this->call( 'POST', 'connection' );
		self::assertSame( 1, $this->sidecar->count( 'PUT /v1/webhook' ) );
	}

	public function test_only_what_the_sidecar_signed_is_heard(): void {
		self::assertSame( 401, $this->deliver(), 'nobody was introduced yet' );
		$this->call( 'POST', 'connection' );
		self::assertSame( 204, $this->deliver() );
		self::assertSame( 204, $this->deliver( array( 'webhook-signature' => 'v1,AAAA ' . 'v1,' . base64_encode( hash_hmac( 'sha256', 'msg_1.' . time() . '.' . self::BODY, (string) base64_decode( self::KEY, true ), true ) ) ) ), 'while a secret changes there are two' );
		self::assertSame( 401, $this->deliver( array(), '{"type":"other"}' ), 'another body' );
		self::assertSame( 401, $this->deliver( array( 'webhook-timestamp' => (string) ( time() - 900 ) ) ), 'an old one' );
		self::assertSame( 401, $this->deliver( array( 'webhook-signature' => '' ) ) );
		self::assertSame( 401, $this->deliver( array( 'webhook-id' => '' ) ) );
	}

	public function test_a_sidecar_that_may_not_call_us_is_no_error(): void {
		$this->sidecar->canned = array( 'PUT /v1/webhook' => array( 400, array( 'error' => array( 'code' => 'BAD_REQUEST', 'message' => 'private', 'retryable' => false ) ) ) );
		$answer = $this->call( 'POST', 'connection' )->get_data();
		self::assertSame( array( true, false ), array( $answer['ok'], $answer['webhook'] ) );
	}
}
