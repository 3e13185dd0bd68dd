<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Settings;
use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Fake_Sidecar;
use Altsmith\Tests\Support\Sidecar_Test_Case;

final class LostWorkTest extends Sidecar_Test_Case {
	/** As if ten minutes had passed since the image was sent. */
	private function wait_for_the_look( int $id ): void {
		( new Request_Store() )->change( $id, array( 'next_attempt_at' => time() - 1 ) );
	}

	/** The data folder is another one: same address, same key, nothing in it. */
	private function wipe(): void {
		$this->sidecar = new Fake_Sidecar();
	}

	private function status( int $id ): string {
		return $this->row( $id )->display_status();
	}

	public function test_a_job_that_the_sidecar_lost_is_sent_again_once(): void {
		$id = $this->photo();
		$this->sync();
		self::assertSame( 'sent', $this->status( $id ) );
		$this->wipe();
		$this->sync();
		self::assertSame( 0, $this->sidecar->count( 'GET /v1/jobs/' ), 'not before its time' );
		$this->wait_for_the_look( $id );
		$this->sync();
		$this->sync();
		self::assertSame( array( 1, 1 ), array( $this->sidecar->count( 'PUT /v1/images/' ), $this->sidecar->count( 'POST /v1/jobs' ) ) );
		$this->sidecar->describe_all( 'again' );
		$this->sync();
		self::assertSame( 'again', $this->row( $id )->suggestion['fields']['alt_text'] );
	}

	public function test_one_lost_job_puts_everything_in_doubt_that_is_open(): void {
		$waiting = $this->suggested( 'before' )->attachment_id;
		$written = $this->suggested( 'kept' );
		$this->decide( $written, 'approve' );
		$ids = array( $this->photo(), $this->photo( 700, 500 ) );
		$this->sync();
		$this->wipe();
		$this->wait_for_the_look( $ids[0] );
		$this->sync();
		self::assertSame( 3, $this->sidecar->count( 'POST /v1/jobs' ) );
		self::assertSame( array( 'sent', 'sent', 'sent' ), array_map( array( $this, 'status' ), array( $waiting, ...$ids ) ) );
		self::assertSame( 'applied', $this->status( $written->attachment_id ), 'what is written needs no sidecar' );
		$this->sidecar->describe_all( 'after' );
		$this->sync();
		self::assertSame( 'after', $this->row( $waiting )->suggestion['fields']['alt_text'] );
		self::assertFalse( get_option( 'altsmith_recheck' ) );
	}

	public function test_a_picture_that_the_sidecar_wants_again_goes_through_the_queue(): void {
		$row     = $this->suggested( 'of a demonstration' );
		$decided = $this->suggested( 'of another' );
		$this->decide( $decided, 'reject' );
		$this->sidecar->images = array();
		$this->sidecar->jobs   = array();
		foreach ( $this->sidecar->suggestions as $suggestion ) {
			$this->sidecar->changes[] = array( 'cursor' => (string) ( count( $this->sidecar->changes ) + 1 ), 'type' => 'picture_wanted', 'at' => gmdate( 'c' ), 'job' => null, 'suggestion' => $suggestion );
		}
		$this->sidecar->asked  = array();
		$this->sidecar->bodies = array();
		$this->sync();
		self::assertSame( array( 1, 1 ), array( $this->sidecar->count( 'PUT /v1/images/' ), $this->sidecar->count( 'POST /v1/jobs' ) ) );
		self::assertSame( 'backfill', json_decode( $this->sidecar->bodies[ array_search( 'POST /v1/jobs', $this->sidecar->asked, true ) ], true )['priority'] );
		self::assertSame( array( 'sent', 'rejected' ), array( $this->status( $row->attachment_id ), $this->status( $decided->attachment_id ) ) );
		// The job of another model has another id.
		( new Request_Store() )->change( $row->attachment_id, array( 'job_id' => 'job_of_another_model' ) );
		delete_option( 'altsmith_cursor' );
		$this->sync();
		self::assertSame( 1, $this->sidecar->count( 'POST /v1/jobs' ), 'read twice, it is asked once' );
	}

	public function test_a_job_that_only_takes_long_is_left_alone(): void {
		$id = $this->photo();
		$this->sync();
		$this->wait_for_the_look( $id );
		$this->sync();
		$this->sync();
		self::assertSame( array( 1, 1 ), array( $this->sidecar->count( 'GET /v1/jobs/' ), $this->sidecar->count( 'POST /v1/jobs' ) ) );
		self::assertGreaterThan( time(), $this->row( $id )->next_attempt_at );
	}

	public function test_a_suggestion_that_the_feed_never_told_is_fetched(): void {
		$id = $this->photo();
		$this->sync();
		$this->sidecar->describe_all( 'from an older backup' );
		$this->sidecar->changes = array();
		$this->wait_for_the_look( $id );
		$this->sync();
		self::assertSame( 'pending', $this->status( $id ) );
	}

	public function test_another_key_puts_everything_in_doubt_at_once(): void {
		$row = $this->suggested();
		$this->wipe();
		update_option( Settings::KEY_OPTION, 'key-of-the-test ' );
		$this->sync();
		self::assertSame( 'pending', $this->status( $row->attachment_id ), 'the same key but for a space' );
		update_option( 'altsmith_sidecar', 'of another key' );
		$this->sync();
		self::assertSame( 'sent', $this->status( $row->attachment_id ) );
	}

	public function test_another_address_of_the_same_sidecar_puts_nothing_in_doubt(): void {
		$this->more_addresses = array( 'http://localhost:8787', 'http://captions.internal' );
		$this->more_keys      = array( 'Bearer the-key-after-rotation' );
		$row    = $this->suggested();
		$cursor = get_option( 'altsmith_cursor' );
		foreach ( array( 'http://localhost:8787', 'http://captions.internal', self::SIDECAR, 'http://localhost:8787' ) as $address ) {
			update_option( Settings::URL_OPTION, $address );
			$this->sync();
			self::assertSame( array( 'pending', $cursor ), array( $this->status( $row->attachment_id ), get_option( 'altsmith_cursor' ) ), $address );
		}
		update_option( Settings::KEY_OPTION, 'the-key-after-rotation' );
		$this->sync();
		self::assertSame( 1, $this->sidecar->count( 'POST /v1/jobs' ) );
		self::assertSame( 0, $this->sidecar->count( 'GET /v1/suggestions/' ) );
		self::assertFalse( get_option( 'altsmith_recheck' ) );
		self::assertSame( 4, $this->sidecar->count( 'GET /v1/status' ), 'each of them is asked once' );
	}

	public function test_another_site_at_the_same_sidecar_has_another_feed(): void {
		$row = $this->suggested();
		$this->wipe();
		update_option( Settings::KEY_OPTION, 'key-of-another-site' );
		$this->more_keys = array( 'Bearer key-of-another-site' );
		$this->sidecar->canned = array( 'GET /v1/status' => array( 200, array( 'site' => array( 'id' => 'site_2', 'name' => 'Other' ) ) + Fake_Sidecar::status() ) );
		$this->sync();
		self::assertSame( 'sent', $this->status( $row->attachment_id ) );
		self::assertSame( 1, $this->sidecar->count( 'POST /v1/jobs' ) );
	}

	public function test_a_new_address_that_does_not_answer_costs_nothing(): void {
		$row    = $this->suggested();
		$cursor = get_option( 'altsmith_cursor' );
		update_option( Settings::URL_OPTION, 'http://localhost:9999' );
		$this->sidecar->down = true;
		$this->sync();
		self::assertSame( array( 'pending', $cursor ), array( $this->status( $row->attachment_id ), get_option( 'altsmith_cursor' ) ) );
		self::assertIsArray( get_option( 'altsmith_pause' ) );
		$this->sidecar->down = false;
		update_option( Settings::URL_OPTION, self::SIDECAR );
		delete_option( 'altsmith_pause' );
		$this->sync();
		self::assertSame( array( 'pending', 1 ), array( $this->status( $row->attachment_id ), $this->sidecar->count( 'POST /v1/jobs' ) ) );
	}

	public function test_deciding_about_a_lost_suggestion_says_so_and_asks_again(): void {
		$row = $this->suggested();
		$this->wipe();
		$answer = $this->decide( $row, 'approve' );
		self::assertSame( array( 400, 'altsmith_suggestion_lost' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		$this->sync();
		$this->sidecar->describe_all( 'anew' );
		$this->sync();
		self::assertSame( 200, $this->decide( $this->row( $row->attachment_id ), 'approve' )->get_status() );
		self::assertSame( 'anew', $this->stored_alt( $row->attachment_id ) );
	}

	public function test_a_sidecar_restored_from_a_backup_has_the_word_about_versions(): void {
		$row    = $this->suggested();
		$backup = $this->sidecar->suggestions;
		$this->decide( $row, 'reject' );
		$this->call( 'POST', "suggestions/$row->suggestion_id/undo" );
		self::assertSame( 3, $this->row( $row->attachment_id )->suggestion_version );
		$this->sidecar->suggestions = $backup;
		self::assertSame( 409, $this->decide( $this->row( $row->attachment_id ), 'approve' )->get_status() );
		self::assertSame( 200, $this->decide( $this->row( $row->attachment_id ), 'approve' )->get_status() );
	}

	public function test_what_was_written_is_reported_once_even_if_nobody_remembers_it(): void {
		$row = $this->suggested( 'written' );
		$this->sidecar->canned = array( "POST /v1/suggestions/$row->suggestion_id/write-back" => array( 404, array( 'error' => array( 'code' => 'NOT_FOUND', 'message' => 'm', 'retryable' => false ) ) ) );
		$this->decide( $row, 'approve' );
		$this->sync();
		$this->sync();
		self::assertSame( 1, count( $this->sidecar->reported() ) );
		self::assertSame( array( 'written', 'applied' ), array( $this->stored_alt( $row->attachment_id ), $this->status( $row->attachment_id ) ) );
	}

	/** A page of another program, and a proxy that knows no such path. */
	public function test_a_wrong_address_fails_no_image(): void {
		foreach ( array( 200, 404 ) as $status ) {
			$id = $this->photo();
			$this->sidecar->canned = array( 'HEAD' => array( 404, '' ), 'PUT' => array( $status, '<html>Welcome</html>' ) );
			$this->sync();
			self::assertSame( array( 'queued', 0 ), array( $this->status( $id ), $this->row( $id )->attempts ) );
		}
	}

	public function test_a_run_that_the_sidecar_lost_can_still_be_undone_and_cancelled(): void {
		update_option( Settings::MORE_OPTION, array( 'automatic' => false, 'types' => Settings::READABLE_TYPES ) );
		$id    = $this->photo();
		$start = fn() => $this->call( 'POST', 'backfill', array( 'action' => 'start' ) )->get_data()['run']['id'];
		$run   = $start();
		$this->sync();
		$this->sidecar->describe_all( 'of the run' );
		$this->sync();
		$this->decide( $this->row( $id ), 'approve' );
		$this->sync();
		self::assertSame( 'of the run', $this->stored_alt( $id ) );
		$this->wipe();
		self::assertSame( 200, $this->call( 'POST', 'backfill', array( 'action' => 'undo', 'run_id' => $run ) )->get_status() );
		self::assertNull( $this->stored_alt( $id ) );
		self::assertSame( 'superseded', $this->status( $id ) );
		$this->sidecar->runs['run_of_another_site'] = 'done'; // Ids are never given out twice.
		$next = $start();
		$this->wipe();
		$this->sync();
		self::assertSame( 1, $this->sidecar->count( 'POST /v1/jobs' ) - 1, 'first with the run, then without' );
		self::assertSame( 'sent', $this->status( $id ) );
		foreach ( array( 'pause', 'resume', 'cancel' ) as $action ) {
			self::assertSame( 200, $this->call( 'POST', 'backfill', array( 'action' => $action, 'run_id' => $next ) )->get_status(), $action );
		}
	}

	public function test_salts_that_are_made_anew_are_no_other_sidecar(): void {
		$row = $this->suggested();
		update_option( 'altsmith_webhook', array( 'for' => 'x', 'secret' => 'y' ) );
		$this->sync();
		$cursor = get_option( 'altsmith_cursor' );
		$other  = static fn(): string => 'a salt of this week';
		add_filter( 'salt', $other );
		$this->sidecar->asked = array();
		$this->sync();
		remove_filter( 'salt', $other );
		self::assertSame( 0, $this->sidecar->count( "GET /v1/suggestions/$row->suggestion_id" ) );
		self::assertSame( $cursor, get_option( 'altsmith_cursor' ) );
		// What the version before stored is that sidecar as well.
		update_option( 'altsmith_sidecar', wp_hash( self::SIDECAR . ' key-of-the-test' ) );
		$this->sync();
		self::assertSame( 0, $this->sidecar->count( "GET /v1/suggestions/$row->suggestion_id" ) );
	}
}
