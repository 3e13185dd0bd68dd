<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Store;

final class ReviewTest extends Sidecar_Test_Case {
	public function test_approving_writes_the_text_and_reports_it(): void {
		$row    = $this->suggested( 'a red bicycle' );
		$answer = $this->decide( $row, 'approve' );
		self::assertSame( 200, $answer->get_status() );
		self::assertSame( 'applied', $answer->get_data()['suggestion']['state'] );
		self::assertSame( 'a red bicycle', get_post_meta( $row->attachment_id, '_wp_attachment_image_alt', true ) );
		self::assertSame( array( 'applied' ), $this->sidecar->reported() );
	}

	/** @dataProvider texts_a_person_may_type */
	public function test_an_edited_text_is_written_as_it_was_typed( string $typed ): void {
		$row = $this->suggested();
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => $typed ) ) );
		self::assertSame( $typed, get_post_meta( $row->attachment_id, '_wp_attachment_image_alt', true ) );
		self::assertSame( $typed, $this->row( $row->attachment_id )->suggestion['values']['alt_text'] );
	}

	public static function texts_a_person_may_type(): array {
		return array(
			'quotes'      => array( 'the "Old Mill" at St. John\'s' ),
			'backslashes' => array( 'a path C:\\new\\table and a \\" too' ),
			'less than'   => array( 'I <3 cats, 5 < 6 and 50%ab' ),
			'emoji'       => array( 'a family 👨‍👩‍👧 at the sea' ),
			'persian'     => array( 'می‌خواهم' ),
			'entities'    => array( 'fish &amp; chips' ),
			'an object'   => array( 'O:8:"stdClass":0:{}' ),
			'an array'    => array( 'a:1:{i:0;s:4:"test";}' ),
			'a string'    => array( 's:5:"12345";' ),
		);
	}

	/** In feeds WordPress makes pictures of emoji, and takes U+FE0F out of all the rest, attributes too. */
	public function test_an_emoji_reaches_the_page_as_it_was_typed_and_feeds_say_the_same(): void {
		$typed = '👨‍👩‍👧‍👦 with a flag 🏳️‍🌈 and a heart ❤️';
		$row   = $this->suggested();
		update_post_meta( $row->attachment_id, '_wp_attachment_image_alt', 'a heart ❤️' );
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => $typed ), 'seen' => 'a heart ❤️' ) );
		$image = wp_get_attachment_image( $row->attachment_id );
		self::assertStringContainsString( 'alt="' . $typed . '"', apply_filters( 'the_content', $image ) );
		$in_feed = html_entity_decode( apply_filters( 'the_content_feed', $image ) );
		self::assertStringContainsString( 'alt="' . str_replace( "\u{FE0F}", '', $typed ) . '"', $in_feed );
		$this->call( 'POST', "suggestions/$row->suggestion_id/undo" );
		self::assertSame( 'a heart ❤️', $this->stored_alt( $row->attachment_id ) );
	}

	public function test_rejecting_writes_nothing_and_keeps_the_reason(): void {
		$row = $this->suggested();
		$this->decide( $row, 'reject', array( 'reason' => 'It is a dog.' ) );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertSame( array( 'rejected', 'It is a dog.' ), array( $this->row( $row->attachment_id )->suggestion_state, $this->row( $row->attachment_id )->suggestion['reason'] ) );
	}

	public function test_decorative_empties_the_text_and_marks_the_image(): void {
		$row = $this->suggested();
		update_post_meta( $row->attachment_id, '_wp_attachment_image_alt', 'swirl' );
		$this->decide( $row, 'decorative' );
		self::assertSame( '', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( '1', get_post_meta( $row->attachment_id, '_altsmith_decorative', true ) );
	}

	public function test_a_text_changed_after_it_was_shown_stays_and_the_conflict_is_told(): void {
		$row = $this->suggested();
		update_post_meta( $row->attachment_id, '_wp_attachment_image_alt', 'by hand' );
		$answer = $this->decide( $row, 'approve', array( 'seen' => '' ) );
		self::assertSame( 'conflict', $answer->get_data()['suggestion']['state'] );
		self::assertSame( 'by hand', $answer->get_data()['suggestion']['current_alt'] );
		self::assertSame( 'by hand', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( array( 'conflict' ), $this->sidecar->reported() );

		$again = $this->decide( $this->row( $row->attachment_id ), 'approve' );
		self::assertSame( 'applied', $again->get_data()['suggestion']['state'], 'having seen it, the person may still say yes' );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
	}

	public function test_of_two_reviewers_one_wins_and_the_other_is_told(): void {
		$row = $this->suggested();
		self::assertSame( 200, $this->decide( $row, 'approve' )->get_status() );
		$late = $this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'something else' ) ) );
		self::assertSame( 409, $late->get_status() );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( array( 'applied' ), $this->sidecar->reported() );
	}

	public function test_who_comes_too_late_does_not_change_what_the_first_one_saw(): void {
		$row   = $this->suggested();
		$other = new Lock( 'write_' . $row->attachment_id, 60 );
		$other->acquire();
		self::assertSame( 200, $this->decide( $row, 'approve', array( 'seen' => '' ) )->get_status() );
		update_post_meta( $row->attachment_id, '_wp_attachment_image_alt', 'by hand' );
		self::assertSame( 409, $this->decide( $row, 'approve', array( 'seen' => 'by hand' ) )->get_status() );
		$other->release();
		$this->sync();
		self::assertSame( 'by hand', $this->stored_alt( $row->attachment_id ), 'the first one approved without having seen it' );
		self::assertSame( array( 'conflict' ), $this->sidecar->reported() );
	}

	public function test_while_another_decides_nothing_is_decided(): void {
		$row   = $this->suggested();
		$other = new Lock( 'decide_' . $row->attachment_id, 60 );
		$other->acquire();
		$answer = $this->decide( $row, 'approve' );
		self::assertSame( array( 503, 'altsmith_busy' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		self::assertSame( 'pending', $this->sidecar->suggestions[ $row->suggestion_id ]['state'] );
		$other->release();
		self::assertSame( 200, $this->decide( $row, 'approve' )->get_status() );
	}

	public function test_while_another_process_writes_nothing_is_lost_and_it_is_written_later(): void {
		$row   = $this->suggested();
		$other = new Lock( 'write_' . $row->attachment_id, 60 );
		$other->acquire();
		$this->decide( $row, 'approve' );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertTrue( ( new Request_Store() )->has_open_work(), 'soon, and not an hour later' );
		$other->release();
		delete_option( 'altsmith_cursor' );
		$this->sync();
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		self::assertFalse( ( new Request_Store() )->has_open_work() );
	}

	public function test_nothing_is_decided_while_the_sidecar_is_down(): void {
		$row = $this->suggested();
		$this->sidecar->down = true;
		$answer = $this->decide( $row, 'approve' );
		self::assertSame( 503, $answer->get_status() );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 'pending', $this->row( $row->attachment_id )->suggestion_state );
	}

	public function test_a_report_the_sidecar_did_not_hear_is_sent_again(): void {
		$row = $this->suggested();
		$this->sidecar->canned = array( "POST /v1/suggestions/$row->suggestion_id/write-back" => array( 500, array( 'error' => array( 'code' => 'INTERNAL', 'message' => 'm', 'retryable' => true ) ) ) );
		self::assertSame( 200, $this->decide( $row, 'approve' )->get_status() );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		self::assertNotNull( $this->row( $row->attachment_id )->report );
		$this->sidecar->canned = array();
		$this->sync();
		self::assertNull( $this->row( $row->attachment_id )->report );
		self::assertSame( 'applied', $this->sidecar->suggestions[ $row->suggestion_id ]['state'] );
	}

	public function test_an_empty_text_cannot_be_approved(): void {
		$row = $this->suggested();
		self::assertSame( 400, $this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => " \u{200B} " ) ) )->get_status() );
		self::assertSame( 0, $this->sidecar->count( 'POST /v1/suggestions' ) );
	}

	/** @dataProvider texts_before */
	public function test_undo_gives_back_exactly_what_was_there( ?string $before ): void {
		$row = $this->suggested();
		if ( null !== $before ) {
			update_post_meta( $row->attachment_id, '_wp_attachment_image_alt', wp_slash( $before ) );
		}
		$this->decide( $row, 'approve' );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		$answer = $this->call( 'POST', "suggestions/$row->suggestion_id/undo" );
		self::assertSame( 'pending', $answer->get_data()['suggestion']['state'] );
		self::assertSame( $before, $this->stored_alt( $row->attachment_id ) );
		self::assertSame( array( 'applied', 'undone' ), $this->sidecar->reported() );
		self::assertNull( \Altsmith\Writeback\Provenance::latest( $row->attachment_id ) );
	}

	public static function texts_before(): array {
		return array(
			'no row'      => array( null ),
			'an empty row' => array( '' ),
			'a text'      => array( 'by hand' ),
			'odd bytes'   => array( "two  spaces, a \\ and a tab\t and trailing " ),
		);
	}

	public function test_undo_of_decorative_takes_the_mark_away(): void {
		$row = $this->suggested();
		$this->decide( $row, 'decorative' );
		$this->call( 'POST', "suggestions/$row->suggestion_id/undo" );
		self::assertSame( '', get_post_meta( $row->attachment_id, '_altsmith_decorative', true ) );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
	}

	public function test_undo_leaves_a_text_that_was_changed_since(): void {
		$row = $this->suggested();
		$this->decide( $row, 'approve' );
		update_post_meta( $row->attachment_id, '_wp_attachment_image_alt', 'better, by hand' );
		self::assertSame( 409, $this->call( 'POST', "suggestions/$row->suggestion_id/undo" )->get_status() );
		self::assertSame( 'better, by hand', $this->stored_alt( $row->attachment_id ) );
	}

	public function test_a_rejection_can_be_taken_back(): void {
		$row = $this->suggested();
		$this->decide( $row, 'reject' );
		$answer = $this->call( 'POST', "suggestions/$row->suggestion_id/undo" );
		self::assertSame( 'pending', $answer->get_data()['suggestion']['state'] );
	}

	public function test_provenance_says_who_what_and_what_was_there(): void {
		$row = $this->suggested();
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'a "tabby" cat' ) ) );
		$attachment = $this->call( 'GET', "attachments/$row->attachment_id" )->get_data();
		self::assertSame( 'a "tabby" cat', $attachment['alt_text'] );
		self::assertSame( 'applied', $attachment['status'] );
		self::assertSame( 'blip-base', $attachment['provenance']['model']['id'] );
		self::assertSame( 'admin', $attachment['provenance']['by']['name'] );
		self::assertSame( null, $attachment['provenance']['before'] );
		self::assertSame( 'a "tabby" cat', $attachment['provenance']['after'] );
	}

	public function test_many_at_once_are_answered_one_by_one(): void {
		$mine   = $this->suggested();
		$stale  = $this->suggested();
		$body   = static fn( $row, int $version ): array => array( 'suggestion_id' => $row->suggestion_id, 'action' => 'approve', 'version' => $version, 'seen' => '' );
		$answer = $this->call( 'POST', 'decisions', array( 'decisions' => array( $body( $mine, 1 ), $body( $stale, 7 ), array( 'suggestion_id' => 'sug_none' ) + $body( $mine, 1 ) ) ) );
		$items  = $answer->get_data()['items'];
		self::assertSame( 'applied', $items[0]['suggestion']['state'] );
		self::assertSame( 'altsmith_suggestion_changed', $items[1]['error']['code'] );
		self::assertSame( 'altsmith_not_found', $items[2]['error']['code'] );
		self::assertNull( $this->stored_alt( $stale->attachment_id ) );
	}

	public function test_hooks_of_other_plugins_hear_of_it_and_may_have_a_word(): void {
		$heard  = array();
		$listen = static function ( int $id, string $before, string $after ) use ( &$heard ): void {
			$heard[] = array( $before, $after );
		};
		$dot = static fn( string $text ): string => $text . '.';
		add_action( 'altsmith_written', $listen, 10, 3 );
		add_filter( 'altsmith_before_write', $dot );
		$row = $this->suggested();
		$this->decide( $row, 'approve' );
		remove_action( 'altsmith_written', $listen );
		remove_filter( 'altsmith_before_write', $dot );
		self::assertSame( array( array( '', 'a cat on a mat.' ) ), $heard );
		self::assertSame( 'a cat on a mat.', $this->stored_alt( $row->attachment_id ) );
	}

	public function test_what_was_reopened_here_can_be_approved_elsewhere(): void {
		$id = $this->photo();
		update_post_meta( $id, '_wp_attachment_image_alt', 'by hand' );
		$this->call( 'POST', "attachments/$id/request" );
		$this->sidecar->describe_all();
		$this->sync();
		$this->decide( $this->row( $id ), 'reject' );
		$this->call( 'POST', 'suggestions/' . $this->row( $id )->suggestion_id . '/undo' );
		$this->sidecar->decide_elsewhere( $this->row( $id )->suggestion_id, 'approve' );
		$this->sync();
		self::assertSame( array( 'applied' ), $this->sidecar->reported(), 'nobody has changed the text' );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $id ) );
	}

	public function test_the_list_shows_pages_and_only_what_was_asked_for(): void {
		$texts = array( 'one', 'two', 'three' );
		$rows  = array_map( fn( string $text ) => $this->suggested( $text ), $texts );
		$this->decide( $rows[0], 'reject' );
		$page = $this->call( 'GET', 'suggestions', array( 'per_page' => 1, 'page' => 2 ) )->get_data();
		self::assertSame( array( 2, 2 ), array( $page['total'], $page['pages'] ) );
		self::assertSame( 'three', $page['items'][0]['suggested_alt'] );
		self::assertSame( 1, $this->call( 'GET', 'suggestions', array( 'state' => array( 'rejected' ) ) )->get_data()['total'] );
		self::assertSame( 2, $this->call( 'GET', 'suggestions', array( 'flag' => 'tiny' ) )->get_data()['total'] );
		self::assertSame( 0, $this->call( 'GET', 'suggestions', array( 'flag' => 'linked' ) )->get_data()['total'] );
		self::assertSame( 0, $this->call( 'GET', 'suggestions', array( 'min_confidence' => 0.95 ) )->get_data()['total'] );
		self::assertSame( 1, $this->call( 'GET', 'suggestions', array( 'search' => 'thr' ) )->get_data()['total'] );
		self::assertSame( 400, $this->call( 'GET', 'suggestions', array( 'orderby' => 'password' ) )->get_status() );
	}
}
