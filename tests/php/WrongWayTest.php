<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Identity\Instance;
use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use WP_Error;

/** Trouble on the way to the sidecar (a proxy, an address, a key) costs no image an attempt, and is told in one sentence. */
final class WrongWayTest extends Sidecar_Test_Case {
	/** @dataProvider ways */
	public function test_no_image_pays_for_it_and_all_go_by_themselves_afterwards( array $canned, string $in_the_sentence ): void {
		$ids = array( $this->photo(), $this->photo(), $this->photo() );
		$this->sidecar->canned = $canned;
		for ( $run = 0; $run < 9; $run++ ) {
			$this->sync();
		}
		foreach ( $ids as $id ) {
			self::assertSame( array( 'queued', 0 ), array( $this->row( $id )->status, $this->row( $id )->attempts ) );
		}
		self::assertStringContainsString( $in_the_sentence, get_option( 'altsmith_pause' )['message'] );
		$this->sidecar->canned = array();
		$this->sync();
		foreach ( $ids as $id ) {
			self::assertSame( array( 'sent', '' ), array( $this->row( $id )->status, $this->row( $id )->error_code ) );
		}
	}

	public static function ways(): array {
		$says  = static fn( int $status, string $code, string $message ): array => array( $status, array( 'error' => array( 'code' => $code, 'message' => $message, 'retryable' => false ) ) );
		$ways  = array();
		$pages = array( 403 => 'HTTP status 403', 500 => 'HTTP status 500', 502 => 'HTTP status 502', 504 => 'HTTP status 504', 520 => 'HTTP status 520', 526 => 'HTTP status 526' );
		foreach ( $pages as $status => $sentence ) {
			$page = array( $status, '<html>Bad gateway</html>' );
			$ways[ "every answer is a page with $status" ] = array( array( 'GET' => $page, 'HEAD' => array( $status, '' ), 'PUT' => $page, 'POST' => $page ), $sentence );
			$ways[ "only HEAD is answered, with $status" ] = array( array( 'HEAD' => array( $status, '' ) ), $sentence );
			$ways[ "only PUT is answered, with $status" ]  = array( array( 'PUT' => $page ), $sentence );
		}
		foreach ( array( 200, 302, 400, 401, 405, 415, 429, 451, 503 ) as $status ) {
			$ways[ "only PUT is answered, with $status" ] = array( array( 'PUT' => array( $status, '<html>No</html>' ) ), "HTTP status $status" );
		}
		foreach ( array( 401, 429, 503 ) as $status ) {
			$page = array( $status, '<html>No</html>' );
			$ways[ "every answer is a page with $status" ] = array( array( 'GET' => $page, 'HEAD' => array( $status, '' ), 'PUT' => $page, 'POST' => $page ), "HTTP status $status" );
		}
		$every = static fn( array $answer ): array => array( 'GET' => $answer, 'HEAD' => array( $answer[0], '' ), 'PUT' => $answer, 'POST' => $answer );
		return $ways + array(
			'an address with /v1'          => array( $every( $says( 404, 'NOT_FOUND', 'There is no such thing.' ) ), '“/v1”' ),
			'the same, noticed by PUT'     => array( array( 'PUT' => $says( 404, 'NOT_FOUND', 'There is no such thing.' ) ), '“/v1”' ),
			'a host that is not let in'    => array( $every( $says( 400, 'HOST_REFUSED', 'This host name is not allowed: set ALTSMITH_ALLOWED_HOSTS.' ) ), 'ALTSMITH_ALLOWED_HOSTS' ),
			'the same, noticed by HEAD'    => array( array( 'HEAD' => array( 400, '' ), 'GET /v1/status' => $says( 400, 'HOST_REFUSED', 'This host name is not allowed: set ALTSMITH_ALLOWED_HOSTS.' ) ), 'ALTSMITH_ALLOWED_HOSTS' ),
			'the key of a worker'          => array( $every( $says( 403, 'SCOPE_MISSING', 'This key may not do that.' ) ), 'This key may not' ),
		);
	}

	/**
	 * @testWith [200, "NOT_A_SIDECAR"]
	 *           [302, "NOT_A_SIDECAR"]
	 *           [401, "PROXY_ERROR"]
	 *           [403, "PROXY_ERROR"]
	 *           [405, "NOT_A_SIDECAR"]
	 *           [415, "PROXY_ERROR"]
	 *           [429, "PROXY_ERROR"]
	 *           [503, "PROXY_ERROR"]
	 */
	public function test_one_image_that_a_proxy_refuses_does_not_stop_the_others( int $status, string $code ): void {
		$bad  = $this->photo();
		$good = $this->photo( 700, 500 );
		$sha  = hash_file( 'sha256', get_attached_file( $bad ) );
		$this->sidecar->canned = array( "PUT /v1/images/$sha" => array( $status, '<html>Request blocked</html>' ) );
		$this->sync();
		$this->sync();
		self::assertSame( 'sent', $this->row( $good )->status );
		self::assertSame( array( 'queued', $code ), array( $this->row( $bad )->status, $this->row( $bad )->error_code ) );
		for ( $run = 0; $run < 12; $run++ ) {
			( new Request_Store() )->change( $bad, array( 'next_attempt_at' => 0 ) );
			$this->sync();
		}
		self::assertSame( array( 'failed', $code ), array( $this->row( $bad )->status, $this->row( $bad )->error_code ) );
		self::assertStringContainsString( "HTTP status $status", $this->row( $bad )->error_message );
		self::assertLessThan( 12, $this->sidecar->count( "PUT /v1/images/$sha" ), 'not without end' );
		self::assertFalse( get_option( 'altsmith_pause' ), 'and nothing else waits for it' );
	}

	public function test_one_image_that_breaks_the_connection_does_not_stop_the_others_nor_the_reports(): void {
		$told   = $this->suggested();
		$bad     = $this->photo( 680, 480 );
		$good    = $this->photo( 700, 500 );
		$sha     = hash_file( 'sha256', get_attached_file( $bad ) );
		$put     = 0;
		$resets  = function ( mixed $given, array $arguments, string $url ) use ( $sha, &$put ): mixed {
			if ( 'PUT' !== $arguments['method'] || ! str_ends_with( $url, $sha ) ) {
				return $given;
			}
			++$put;
			unset( $this->sidecar->images[ $sha ] );
			return new WP_Error( 'http_request_failed', 'cURL error 56: connection reset by peer' );
		};
		add_filter( 'pre_http_request', $resets, 10, 3 );
		$this->sidecar->decide_elsewhere( $told->suggestion_id, 'approve' );
		$this->sync();
		self::assertSame( array( 'queued', 'UNREACHABLE', 0 ), array( $this->row( $bad )->status, $this->row( $bad )->error_code, $this->row( $bad )->attempts ) );
		self::assertSame( array( 'applied' ), $this->sidecar->reported(), 'what was written is reported in the very run that breaks' );
		$this->sync();
		self::assertSame( 'sent', $this->row( $good )->status );
		for ( $run = 0; $run < 12; $run++ ) {
			( new Request_Store() )->change( $bad, array( 'next_attempt_at' => 0 ) );
			$this->sync();
		}
		remove_filter( 'pre_http_request', $resets, 10 );
		self::assertSame( array( 'failed', 'UNREACHABLE' ), array( $this->row( $bad )->status, $this->row( $bad )->error_code ) );
		self::assertStringContainsString( 'reset by peer', $this->row( $bad )->error_message );
		self::assertLessThan( 12, $put, 'not without end' );
		self::assertFalse( get_option( 'altsmith_pause' ) );
	}

	/**
	 * @testWith ["state", "archived"]
	 *           ["flags", null]
	 *           ["subject", "attachment 5"]
	 */
	public function test_one_entry_of_the_feed_that_this_version_does_not_know_does_not_stop_the_others( string $field, mixed $value ): void {
		$newer = $this->photo();
		$this->sync();
		$this->sidecar->describe_all();
		$id = (string) array_key_first( $this->sidecar->suggestions );
		$this->sidecar->suggestions[ $id ][ $field ] = $value;
		$good = $this->photo( 700, 500 );
		$this->sync();
		$this->sidecar->describe_all( 'a dog' );
		$this->sync();
		self::assertSame( 'pending', $this->row( $good )->display_status() );
		self::assertFalse( get_option( 'altsmith_pause' ) );
		self::assertSame( 'sent', $this->row( $newer )->status );
		if ( 'subject' !== $field ) {
			self::assertStringContainsString( 'Are both on the same version?', $this->row( $newer )->error_message );
		}
	}

	public function test_an_answer_that_a_proxy_refuses_each_time_does_not_stop_the_others(): void {
		$lost = $this->suggested();
		$bad  = $this->photo( 680, 480 );
		$this->sync();
		$good = $this->photo( 700, 500 );
		( new Request_Store() )->look_at_sent_now();
		update_option( 'altsmith_recheck', 0 );
		$refused = array( 'GET /v1/jobs/' . $this->row( $bad )->job_id, "GET /v1/suggestions/$lost->suggestion_id" );
		$this->sidecar->firewall = static fn( string $line ): ?array => in_array( $line, $refused, true ) ? array( 403, '<html>Blocked</html>' ) : null;
		$this->sync();
		self::assertSame( 'sent', $this->row( $good )->status );
		self::assertFalse( get_option( 'altsmith_pause' ) );
		self::assertFalse( get_option( 'altsmith_recheck' ) );
		self::assertSame( array( 'sent', 'pending' ), array( $this->row( $bad )->display_status(), $this->row( $lost->attachment_id )->display_status() ) );
	}

	public function test_a_body_that_is_too_large_for_the_proxy_is_that_images_trouble(): void {
		$id = $this->photo();
		$this->sidecar->canned = array( 'PUT' => array( 413, '<html>Request Entity Too Large</html>' ) );
		$this->sync();
		self::assertSame( array( 'failed', 'IMAGE_TOO_LARGE' ), array( $this->row( $id )->status, $this->row( $id )->error_code ) );
		self::assertStringContainsString( 'client_max_body_size', $this->row( $id )->error_message );
	}

	/**
	 * @testWith [401, "HTTP status 401", "error"]
	 *           [403, "HTTP status 403", "error"]
	 *           [503, "HTTP status 503", "error"]
	 *           [302, "not an Altsmith sidecar", "not_a_sidecar"]
	 */
	public function test_the_connection_test_names_the_server_in_front( int $status, string $sentence, string $outcome ): void {
		$this->sidecar->canned = array( 'GET /v1/status' => array( $status, '<html>No</html>' ) );
		$found                 = $this->call( 'POST', 'connection' )->get_data();
		self::assertSame( $outcome, $found['outcome'] );
		self::assertStringContainsString( $sentence, $found['message'] );
	}

	public function test_the_connection_test_says_that_the_address_has_too_much_at_its_end(): void {
		$this->sidecar->canned = array( 'GET /v1/status' => array( 404, array( 'error' => array( 'code' => 'NOT_FOUND', 'message' => 'x', 'retryable' => false ) ) ) );
		$found                 = $this->call( 'POST', 'connection' )->get_data();
		self::assertSame( 'not_a_sidecar', $found['outcome'] );
		self::assertStringContainsString( 'without “/v1”', $found['message'] );
	}

	public function test_the_connection_test_says_that_an_answer_is_awaited(): void {
		( new Instance() )->id();
		( new Instance() )->doubt( Instance::TURN );
		$found = $this->call( 'POST', 'connection' )->get_data();
		self::assertSame( ( new Instance() )->sentence(), $found['message'] );
	}

	public function test_a_report_whose_text_a_firewall_refuses_is_made_without_it(): void {
		$row   = $this->suggested( 'a SELECT of pictures FROM a table' );
		$other = $this->suggested( 'a cat' );
		$this->refuse_reports( 'SELECT' );
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'approve' );
		$this->sidecar->decide_elsewhere( $other->suggestion_id, 'approve' );
		$this->sync();
		self::assertFalse( get_option( 'altsmith_pause' ) );
		self::assertSame( array( 'applied', 'applied' ), array( $this->sidecar->suggestions[ $row->suggestion_id ]['state'], $this->sidecar->suggestions[ $other->suggestion_id ]['state'] ) );
		self::assertSame( 'a SELECT of pictures FROM a table', $this->stored_alt( $row->attachment_id ) );
		self::assertNull( $this->row( $row->attachment_id )->report );
	}

	public function test_reports_that_a_proxy_refuses_altogether_stop_nothing_else(): void {
		$row  = $this->suggested();
		$this->refuse_reports( 'outcome' );
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'approve' );
		$id = $this->photo( 700, 500 );
		$this->sync();
		$this->sidecar->describe_all( 'a dog' );
		$this->sync();
		self::assertFalse( get_option( 'altsmith_pause' ) );
		self::assertSame( array( 'pending', 'PROXY_ERROR' ), array( $this->row( $id )->display_status(), $this->row( $row->attachment_id )->error_code ) );
		$this->sidecar->firewall = null;
		$this->sync();
		self::assertSame( array( 'applied', '' ), array( $this->sidecar->suggestions[ $row->suggestion_id ]['state'], $this->row( $row->attachment_id )->error_code ) );
	}

	/** A firewall on the way answers reports whose body has this word. */
	private function refuse_reports( string $word ): void {
		$this->sidecar->firewall = static fn( string $line, string $body ): ?array => str_ends_with( $line, '/write-back' ) && str_contains( $body, $word ) ? array( 403, '<html>Blocked</html>' ) : null;
	}
}
