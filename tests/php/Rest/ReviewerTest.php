<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Rest;

use Altsmith\Review\Reviewer;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** What one person chose for the review screen, and what they left to somebody else. */
final class ReviewerTest extends Sidecar_Test_Case {
	public function test_letters_are_changed_and_switched_off_for_one_person_alone(): void {
		$sent = array( 'on' => false, 'keys' => array( 'next' => 'N', 'approve' => 'ab', 'reject' => ' ', 'unknown' => 'x' ) );
		self::assertSame( 200, $this->call( 'POST', 'preferences', array( 'shortcuts' => $sent ) )->get_status() );
		self::assertSame( array( 'on' => false, 'keys' => array( 'next' => 'n' ) ), ( new Reviewer( get_current_user_id() ) )->shortcuts() );
		$this->become( 'author' );
		self::assertSame( array( 'on' => true, 'keys' => array() ), ( new Reviewer( get_current_user_id() ) )->shortcuts() );
	}

	public function test_an_image_that_was_passed_on_is_in_the_list_of_the_others_with_a_word_of_it(): void {
		$row  = $this->suggested();
		$list = fn( string $who ): array => $this->call( 'GET', 'suggestions', array(), $who )->get_data()['items'];
		self::assertSame( array( 'admin' ), $this->call( 'POST', "suggestions/$row->suggestion_id/pass", array(), 'admin' )->get_data()['passed_by'] );
		self::assertSame( array(), $list( 'admin' ) );
		// The person is the same on every site of a network; the numbers of images are not.
		global $wpdb;
		self::assertSame( array( $row->attachment_id ), get_user_meta( get_user_by( 'login', 'admin' )->ID, $wpdb->get_blog_prefix() . 'altsmith_passed_on', true ) );
		self::assertSame( array( 'admin' ), $list( 'editor' )[0]['passed_by'] );
		self::assertSame( array(), $this->call( 'GET', 'matching' )->get_data()['items'], 'nor in what they approve in bulk' );

		// Who is the only reviewer finds it again.
		self::assertSame( 1, $this->call( 'GET', 'suggestions' )->get_data()['passed'] );
		$passed = $this->call( 'GET', 'suggestions', array( 'passed' => true ) )->get_data();
		self::assertSame( array( $row->suggestion_id, true, 1 ), array( $passed['items'][0]['id'], $passed['items'][0]['is_passed'], $passed['total'] ) );
		self::assertCount( 1, $this->call( 'GET', 'matching', array( 'passed' => true ) )->get_data()['items'] );
		self::assertSame( array( array(), 0 ), array( $this->call( 'GET', 'suggestions', array( 'passed' => true ), 'editor' )->get_data()['items'], $this->call( 'GET', 'suggestions', array(), 'editor' )->get_data()['passed'] ) );

		$this->call( 'POST', "suggestions/$row->suggestion_id/pass", array( 'passed' => false ) );
		self::assertCount( 1, $list( 'admin' ) );
		self::assertSame( array(), $list( 'editor' )[0]['passed_by'] );
	}

	public function test_images_that_one_person_passes_on_at_the_same_moment_are_all_kept(): void {
		global $wpdb;
		$this->become( 'admin' );
		$reviewer = new Reviewer( get_current_user_id() );
		$key      = $wpdb->get_blog_prefix() . Reviewer::PASSED_OPTION;
		$reviewer->pass_on( 11 );
		self::assertSame( array( 11 ), $reviewer->passed() );
		// Another request of theirs, after this one has read the list.
		$wpdb->update( $wpdb->usermeta, array( 'meta_value' => serialize( array( 11, 12 ) ) ), array( 'user_id' => get_current_user_id(), 'meta_key' => $key ) ); // phpcs:ignore Generic.PHP.ForbiddenFunctions -- as WordPress stores it
		$reviewer->pass_on( 13 );
		self::assertSame( array( 11, 12, 13 ), $reviewer->passed() );
		$wpdb->update( $wpdb->usermeta, array( 'meta_value' => serialize( array( 11, 12, 13, 14 ) ) ), array( 'user_id' => get_current_user_id(), 'meta_key' => $key ) ); // phpcs:ignore Generic.PHP.ForbiddenFunctions -- the same
		$reviewer->take_again( 11 );
		self::assertSame( array( 12, 13, 14 ), $reviewer->passed() );
	}

	public function test_a_backslash_can_be_a_key(): void {
		$answer = $this->call( 'POST', 'preferences', array( 'shortcuts' => array( 'on' => true, 'keys' => array( 'next' => '\\' ) ) ), 'author' );
		self::assertSame( 200, $answer->get_status(), (string) wp_json_encode( $answer->get_data() ) );
		self::assertSame( '\\', ( new Reviewer( get_current_user_id() ) )->shortcuts()['keys']['next'] );
	}
}
