<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Writeback\Provenance;
use RuntimeException;

/** Whatever is wrong with one image, those behind it get their suggestions, and it says why it got none. */
final class OneBadImageTest extends Sidecar_Test_Case {
	public function test_a_filter_that_throws_fails_its_own_image_alone(): void {
		$bad    = $this->photo();
		$good   = $this->photo();
		$throws = self::throws( 'no such table', $bad );
		add_filter( 'altsmith_request_context', $throws, 10, 2 );
		$this->sync();
		self::assertSame( 'sent', $this->row( $good )->status );
		self::assertSame( array( 'queued', 1, 'SITE_ERROR' ), array( $this->row( $bad )->status, $this->row( $bad )->attempts, $this->row( $bad )->error_code ) );
		self::assertStringContainsString( 'no such table', $this->row( $bad )->error_message );
		for ( $i = 0; $i < 2; $i++ ) {
			( new Request_Store() )->change( $bad, array( 'next_attempt_at' => 0 ) );
			$this->sync();
		}
		remove_filter( 'altsmith_request_context', $throws, 10 );
		self::assertSame( array( 'failed', 3 ), array( $this->row( $bad )->status, $this->row( $bad )->attempts ) );
	}

	public function test_an_attempt_is_counted_before_its_work(): void {
		$id    = $this->photo();
		$seen  = array();
		$looks = function ( array $context, int $of ) use ( &$seen ): array {
			$seen = array( $this->row( $of )->attempts, $this->row( $of )->error_code, $this->row( $of )->next_attempt_at > time() );
			return $context;
		};
		add_filter( 'altsmith_request_context', $looks, 10, 2 );
		$this->sync();
		remove_filter( 'altsmith_request_context', $looks, 10 );
		self::assertSame( array( 1, 'INTERRUPTED', true ), $seen );
		self::assertSame( array( 'sent', '' ), array( $this->row( $id )->status, $this->row( $id )->error_code ) );
	}

	public function test_an_image_that_ends_php_is_given_up_and_the_next_one_goes_in_the_next_run(): void {
		global $wpdb;
		$bad  = $this->photo();
		$good = $this->photo();
		// Another process must see them; what is left of them is taken away below.
		$wpdb->query( 'COMMIT' );
		$wpdb->query( 'SET autocommit = 1' );
		try {
			$said = array();
			for ( $run = 0; $run < 4; $run++ ) {
				$said[] = $this->cron_in_its_own_process( $bad );
				( new Request_Store() )->change( $bad, array( 'next_attempt_at' => 0 ) );
			}
			self::assertStringContainsString( 'critical error', $said[0] );
			self::assertSame( array( 'failed', 3, 'INTERRUPTED' ), array( $this->row( $bad )->status, $this->row( $bad )->attempts, $this->row( $bad )->error_code ) );
			self::assertStringContainsString( 'memory limit', $this->row( $bad )->error_message );
			self::assertSame( 'sent', $this->row( $good )->status );
		} finally {
			foreach ( array( $bad, $good ) as $id ) {
				wp_delete_attachment( $id, true );
				( new Request_Store() )->remove( $id );
			}
			foreach ( $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE 'altsmith\_%' AND option_name NOT LIKE '%\_version'" ) as $option ) {
				delete_option( $option );
			}
		}
	}

	public function test_a_hook_that_throws_holds_up_neither_the_feed_nor_the_other_texts(): void {
		$first  = $this->suggested( 'a first picture' );
		$second = $this->suggested( 'a second picture' );
		$throws = self::throws( 'no', $first->attachment_id );
		add_filter( 'altsmith_before_write', $throws, 10, 2 );
		$this->sidecar->decide_elsewhere( $first->suggestion_id, 'approve' );
		$this->sidecar->decide_elsewhere( $second->suggestion_id, 'approve' );
		$this->sync();
		self::assertNull( $this->stored_alt( $first->attachment_id ) );
		self::assertSame( 'SITE_ERROR', $this->row( $first->attachment_id )->error_code );
		self::assertSame( 'a second picture', $this->stored_alt( $second->attachment_id ) );
		remove_filter( 'altsmith_before_write', $throws, 10 );
		$this->sync();
		self::assertSame( 'a first picture', $this->stored_alt( $first->attachment_id ) );
	}

	public function test_a_hook_that_throws_after_the_write_leaves_it_written_and_ours(): void {
		$row    = $this->suggested();
		$throws = static fn( int $meta_id, int $id, string $key ) => '_wp_attachment_image_alt' === $key ? self::throws( 'cache is full', $id )( '', $id ) : null;
		add_action( 'added_post_meta', $throws, 10, 3 );
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'approve' );
		$this->sync();
		remove_action( 'added_post_meta', $throws, 10 );
		$this->sync();
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 'applied', $this->row( $row->attachment_id )->suggestion_state );
		self::assertSame( array( 'applied' ), $this->sidecar->reported() );
	}

	public function test_a_hook_that_throws_stops_neither_the_answer_nor_the_other_decisions(): void {
		$rows   = array( $this->suggested( 'one' ), $this->suggested( 'two' ), $this->suggested( 'three' ) );
		$alone  = $this->suggested( 'alone' );
		$write  = self::throws( 'no room', $rows[1]->attachment_id, $alone->attachment_id );
		$compare = self::throws( 'no such bucket', $rows[2]->attachment_id );
		add_filter( 'altsmith_before_write', $write, 10, 2 );
		add_filter( 'get_attached_file', $compare, 10, 2 );
		$decisions = array_map( static fn( Request_Row $row ): array => array( 'suggestion_id' => $row->suggestion_id, 'action' => 'approve', 'version' => 1, 'seen' => '', 'mode' => 'bulk' ), $rows );
		$items     = $this->call( 'POST', 'decisions', array( 'decisions' => $decisions ) )->get_data()['items'];
		$one       = $this->decide( $alone, 'approve' );
		remove_filter( 'altsmith_before_write', $write, 10 );
		remove_filter( 'get_attached_file', $compare, 10 );
		self::assertSame( 'applied', $items[0]['suggestion']['status'] );
		self::assertSame( array( 'altsmith_site_error', 'altsmith_site_error' ), array( $items[1]['error']['code'], $items[2]['error']['code'] ) );
		self::assertStringContainsString( 'no room', $items[1]['error']['message'] );
		self::assertSame( array( 502, 'altsmith_site_error' ), array( $one->get_status(), $one->get_data()['code'] ) );
		self::assertSame( 'SITE_ERROR', $this->row( $rows[1]->attachment_id )->error_code );
		$this->sync();
		self::assertSame( 'two', $this->stored_alt( $rows[1]->attachment_id ), 'decided is decided: it is written when the hook is well' );
		$again = $this->call( 'POST', 'decisions', array( 'decisions' => array( $decisions[2] ) ) )->get_data()['items'];
		self::assertSame( 'applied', $again[0]['suggestion']['status'], 'and nothing is locked' );
	}

	public function test_a_hook_that_throws_at_an_undo_leaves_nothing_half_undone(): void {
		$row = $this->suggested();
		$this->decide( $row, 'decorative' );
		self::assertSame( '', $this->stored_alt( $row->attachment_id ) );
		$throws = static function ( array $meta_ids, int $id, string $key ): void {
			if ( '_wp_attachment_image_alt' === $key ) {
				throw new RuntimeException( 'cache is full' );
			}
		};
		add_action( 'deleted_post_meta', $throws, 10, 3 );
		$answer = $this->call( 'POST', "suggestions/$row->suggestion_id/undo" );
		remove_action( 'deleted_post_meta', $throws, 10 );
		self::assertSame( array( 200, 'pending' ), array( $answer->get_status(), $answer->get_data()['suggestion']['status'] ) );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertFalse( Provenance::is_decorative( $row->attachment_id ) );
		self::assertNull( Provenance::latest( $row->attachment_id ) );
	}

	public function test_an_undo_that_cannot_be_done_says_why(): void {
		$row = $this->suggested();
		$this->decide( $row, 'approve' );
		$breaks = static fn( string $query ): string => str_starts_with( $query, 'DELETE' ) && str_contains( $query, 'CAST( CONVERT(' ) ? 'DELETE FROM no_such_table' : $query;
		global $wpdb;
		$was_quiet = $wpdb->suppress_errors();
		add_filter( 'query', $breaks );
		$answer = $this->call( 'POST', "suggestions/$row->suggestion_id/undo" );
		remove_filter( 'query', $breaks );
		$wpdb->suppress_errors( $was_quiet );
		self::assertSame( array( 502, 'altsmith_database_refused' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 200, $this->call( 'POST', "suggestions/$row->suggestion_id/undo" )->get_status() );
	}

	public function test_a_report_that_the_sidecar_cannot_take_in_holds_up_no_other(): void {
		$first  = $this->suggested( 'a first picture' );
		$second = $this->suggested( 'a second picture' );
		$this->sidecar->canned = array( "POST /v1/suggestions/$first->suggestion_id/write-back" => array( 500, array( 'error' => array( 'code' => 'INTERNAL', 'message' => 'm', 'retryable' => true ) ) ) );
		$this->sidecar->decide_elsewhere( $first->suggestion_id, 'approve' );
		$this->sidecar->decide_elsewhere( $second->suggestion_id, 'approve' );
		$this->sync();
		self::assertFalse( get_option( 'altsmith_pause' ) );
		self::assertSame( array( 'approved', 'applied' ), array( $this->sidecar->suggestions[ $first->suggestion_id ]['state'], $this->sidecar->suggestions[ $second->suggestion_id ]['state'] ) );
		$this->sidecar->canned = array();
		$this->sync();
		self::assertSame( 'applied', $this->sidecar->suggestions[ $first->suggestion_id ]['state'] );
	}

	public function test_an_undo_while_a_report_is_on_its_way_is_reported_too(): void {
		$row = $this->suggested();
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'approve' );
		$undo  = (string) wp_json_encode( array( 'outcome' => 'undone', 'before' => array( 'alt_text' => 'a cat on a mat' ), 'after' => array( 'alt_text' => '' ) ) );
		$undoes = static function ( mixed $answer, array $arguments, string $url ) use ( $row, $undo, &$undoes ): mixed {
			if ( str_ends_with( $url, '/write-back' ) ) {
				remove_filter( 'pre_http_request', $undoes, 20 );
				( new Request_Store() )->change( $row->attachment_id, array( 'report' => $undo ) );
			}
			return $answer;
		};
		add_filter( 'pre_http_request', $undoes, 20, 3 );
		$this->sync();
		self::assertSame( array( 'applied', 'undone' ), $this->sidecar->reported() );
		self::assertNull( $this->row( $row->attachment_id )->report );
	}

	private function cron_in_its_own_process( int $bad ): string {
		$command = array( PHP_BINARY, '-d', 'memory_limit=96M', __DIR__ . '/support/cron-once.php', untrailingslashit( ABSPATH ), (string) $bad );
		$process = proc_open( $command, array( 1 => array( 'pipe', 'w' ), 2 => array( 'file', '/dev/null', 'w' ) ), $pipes );
		self::assertIsResource( $process );
		$said = (string) stream_get_contents( $pipes[1] );
		proc_close( $process );
		return $said;
	}
}
