<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Review\Suggestion;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Picture_Store;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Schema;
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

	/**
	 * @testWith [false]
	 *           [true]
	 */
	public function test_an_approval_while_the_report_of_another_suggestion_waits_says_only_what_was_written( bool $in_bulk ): void {
		$row = $this->applied_and_unreported();
		$this->arrives( $row, 'a dog on a mat' );
		$other = $this->row( $row->attachment_id );
		$said  = array( 'suggestion_id' => 'sug_other', 'action' => 'approve', 'version' => $other->suggestion_version, 'seen' => 'a cat on a mat' );
		if ( $in_bulk ) {
			$answer = $this->call( 'POST', 'decisions', array( 'decisions' => array( $said ) ) )->get_data()['items'][0];
			self::assertSame( array( 'approved', 'a cat on a mat' ), array( $answer['suggestion']['status'], $this->stored_alt( $row->attachment_id ) ) );
			$this->sidecar->canned = array();
			$this->sync();
			$this->sync();
		} else {
			$this->sidecar->canned = array();
			self::assertSame( 'applied', $this->decide( $other, 'approve' )->get_data()['suggestion']['status'] );
		}
		self::assertSame( 'a dog on a mat', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( array( 'sug_other', 'applied' ), array( $this->row( $row->attachment_id )->suggestion_id, $this->sidecar->suggestions['sug_other']['state'] ) );
		self::assertNull( $this->row( $row->attachment_id )->report );
	}

	public function test_a_text_is_taken_back_where_another_suggestion_came_with_the_wish_for_it(): void {
		$row = $this->suggested();
		$this->decide( $row, 'approve' );
		$first = $this->sidecar->suggestions[ $row->suggestion_id ];
		$other = array( 'id' => 'sug_other', 'state' => 'pending', 'values' => null, 'decided_by' => null, 'created_at' => '2999-01-01T00:00:00.000Z' ) + $first;

		$this->sidecar->suggestions['sug_other'] = $other;
		foreach ( array( 'suggestion.undo_asked' => $first, 'suggestion.created' => $other ) as $type => $suggestion ) {
			$this->sidecar->changes[] = array( 'cursor' => (string) ( count( $this->sidecar->changes ) + 1 ), 'type' => $type, 'at' => gmdate( 'c' ), 'job' => null, 'suggestion' => $suggestion );
		}
		$this->sync();
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		$this->sync();
		self::assertSame( array( 'sug_other', 'pending' ), array( $this->row( $row->attachment_id )->suggestion_id, $this->row( $row->attachment_id )->display_status() ) );
		self::assertNull( $this->row( $row->attachment_id )->report );
	}

	public function test_a_yes_holds_where_another_suggestion_for_the_same_picture_comes_while_its_text_is_written(): void {
		$row     = $this->suggested();
		$arrives = function ( string $text ) use ( $row ): string {
			$this->arrives( $row, 'a dog on a mat' );
			return $text;
		};
		add_filter( 'altsmith_before_write', $arrives );
		$this->decide( $row, 'approve' );
		remove_filter( 'altsmith_before_write', $arrives );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		$this->sync();
		self::assertSame( array( 'applied', 'pending' ), array_column( $this->sidecar->suggestions, 'state' ) );
		self::assertSame( array( 'sug_other', 'pending' ), array( $this->row( $row->attachment_id )->suggestion_id, $this->row( $row->attachment_id )->display_status() ) );
		self::assertNull( $this->row( $row->attachment_id )->report );
	}

	public function test_a_report_of_an_earlier_version_that_cannot_be_about_the_suggestion_is_not_sent_for_it(): void {
		$row = $this->suggested();
		( new Request_Store() )->change( $row->attachment_id, array( 'report' => '{"outcome":"applied","before":{"alt_text":""},"after":{"alt_text":"x"}}' ) );
		self::assertFalse( $this->row( $row->attachment_id )->is_written() );
		$this->sync();
		self::assertSame( array(), $this->sidecar->reported() );
		self::assertNull( $this->row( $row->attachment_id )->report );
		self::assertSame( 'pending', $this->row( $row->attachment_id )->display_status() );
	}

	public function test_a_text_that_was_taken_back_is_not_written_any_more(): void {
		$row = $this->applied_and_unreported();
		$this->sidecar->canned = array();
		$this->sync();
		$report = array( 'suggestion_id' => $row->suggestion_id, 'outcome' => 'undone' );
		( new Request_Store() )->change( $row->attachment_id, array( 'report' => (string) wp_json_encode( $report ) ) );
		self::assertSame( 'applied', $this->row( $row->attachment_id )->suggestion_state );
		self::assertFalse( $this->row( $row->attachment_id )->is_written() );
	}

	public function test_a_row_that_cannot_be_set_back_is_said_not_to_be_and_what_is_known_of_its_picture_stays(): void {
		global $wpdb;
		$row = $this->described( 'cat' );
		$this->replace( $row->attachment_id );
		$wpdb->update( Schema::requests_table(), array( 'has_report' => 1 ), array( 'attachment_id' => $row->attachment_id ) );
		self::assertNull( ( new Request_Store() )->picture_changed( $row->attachment_id ) );
		self::assertSame( 409, $this->decide( $row, 'approve' )->get_status() );
		self::assertNotNull( ( new Picture_Store() )->find( $row->attachment_id ) );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 0, $this->sidecar->count( "POST /v1/suggestions/$row->suggestion_id/write-back" ) );
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

	public function test_a_waiting_suggestion_takes_over_the_confidence_that_decisions_gave_it(): void {
		$row = $this->suggested( 'a red bicycle' );
		$now = $this->sidecar->suggestions[ $row->suggestion_id ];
		$new = Suggestion::cleaned( array( 'confidence' => 0.12, 'model' => array( 'calibrated' => true ) + $now['model'] ) + $now );
		self::assertSame( $row->suggestion_version, $new['version'] );
		self::assertTrue( ( new Request_Store() )->keep_suggestion( $row->attachment_id, $new ) );
		self::assertSame( 0.12, $this->row( $row->attachment_id )->suggestion['confidence'] );
		self::assertFalse( ( new Request_Store() )->keep_suggestion( $row->attachment_id, $new ), 'The same again is no news.' );
	}

	/** A row whose text was written; the sidecar has not heard of it. */
	private function applied_and_unreported(): Request_Row {
		$row = $this->suggested();

		$this->sidecar->canned = array( "POST /v1/suggestions/$row->suggestion_id/write-back" => array( 503, array( 'error' => array( 'code' => 'SHUTTING_DOWN', 'message' => 'Later.', 'retryable' => true ) ) ) );
		$this->decide( $row, 'approve' );
		$now = $this->row( $row->attachment_id );
		self::assertTrue( $now->is_written() );
		self::assertNotNull( $now->report );
		return $now;
	}

	/** Another suggestion takes the place of the row's. */
	private function arrives( Request_Row $row, string $text ): void {
		$other = array( 'id' => 'sug_other', 'state' => 'pending', 'values' => null, 'decided_by' => null, 'created_at' => '2999-01-01T00:00:00.000Z', 'fields' => array( 'alt_text' => $text ) + $this->sidecar->suggestions[ $row->suggestion_id ]['fields'] ) + $this->sidecar->suggestions[ $row->suggestion_id ];
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
