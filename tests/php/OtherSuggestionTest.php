<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Review\Suggestion;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Picture_Store;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Changed_Pictures;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Writeback\Provenance;

/** A person's yes, a text and a report belong to one suggestion, whatever another process does at the same moment. */
final class OtherSuggestionTest extends Sidecar_Test_Case {
	use Changed_Pictures;

	private const IMAGES = __DIR__ . '/../fixtures/images/';

	/**
	 * @testWith [false]
	 *           [true]
	 */
	public function test_a_yes_is_not_carried_over_to_a_suggestion_that_came_meanwhile( bool $in_bulk ): void {
		$row    = $this->suggested( 'a red bicycle' );
		$arrive = $this->before_query( 'altsmith_lock_decide_', fn() => $this->arrives( $row, 'nobody has read this' ) );
		$said   = array( 'suggestion_id' => $row->suggestion_id, 'action' => 'approve', 'version' => $row->suggestion_version, 'seen' => '' );
		$answer = $in_bulk ? $this->call( 'POST', 'decisions', array( 'decisions' => array( $said ) ) ) : $this->decide( $row, 'approve' );
		remove_filter( 'query', $arrive );
		self::assertSame( 'altsmith_suggestion_changed', $in_bulk ? $answer->get_data()['items'][0]['error']['code'] : $answer->get_data()['code'] );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 'pending', $this->sidecar->suggestions['sug_other']['state'] );
		self::assertSame( 'sug_other', $this->row( $row->attachment_id )->suggestion_id );
	}

	public function test_no_row_has_the_state_of_one_version_and_the_texts_of_another(): void {
		$row    = $this->suggested( 'a red bicycle' );
		$refuse = static fn( string $sql ): string => str_contains( $sql, 'altsmith_texts' ) && str_contains( $sql, '\"version\":2' ) ? '' : $sql;
		$once   = $this->before_query( '\"version\":2', static fn() => '', 'altsmith_texts' );
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'my own words' ) ) );
		remove_filter( 'query', $once );
		self::assertSame( 'my own words', $this->stored_alt( $row->attachment_id ) );

		$row = $this->suggested( 'a blue bicycle' );
		add_filter( 'query', $refuse );
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'my own words' ) ) );
		remove_filter( 'query', $refuse );
		$now = $this->row( $row->attachment_id );
		self::assertSame( $now->suggestion['version'], $now->suggestion_version );
		self::assertNull( $this->stored_alt( $row->attachment_id ), 'what the person approved could not be stored' );
	}

	public function test_a_report_is_made_for_its_own_suggestion_and_the_text_is_marked_where_the_picture_has_changed_since(): void {
		$row  = $this->described( 'cat' );
		$path = "POST /v1/suggestions/$row->suggestion_id/write-back";
		$this->sidecar->canned = array( $path => array( 503, array( 'error' => array( 'code' => 'SHUTTING_DOWN', 'message' => 'Later.', 'retryable' => true ) ) ) );
		$this->decide( $row, 'approve' );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		$this->replace( $row->attachment_id );
		$this->sync();
		self::assertTrue( Provenance::picture_changed( $row->attachment_id ), 'it was written, though the sidecar has not heard of it' );
		$this->sidecar->describe_all( 'a rocket' );
		$this->sync();
		$this->sidecar->canned = array();
		$this->sync();
		$now = $this->row( $row->attachment_id );
		self::assertSame( array( 'pending', 'a rocket' ), array( $now->display_status(), $now->suggestion['fields']['alt_text'] ) );
		self::assertNull( $now->report );
		self::assertSame( array( 'applied', 'pending' ), array_column( $this->sidecar->suggestions, 'state' ) );
		self::assertSame( 0, $this->sidecar->count( "POST /v1/suggestions/$now->suggestion_id/write-back" ) );
	}

	public function test_a_picture_that_changes_while_its_text_is_written_keeps_its_own(): void {
		$row     = $this->described( 'cat' );
		$changes = function ( string $text, int $id ): string {
			$this->replace( $id );
			// What a background run of another process does.
			( new Request_Store() )->picture_changed( $id );
			( new Picture_Store() )->remove( $id );
			return $text;
		};
		add_filter( 'altsmith_before_write', $changes, 10, 2 );
		$answer = $this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'a cat', 'title' => 'A cat' ) ) );
		remove_filter( 'altsmith_before_write', $changes );
		self::assertSame( array( 409, 'altsmith_picture_changed' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertNull( Provenance::latest( $row->attachment_id ) );
		self::assertNotSame( 'A cat', get_post( $row->attachment_id )->post_title );
		self::assertNull( $this->row( $row->attachment_id )->report );
	}

	public function test_a_picture_that_changes_while_its_run_is_paused_is_asked_for(): void {
		$row = $this->described( 'cat' );
		( new Request_Store() )->change( $row->attachment_id, array( 'status' => 'held', 'run_id' => 'run_of_somebody' ) );
		$this->replace( $row->attachment_id );
		$this->sync();
		self::assertSame( 'sent', $this->row( $row->attachment_id )->status );
	}

	public function test_texts_are_not_left_behind_by_a_row_that_is_gone(): void {
		global $wpdb;
		$row = $this->suggested();
		( new Request_Store() )->remove( $row->attachment_id );
		( new Request_Store() )->remember_seen( $row->attachment_id, 'what somebody saw' );
		self::assertSame( '0', $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}altsmith_texts WHERE attachment_id = $row->attachment_id" ) );
	}

	public function test_an_approval_whose_texts_were_lost_is_carried_out_with_those_of_the_sidecar(): void {
		global $wpdb;
		$row   = $this->suggested();
		$other = new Lock( 'write_' . $row->attachment_id, 60 );
		$other->acquire();
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'my own words' ) ) );
		$other->release();
		$wpdb->delete( $wpdb->prefix . 'altsmith_texts', array( 'attachment_id' => $row->attachment_id ) );
		$this->sync();
		$this->sync();
		self::assertSame( 'my own words', $this->stored_alt( $row->attachment_id ) );
		self::assertFalse( ( new Request_Store() )->has_open_work() );
	}

	/** Another suggestion takes the place of the row's. */
	private function arrives( Request_Row $row, string $text ): void {
		$other = array( 'id' => 'sug_other', 'fields' => array( 'alt_text' => $text ) + $this->sidecar->suggestions[ $row->suggestion_id ]['fields'] ) + $this->sidecar->suggestions[ $row->suggestion_id ];
		$this->sidecar->suggestions['sug_other'] = $other;
		( new Request_Store() )->keep_suggestion( $row->attachment_id, Suggestion::cleaned( $other ), true );
	}

	/** Before the first query with these words: `$task`, whose text, where it gives one, is sent instead of the query. */
	private function before_query( string $words, callable $task, string $more = '' ): callable {
		$is_done = false;
		$filter  = static function ( string $sql ) use ( $words, $more, $task, &$is_done ): string {
			if ( $is_done || ! str_contains( $sql, $words ) || ( '' !== $more && ! str_contains( $sql, $more ) ) ) {
				return $sql;
			}
			$is_done = true;
			return $task() ?? $sql;
		};
		add_filter( 'query', $filter );
		return $filter;
	}
}
