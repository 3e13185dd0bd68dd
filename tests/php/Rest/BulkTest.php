<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Rest;

use Altsmith\Placements\Owner;
use Altsmith\Storage\Request_Row;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** Many decisions at once: one question to the sidecar, an answer for each, and the record says how they were made. */
final class BulkTest extends Sidecar_Test_Case {
	/** @return Request_Row[] */
	private function several( int $count ): array {
		$ids = array();
		for ( $i = 0; $i < $count; $i++ ) {
			$ids[] = $this->photo();
		}
		$this->sync();
		$this->sidecar->describe_all();
		$this->sync();
		return array_map( array( $this, 'row' ), $ids );
	}

	private static function yes( Request_Row $row, array $more = array() ): array {
		return $more + array( 'suggestion_id' => $row->suggestion_id, 'action' => 'approve', 'version' => $row->suggestion_version, 'seen' => '', 'mode' => 'bulk' );
	}

	public function test_ten_decisions_are_one_question(): void {
		$rows                  = $this->several( 10 );
		$this->sidecar->asked  = array();
		$this->sidecar->bodies = array();
		$answer                = $this->call( 'POST', 'decisions', array( 'decisions' => array_map( fn( Request_Row $row ): array => self::yes( $row, array( 'displayed' => true ) ), $rows ) ) );
		self::assertSame( array( 'POST /v1/decisions' ), $this->sidecar->asked );
		self::assertSame( array( 'applied' ), array_unique( array_column( array_column( $answer->get_data()['items'], 'suggestion' ), 'status' ) ) );
		foreach ( $rows as $row ) {
			self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		}
		$this->sync();
		self::assertSame( array_fill( 0, 10, 'applied' ), $this->sidecar->reported() );
	}

	public function test_each_says_how_it_was_made_and_whether_it_was_displayed(): void {
		$rows = $this->several( 3 );
		$this->call( 'POST', 'decisions', array( 'decisions' => array( self::yes( $rows[0], array( 'displayed' => true ) ), self::yes( $rows[1], array( 'displayed' => false ) ) ) ) );
		$this->decide( $rows[2], 'approve', array( 'displayed' => true ) );
		$sent = array_map( static fn( string $body ): array => (array) json_decode( $body, true ), $this->sidecar->bodies );
		$bulk = current( array_filter( $sent, static fn( array $body ): bool => isset( $body['decisions'] ) ) )['decisions'];
		self::assertSame( array( array( 'bulk', true ), array( 'bulk', false ) ), array_map( static fn( array $one ): array => array( $one['mode'], $one['displayed'] ), $bulk ) );
		$one = current( array_filter( $sent, static fn( array $body ): bool => 'one' === ( $body['mode'] ?? '' ) ) );
		self::assertTrue( $one['displayed'] );
	}

	public function test_one_of_them_can_be_undone_before_the_sidecar_heard_of_it(): void {
		$row = $this->several( 1 )[0];
		$this->call( 'POST', 'decisions', array( 'decisions' => array( self::yes( $row ) ) ) );
		self::assertSame( 'pending', $this->call( 'POST', "suggestions/$row->suggestion_id/undo" )->get_data()['suggestion']['status'] );
		self::assertSame( array( 'applied', 'undone' ), $this->sidecar->reported() );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		$this->sync();
		self::assertNull( $this->stored_alt( $row->attachment_id ), 'and it is not written again' );
	}

	public function test_an_empty_suggestion_is_approved_neither_alone_nor_with_others(): void {
		$this->photo();
		$this->sync();
		$this->sidecar->describe_all( '' );
		$this->sync();
		$row = $this->row( (int) current( $this->sidecar->suggestions )['subject']['id'] );
		self::assertSame( 'altsmith_empty_text', $this->call( 'POST', 'decisions', array( 'decisions' => array( self::yes( $row ) ) ) )->get_data()['items'][0]['error']['code'] );
		self::assertSame( 400, $this->decide( $row, 'approve' )->get_status() );
		self::assertSame( 'pending', current( $this->sidecar->suggestions )['state'] );
	}

	public function test_one_that_is_stale_or_lost_stops_no_other(): void {
		$rows = $this->several( 3 );
		unset( $this->sidecar->suggestions[ $rows[1]->suggestion_id ] );
		$items = $this->call( 'POST', 'decisions', array( 'decisions' => array( self::yes( $rows[0], array( 'version' => 7 ) ), self::yes( $rows[1] ), self::yes( $rows[2] ) ) ) )->get_data()['items'];
		self::assertSame( array( 'altsmith_suggestion_changed', 'altsmith_suggestion_lost' ), array( $items[0]['error']['code'], $items[1]['error']['code'] ) );
		self::assertSame( 'applied', $items[2]['suggestion']['status'] );
		self::assertNull( $this->stored_alt( $rows[0]->attachment_id ) );
	}

	public function test_a_text_that_somebody_wrote_since_the_list_was_made_stays(): void {
		$rows   = $this->several( 2 );
		$frozen = $this->call( 'GET', 'matching' )->get_data();
		self::assertSame( array( 0, 2 ), array( $frozen['after'], count( $frozen['items'] ) ) );
		update_post_meta( $rows[0]->attachment_id, '_wp_attachment_image_alt', 'Written by hand' );
		$items = $this->call( 'POST', 'decisions', array( 'decisions' => array_map( static fn( array $one ): array => $one + array( 'action' => 'approve', 'mode' => 'bulk', 'displayed' => false ), $frozen['items'] ) ) )->get_data()['items'];
		self::assertSame( 'Written by hand', $this->stored_alt( $rows[0]->attachment_id ) );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $rows[1]->attachment_id ) );
		self::assertSame( array( 'conflict', 'applied' ), array_column( array_column( $items, 'suggestion' ), 'status' ) );
	}

	public function test_the_frozen_list_has_what_the_filter_matches_and_nothing_of_others(): void {
		$theirs = $this->suggested( 'theirs', 'admin' );
		$mine   = $this->suggested( 'mine', 'author' );
		self::assertSame( array( $theirs->suggestion_id, $mine->suggestion_id ), array_column( $this->call( 'GET', 'matching' )->get_data()['items'], 'suggestion_id' ) );
		self::assertSame( array( $mine->suggestion_id ), array_column( $this->call( 'GET', 'matching', array(), 'author' )->get_data()['items'], 'suggestion_id' ) );
		self::assertSame( array(), $this->call( 'GET', 'matching', array( 'min_confidence' => 0.99 ) )->get_data()['items'] );
		$this->decide( $theirs, 'reject' );
		self::assertSame( array( $mine->suggestion_id ), array_column( $this->call( 'GET', 'matching', array( 'state' => array( 'rejected' ) ) )->get_data()['items'], 'suggestion_id' ), 'only what is open' );
	}

	public function test_while_the_sidecar_is_down_nothing_is_decided(): void {
		$rows                = $this->several( 2 );
		$this->sidecar->down = true;
		$items               = $this->call( 'POST', 'decisions', array( 'decisions' => array_map( array( self::class, 'yes' ), $rows ) ) )->get_data()['items'];
		self::assertSame( array( 'altsmith_unreachable', 'altsmith_unreachable' ), array( $items[0]['error']['code'], $items[1]['error']['code'] ) );
		self::assertNull( $this->stored_alt( $rows[0]->attachment_id ) );
	}

	public function test_an_earlier_sidecar_that_refuses_the_new_words_gets_the_decision_without_them(): void {
		$rows                  = $this->several( 2 );
		$this->sidecar->is_old = true;
		self::assertSame( 200, $this->decide( $rows[0], 'approve', array( 'displayed' => true ) )->get_status() );
		$this->call( 'POST', 'decisions', array( 'decisions' => array( self::yes( $rows[1] ) ) ) );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $rows[0]->attachment_id ) );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $rows[1]->attachment_id ) );
	}

	public function test_what_is_seen_most_comes_first(): void {
		$rows  = $this->several( 3 );
		$table = new \Altsmith\Placements\Placement_Table();
		$table->keep( new Owner( Owner::POST, 900001 ), array( 'content' => array( $rows[0]->attachment_id ) ) );
		$table->keep( new Owner( Owner::POST, 900002 ), array( 'content' => array( $rows[0]->attachment_id, $rows[2]->attachment_id ) ) );
		update_option( 'show_on_front', 'page' );
		update_option( 'page_on_front', 900003 );
		$table->keep( new Owner( Owner::POST, 900003 ), array( 'content' => array( $rows[1]->attachment_id ) ) );
		$items = $this->call( 'GET', 'suggestions', array( 'orderby' => 'seen', 'order' => 'desc' ) )->get_data()['items'];
		self::assertSame( array( $rows[1]->attachment_id, $rows[0]->attachment_id, $rows[2]->attachment_id ), array_column( $items, 'attachment_id' ) );
	}

	public function test_what_the_sidecar_lost_is_asked_for_again_and_what_changed_is_read_again(): void {
		$rows = $this->several( 2 );
		$kept = $this->sidecar->suggestions[ $rows[0]->suggestion_id ];
		unset( $this->sidecar->suggestions[ $rows[0]->suggestion_id ] );
		$this->sidecar->decide_elsewhere( $rows[1]->suggestion_id, 'reject' );
		$items = $this->call( 'POST', 'decisions', array( 'decisions' => array_map( array( self::class, 'yes' ), $rows ) ) )->get_data()['items'];
		self::assertSame( array( 'altsmith_suggestion_lost', 'altsmith_suggestion_changed' ), array( $items[0]['error']['code'], $items[1]['error']['code'] ) );
		self::assertSame( array( 'queued', 'rejected' ), array( $this->row( $rows[0]->attachment_id )->status, $this->row( $rows[1]->attachment_id )->display_status() ) );
		self::assertSame( 'pending', $kept['state'] );
	}
}
