<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Backfill_Test_Case;

/** Runs that are cancelled or undone, here or at the sidecar. */
final class BackfillEndTest extends Backfill_Test_Case {
	public function test_undo_gives_every_text_back_except_those_changed_since(): void {
		$ids    = $this->images( 6 );
		$before = array( null, '', 'by hand', " odd \\ bytes\t", null, null );
		foreach ( $before as $i => $text ) {
			if ( null !== $text ) {
				update_post_meta( $ids[ $i ], '_wp_attachment_image_alt', wp_slash( $text ) );
			}
		}
		$run = $this->start( array( 'overwrite' => true ) );
		$this->sync();
		$this->sidecar->describe_all();
		$this->sync();
		foreach ( array_slice( $ids, 0, 5 ) as $id ) {
			self::assertSame( 'applied', $this->decide( $this->row( $id ), 'approve' )->get_data()['suggestion']['state'] );
		}
		update_post_meta( $ids[4], '_wp_attachment_image_alt', 'better' );
		$this->call( 'POST', 'backfill', array( 'action' => 'undo', 'run_id' => $run['id'] ) );
		$this->sync();
		$this->sync();
		$before[4] = 'better';
		self::assertSame( $before, array_map( array( $this, 'stored_alt' ), $ids ) );
		self::assertSame( 'superseded', $this->row( $ids[5] )->display_status() );
		self::assertSame( 'undone', $this->shown( $run['id'] )['state'] );
	}

	public function test_undo_takes_back_what_the_sidecar_has_not_heard_of_yet(): void {
		$ids = $this->images( 3 );
		$run = $this->start();
		$this->sync();
		$this->sidecar->describe_all();
		$this->sync();
		$rows      = array_map( array( $this, 'row' ), $ids );
		$decisions = array_map( static fn( $row ): array => array( 'suggestion_id' => $row->suggestion_id, 'action' => 'approve', 'version' => 1, 'seen' => '', 'mode' => 'bulk' ), $rows );
		$this->call( 'POST', 'decisions', array( 'decisions' => $decisions ) );
		self::assertSame( array( 'a cat on a mat', array() ), array( $this->stored_alt( $ids[0] ), $this->sidecar->reported() ), 'written, and not reported' );
		$this->call( 'POST', 'backfill', array( 'action' => 'undo', 'run_id' => $run['id'] ) );
		for ( $i = 0; $i < 3; $i++ ) {
			$this->sync();
		}
		self::assertSame( array( null, null, null ), array_map( array( $this, 'stored_alt' ), $ids ) );
		self::assertNull( $this->row( $ids[0] )->report );
	}

	/**
	 * @testWith [true]
	 *           [false]
	 */
	public function test_an_undo_that_cannot_be_done_at_once_is_not_forgotten( bool $answer_was_lost ): void {
		$ids = $this->images( 2 );
		foreach ( $ids as $id ) {
			update_post_meta( $id, '_wp_attachment_image_alt', '' );
		}
		$run = $this->start();
		$this->sync();
		$this->sidecar->describe_all();
		$this->sync();
		foreach ( $ids as $id ) {
			$this->decide( $this->row( $id ), 'approve' );
		}
		if ( $answer_was_lost ) {
			( new Request_Store() )->change( $ids[0], array( 'report' => (string) wp_json_encode( array( 'outcome' => 'applied', 'before' => array( 'alt_text' => '' ), 'after' => array( 'alt_text' => 'a cat on a mat' ) ) ) ) );
		}
		$throws = static function ( int $meta_id, int $id, string $key ) use ( $ids, $answer_was_lost ): void {
			if ( '_wp_attachment_image_alt' === $key && $id === $ids[0] && ! $answer_was_lost ) {
				throw new \RuntimeException( 'not now' );
			}
		};
		add_action( 'update_post_meta', $throws, 10, 3 );
		$this->call( 'POST', 'backfill', array( 'action' => 'undo', 'run_id' => $run['id'] ) );
		$this->sync();
		self::assertSame( '', $this->stored_alt( $ids[1] ), 'the other one is undone in any case' );
		remove_action( 'update_post_meta', $throws, 10 );
		$this->sync();
		self::assertSame( array( '', '' ), array_map( array( $this, 'stored_alt' ), $ids ) );
		self::assertNull( $this->row( $ids[0] )->report );
		self::assertSame( 'undone', array_slice( $this->sidecar->reported(), -1 )[0] );
	}

	/**
	 * @testWith ["cancelled"]
	 *           ["undone"]
	 */
	public function test_a_picture_of_a_run_that_is_over_is_asked_for_without_it( string $state ): void {
		$ids = $this->images( 2 );
		$run = $this->start();
		$this->sync();
		$this->sidecar->describe_all();
		$this->sync();
		$this->call( 'POST', 'backfill', array( 'action' => 'cancelled' === $state ? 'cancel' : 'undo', 'run_id' => $run['id'] ) );
		$this->sync();
		( new Request_Store() )->picture_changed( $ids[0] );
		// Queued before an earlier version cleared the run of a changed picture.
		( new Request_Store() )->requeue( $ids[1], 'backfill', $run['id'] );
		$this->sidecar->jobs = array();
		$this->sync();
		self::assertSame( array( 'sent', 'sent' ), array( $this->row( $ids[0] )->status, $this->row( $ids[1] )->status ) );
		self::assertSame( array( null, null ), array_column( $this->sidecar->jobs, 'run_id' ) );
	}

	public function test_a_run_that_was_cancelled_at_the_sidecar_ends_here_and_fails_no_image(): void {
		$ids = $this->images( 320 );
		$run = $this->start();
		$this->sidecar->runs[ $run['id'] ] = 'cancelled';
		$this->sync();
		self::assertSame( 'cancelled', $this->shown( $run['id'] )['state'] );
		self::assertSame( array( 'skipped', 'CANCELLED' ), array( $this->row( $ids[0] )->status, $this->row( $ids[0] )->error_code ) );
		self::assertSame( 1, $this->sidecar->count( 'POST /v1/jobs' ) );
		self::assertNull( ( new Request_Store() )->find( $ids[319] ), 'it looks at no more images' );
	}

	public function test_cancel_leaves_earlier_decisions_as_they_were(): void {
		$ids = $this->images( 2 );
		$this->start();
		$this->sync();
		$this->sidecar->describe_all();
		$this->sync();
		$this->decide( $this->row( $ids[0] ), 'reject' );
		$this->sync();
		$run = $this->start( array( 'include_decided' => true ) );
		$this->sidecar->down = true;
		$this->sync();
		self::assertSame( 'queued', $this->row( $ids[0] )->display_status() );
		$this->sidecar->down = false;
		$this->call( 'POST', 'backfill', array( 'action' => 'pause', 'run_id' => $run['id'] ) );
		$this->call( 'POST', 'backfill', array( 'action' => 'cancel', 'run_id' => $run['id'] ) );
		self::assertSame( array( 'rejected', '' ), array( $this->row( $ids[0] )->display_status(), $this->row( $ids[0] )->error_code ) );
		$shown = $this->shown( $run['id'] );
		self::assertEquals( array( 0, array( 'waiting' => 1, 'decided' => 1 ) ), array( $shown['suggested'], array_column( $shown['skipped'], 'count', 'reason' ) ) );
		$preview = $this->call( 'GET', 'backfill' )->get_data()['preview'];
		self::assertEquals( array( 0, array( 'decided' => 1, 'waiting' => 1 ) ), array( $preview['taken'], array_column( $preview['skipped'], 'count', 'reason' ) ), 'another run leaves it out' );
	}

	public function test_cancel_drops_what_was_not_sent(): void {
		$ids = $this->images( 10 );
		$run = $this->start();
		$this->sidecar->down = true;
		$this->sync();
		$this->sidecar->down = false;
		$this->call( 'POST', 'backfill', array( 'action' => 'cancel', 'run_id' => $run['id'] ) );
		$this->sync();
		self::assertSame( 0, $this->sidecar->count( 'POST /v1/jobs' ) );
		self::assertSame( 'skipped', $this->row( $ids[0] )->status );
		self::assertSame( 'cancelled', $this->shown( $run['id'] )['state'] );
		self::assertSame( 409, $this->call( 'POST', 'backfill', array( 'action' => 'resume', 'run_id' => $run['id'] ) )->get_status() );
	}
}
