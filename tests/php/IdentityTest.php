<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Identity\Instance;
use Altsmith\Identity\Site_Address;
use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** A text goes to the picture of the site that it was made for, and to no other that happens to have the same numbers. */
final class IdentityTest extends Sidecar_Test_Case {
	public function test_every_request_says_which_installation_speaks_for_which_address(): void {
		$this->photo();
		$this->sync();
		$stored = get_option( Instance::OPTION );
		self::assertMatchesRegularExpression( '/^[0-9a-f-]{36}$/', $stored['id'] );
		self::assertSame( array( $stored['id'], '127.0.0.1' ), array( $this->sidecar->headers['Altsmith-Instance'], $this->sidecar->headers['Altsmith-Site'] ) );
		self::assertStringNotContainsString( '127.0.0.1', (string) maybe_serialize( $stored ), 'search-and-replace finds nothing to rewrite' );
		$this->sync();
		self::assertSame( $stored, get_option( Instance::OPTION ) );
	}

	/** @dataProvider what_is_not_ours */
	public function test_what_was_made_for_another_picture_is_not_taken( array $of_theirs ): void {
		$id = $this->photo();
		$this->sync();
		$ours = $this->row( $id );
		$this->sidecar->describe_all( 'A picture of another site' );
		$this->change_all( $of_theirs + array( 'state' => 'approved', 'values' => array( 'alt_text' => 'A picture of another site' ) ) );
		$this->sync();
		self::assertNull( $this->stored_alt( $id ) );
		self::assertEquals( array( 'sent', '', $ours->job_id ), array( $this->row( $id )->status, $this->row( $id )->suggestion_id, $this->row( $id )->job_id ) );
	}

	public static function what_is_not_ours(): array {
		$picture = array( 'job_id' => 'job_THEIRS', 'image_sha256' => str_repeat( 'b', 64 ), 'source_sha256' => str_repeat( 'b', 64 ) );
		return array(
			'another installation'                        => array( array( 'instance' => 'another-installation' ) ),
			'another picture under our number'            => array( $picture ),
			'the same, of a sidecar before instances'     => array( array( 'instance' => null, 'source_sha256' => null ) + $picture ),
			'another site of a network'                   => array( array( 'subject' => array( 'type' => 'attachment', 'id' => '77:1' ) ) ),
		);
	}

	public function test_what_is_ours_is_taken_also_from_a_job_that_the_sidecar_began_itself(): void {
		$id = $this->photo();
		$this->sync();
		$this->sidecar->describe_all();
		$this->change_all( array( 'job_id' => 'job_of_a_better_model', 'image_sha256' => str_repeat( 'c', 64 ) ) );
		$this->sync();
		self::assertSame( 'pending', $this->row( $id )->display_status() );
	}

	public function test_a_number_that_is_given_again_after_a_restored_backup_takes_no_old_text(): void {
		$row = $this->suggested( 'a text of the lost picture' );
		// The backup knows nothing of the upload, and the next one gets its number.
		( new Request_Store() )->remove( $row->attachment_id );
		( new Request_Store() )->add( $row->attachment_id, 'upload', time() + 600 );
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'approve' );
		delete_option( 'altsmith_cursor' );
		$this->sync();
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 'queued', $this->row( $row->attachment_id )->status );
	}

	/** @dataProvider signs_of_a_copy */
	public function test_a_copy_sends_nothing_and_asks( array $stored, string $reason ): void {
		$row = $this->suggested();
		$id  = $this->photo();
		$this->pretend_to_be( $stored );
		$this->sidecar->asked = array();
		$this->sync();
		self::assertSame( 503, $this->decide( $row, 'approve' )->get_status() );
		self::assertSame( array(), $this->sidecar->asked );
		self::assertSame( array( 'queued', 0 ), array( $this->row( $id )->status, $this->row( $id )->attempts ) );
		$shown = $this->call( 'GET', 'instance' )->get_data();
		self::assertSame( array( true, $reason ), array( $shown['in_doubt'], $shown['reason'] ) );
		self::assertStringContainsString( 'a copy', $shown['message'] );
		ob_start();
		do_action( 'admin_notices' );
		self::assertStringContainsString( 'whether this site is a copy', (string) ob_get_clean() );
	}

	public static function signs_of_a_copy(): array {
		return array(
			'another address'                        => array( array( 'hash' => 'of another address' ), 'address' ),
			'a production database on another system' => array( array( 'environment' => 'production' ), 'environment' ),
			'the sidecar saw two sites'              => array( array( 'doubted' => true ), 'sidecar' ),
			'the sidecar saw two databases'          => array( array( 'doubted' => 'turn' ), 'turn' ),
		);
	}

	public function test_a_site_that_moved_goes_on_with_its_queue(): void {
		$row = $this->suggested();
		$was = get_option( Instance::OPTION )['id'];
		$this->pretend_to_be( array( 'hash' => 'of another address' ) );
		self::assertSame( 200, $this->call( 'POST', 'instance', array( 'answer' => 'moved' ) )->get_status() );
		self::assertSame( $was, get_option( Instance::OPTION )['id'] );
		self::assertSame( '{"answer":"moved"}', $this->sidecar->bodies[ array_search( "POST /v1/instances/$was", $this->sidecar->asked, true ) ] );
		self::assertSame( 200, $this->decide( $row, 'approve' )->get_status() );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
	}

	public function test_a_copy_gets_a_name_of_its_own_and_an_empty_queue_and_keeps_its_texts(): void {
		$written = $this->suggested( 'a written text' );
		$this->decide( $written, 'approve' );
		$open = $this->suggested();
		$this->pretend_to_be( array( 'hash' => 'of another address' ) );
		$answer = $this->call( 'POST', 'instance', array( 'answer' => 'copy' ) );
		self::assertSame( array( 200, false ), array( $answer->get_status(), $answer->get_data()['in_doubt'] ) );
		self::assertSame( 'inst_of_the_copy', get_option( Instance::OPTION )['id'] );
		self::assertNull( ( new Request_Store() )->find( $open->attachment_id ) );
		self::assertSame( 'a written text', $this->stored_alt( $written->attachment_id ) );
		$this->photo();
		$this->sync();
		self::assertSame( 'inst_of_the_copy', $this->sidecar->headers['Altsmith-Instance'] );
		self::assertSame( 409, $this->call( 'POST', 'instance', array( 'answer' => 'copy' ) )->get_status(), 'nobody asks any more' );
	}

	public function test_without_the_sidecar_nothing_is_answered(): void {
		$row = $this->suggested();
		$this->pretend_to_be( array( 'hash' => 'of another address' ) );
		$this->sidecar->down = true;
		self::assertSame( 503, $this->call( 'POST', 'instance', array( 'answer' => 'copy' ) )->get_status() );
		self::assertTrue( $this->call( 'GET', 'instance' )->get_data()['in_doubt'] );
		self::assertNotNull( ( new Request_Store() )->find( $row->attachment_id ) );
	}

	public function test_a_conflict_that_the_sidecar_sees_is_asked_about(): void {
		$id = $this->photo();
		$this->sidecar->canned = array( 'GET /v1/changes' => array( 409, array( 'error' => array( 'code' => 'INSTANCE_CONFLICT', 'message' => 'Two.', 'retryable' => false ) ) ) );
		$this->sync();
		self::assertSame( 'sidecar', ( new Instance() )->reason() );
		self::assertSame( 0, $this->row( $id )->attempts );
		$this->sidecar->canned = array();
		$this->call( 'POST', 'instance', array( 'answer' => 'moved' ) );
		$this->sync();
		self::assertSame( 'sent', $this->row( $id )->status );
	}

	public function test_two_databases_with_one_name_and_address_are_told_apart_by_their_turns(): void {
		$this->sync();
		$first = $this->turns();
		$this->sync();
		$second = $this->turns();
		self::assertSame( $first[1], $second[0], 'each goes on from the last' );
		self::assertSame( (int) strstr( $second[0], '.', true ) + 1, (int) strstr( $second[1], '.', true ) );
		update_option( 'altsmith_turn', array( 'last' => '7.1e99aaaaaaaaaaaa', 'next' => '' ) );
		$this->sync();
		self::assertStringStartsWith( '8.', $this->turns()[1], 'digits behind the dot are no exponent' );
		// The answer is lost: the same turn is sent again.
		$this->sidecar->down = true;
		$this->sync();
		$lost                = $this->turns();
		$this->sidecar->down = false;
		$this->sync();
		self::assertSame( $lost, $this->turns() );
		$this->refuse_turn();
		$this->sync();
		self::assertSame( 'turn', ( new Instance() )->reason() );
		self::assertStringContainsString( 'Another database', ( new Instance() )->sentence() );
	}

	public function test_a_copy_at_the_same_address_leaves_the_original_its_name(): void {
		$open = $this->suggested();
		$was  = ( new Instance() )->id();
		$this->refuse_turn();
		$this->sync();
		$this->sidecar->canned = array();
		$this->sidecar->asked  = array();
		self::assertSame( 200, $this->call( 'POST', 'instance', array( 'answer' => 'copy' ) )->get_status() );
		self::assertNotContains( "POST /v1/instances/$was", $this->sidecar->asked );
		self::assertNotSame( $was, ( new Instance() )->id() );
		self::assertNull( ( new Request_Store() )->find( $open->attachment_id ) );
		// Now the other database, where the owner answers that it is the original.
		$this->refuse_turn();
		$this->sync();
		$this->sidecar->canned = array();
		$is = ( new Instance() )->id();
		self::assertSame( 200, $this->call( 'POST', 'instance', array( 'answer' => 'moved' ) )->get_status() );
		self::assertContains( "POST /v1/instances/$is", $this->sidecar->asked );
		self::assertSame( array( '', $is ), array( ( new Instance() )->reason(), ( new Instance() )->id() ) );
	}

	/**
	 * @testWith ["moved"]
	 *           ["copy"]
	 */
	public function test_an_answer_puts_this_database_ahead_of_every_other_with_the_same_name( string $answer ): void {
		update_option( 'altsmith_turn', array( 'last' => '100.aaaaaaaaaaaa', 'next' => '' ) );
		$this->refuse_turn();
		$this->sync();
		$this->sidecar->canned = array();
		$answered_at           = time();
		self::assertSame( 200, $this->call( 'POST', 'instance', array( 'answer' => $answer ) )->get_status() );
		$this->sync();
		self::assertGreaterThanOrEqual( $answered_at, (int) strstr( $this->turns()[0], '.', true ), 'the other may have taken any number of turns since 100' );
		self::assertSame( (int) strstr( $this->turns()[0], '.', true ) + 1, (int) strstr( $this->turns()[1], '.', true ) );
	}

	public function test_a_feed_that_is_no_longer_kept_is_made_up_for_by_the_lists(): void {
		$row     = $this->suggested();
		$waiting = $this->photo();
		$this->sync();
		// The sidecar prunes both entries before the site reads them.
		$this->sidecar->describe_all( 'a dog' );
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'approve' );
		$this->sidecar->changes = array();
		$this->sidecar->canned  = array( 'GET /v1/changes' => array( 410, array( 'error' => array( 'code' => 'CURSOR_EXPIRED', 'message' => 'Gone.', 'retryable' => false, 'details' => array( 'next' => '0' ) ) ) ) );
		update_option( 'altsmith_cursor', 'of long ago' );
		add_filter( 'pre_update_option_altsmith_cursor', function ( $cursor ) {
			$this->sidecar->canned = array();
			return $cursor;
		} );
		$this->sync();
		remove_all_filters( 'pre_update_option_altsmith_cursor' );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 'pending', $this->row( $waiting )->display_status() );
		self::assertFalse( get_option( 'altsmith_pause' ) );
	}

	/** @return string[] The last turn and the next, as the latest reading of the feed sent them. */
	private function turns(): array {
		return explode( ' ', (string) end( $this->sidecar->turns ) );
	}

	private function refuse_turn(): void {
		$this->sidecar->canned = array( 'GET /v1/changes' => array( 409, array( 'error' => array( 'code' => 'INSTANCE_CONFLICT', 'message' => 'Two.', 'retryable' => false, 'details' => array( 'reason' => 'turn' ) ) ) ) );
	}

	public function test_a_second_language_domain_a_proxy_and_the_command_line_stop_nothing(): void {
		$id = $this->photo();
		$this->sync();
		$other = static fn(): string => 'https://www.beispiel.example:8443';
		add_filter( 'option_home', $other );
		add_filter( 'home_url', $other );
		$host = $_SERVER['HTTP_HOST'];
		unset( $_SERVER['HTTP_HOST'] );
		$this->sidecar->describe_all();
		$this->sync();
		$_SERVER['HTTP_HOST'] = $host;
		remove_filter( 'option_home', $other );
		remove_filter( 'home_url', $other );
		self::assertSame( 'pending', $this->row( $id )->display_status() );
	}

	public function test_a_sidecar_that_knows_no_source_pictures_is_asked_as_before(): void {
		$id     = $this->photo();
		$second = $this->photo();
		$this->sidecar->knows_sources = false;
		$this->sync();
		self::assertSame( array( 'sent', 'sent' ), array( $this->row( $id )->status, $this->row( $second )->status ) );
		self::assertSame( 3, $this->sidecar->count( 'POST /v1/jobs' ), 'refused once' );
	}

	/** @dataProvider addresses */
	public function test_one_address_has_one_form( string $url, string $form ): void {
		self::assertSame( $form, Site_Address::of( $url ) );
	}

	public static function addresses(): array {
		return array(
			array( 'https://www.Example.com/', 'example.com' ),
			array( 'http://example.com:8080', 'example.com' ),
			array( 'https://example.com/shop//en/', 'example.com/shop/en' ),
			array( 'https://www.com', 'com' ),
			array( 'no address', '' ),
		);
	}

	/** @param array<string, mixed> $stored What the copied database says of itself. */
	private function pretend_to_be( array $stored ): void {
		update_option( Instance::OPTION, $stored + get_option( Instance::OPTION ) );
	}

	/** @param array<string, mixed> $values */
	private function change_all( array $values ): void {
		foreach ( $this->sidecar->suggestions as $id => $suggestion ) {
			$this->sidecar->suggestions[ $id ] = $values + $suggestion;
		}
	}
}
