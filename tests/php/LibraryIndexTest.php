<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Storage\Library_Counts;
use Altsmith\Storage\Library_Index;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Suggestion_Query;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Writeback\Provenance;
use WP_Query;

/** The table of Library_Index agrees with post meta after every change of an image. */
final class LibraryIndexTest extends Sidecar_Test_Case {
	protected function setUp(): void {
		parent::setUp();
		Library_Index::start_over();
		self::assertTrue( ( new Library_Index() )->read_all() );
	}

	public function test_it_says_what_post_meta_says_through_every_change(): void {
		global $wpdb;
		list( $a, $b, $c, $d ) = array( $this->photo(), $this->photo(), $this->photo(), $this->photo() );
		$page = wp_insert_post( array( 'post_title' => 'A page with meta of the same name', 'post_status' => 'publish' ) );
		update_post_meta( $page, '_wp_attachment_image_alt', 'no image' );
		$this->assert_same( 'uploaded' );
		update_post_meta( $a, '_wp_attachment_image_alt', 'a text' );
		update_post_meta( $b, '_wp_attachment_image_alt', '   ' );
		Provenance::set_decorative( $c, true );
		$this->assert_same( 'texts by hand' );
		self::assertNotContains( $a, $this->missing() );
		self::assertContains( $b, $this->missing(), 'blanks are no text' );
		delete_post_meta( $a, '_wp_attachment_image_alt' );
		Provenance::set_decorative( $c, false );
		$this->assert_same( 'taken away' );
		wp_update_post( array( 'ID' => $b, 'post_mime_type' => 'application/pdf' ) );
		wp_delete_attachment( $d, true );
		$this->assert_same( 'no image any more' );
		self::assertNotContains( $d, $this->missing() );
		$wpdb->update( $wpdb->posts, array( 'post_status' => 'trash' ), array( 'ID' => $c ) );
		do_action( 'trashed_post', $c );
		$this->assert_same( 'in the trash' );
	}

	public function test_our_own_writing_is_seen(): void {
		$row = $this->suggested();
		self::assertContains( $row->attachment_id, $this->missing() );
		$this->decide( $row, 'approve' );
		self::assertNotContains( $row->attachment_id, $this->missing() );
		$this->call( 'POST', "suggestions/$row->suggestion_id/undo", array( 'version' => $this->row( $row->attachment_id )->suggestion_version ) );
		self::assertContains( $row->attachment_id, $this->missing() );
	}

	public function test_what_was_deleted_past_wordpress_does_not_wait_for_a_person_for_ever(): void {
		global $wpdb;
		$row    = $this->suggested();
		$queued = $this->photo();
		$before = Suggestion_Query::count_waiting( 100 );
		foreach ( array( $row->attachment_id, $queued ) as $id ) {
			$wpdb->delete( $wpdb->posts, array( 'ID' => $id ) );
		}
		Library_Index::start_over(); // As after an activation, and once a day.
		$this->sync();
		$this->sync();
		self::assertSame( $before - 1, Suggestion_Query::count_waiting( 100 ) );
		self::assertSame( array( 'gone' ), $this->sidecar->reported() );
		self::assertSame( array(), ( new Request_Store() )->find_many( array( $row->attachment_id, $queued ) ) );
	}

	public function test_what_an_importer_inserted_past_wordpress_is_found_by_the_next_run_and_what_it_changed_a_day_later(): void {
		global $wpdb;
		$id = $this->photo();
		self::assertContains( $id, $this->missing() );
		$wpdb->insert( $wpdb->postmeta, array( 'post_id' => $id, 'meta_key' => '_wp_attachment_image_alt', 'meta_value' => 'imported' ) );
		$wpdb->insert( $wpdb->posts, array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'post_mime_type' => 'image/png', 'post_content' => '', 'post_title' => '', 'post_excerpt' => '', 'to_ping' => '', 'pinged' => '', 'post_content_filtered' => '' ) );
		$copied = (int) $wpdb->insert_id;
		( new Library_Index() )->read_all();
		self::assertNotContains( $id, $this->missing() );
		self::assertContains( $copied, $this->missing() );
		$wpdb->update( $wpdb->postmeta, array( 'meta_value' => '' ), array( 'post_id' => $id, 'meta_key' => '_wp_attachment_image_alt' ) );
		( new Library_Index() )->read_all();
		self::assertNotContains( $id, $this->missing(), 'no pass through all images at every turn' );
		update_option( 'altsmith_library_index', array( 'done_at' => time() - DAY_IN_SECONDS - 1 ) + get_option( 'altsmith_library_index' ) );
		$this->sync();
		self::assertContains( $id, $this->missing() );
	}

	public function test_a_pass_that_is_asked_for_while_another_one_goes_on_is_not_lost(): void {
		global $wpdb;
		$id = $this->photo();
		$this->missing();
		$wpdb->insert( $wpdb->postmeta, array( 'post_id' => $id, 'meta_key' => '_wp_attachment_image_alt', 'meta_value' => 'restored' ) );
		// A pass that has read the image already; it ends with the next step.
		update_option( 'altsmith_library_index', array( 'cursor' => $id + 5000, 'done_at' => 0, 'last_meta' => PHP_INT_MAX ) + get_option( 'altsmith_library_index' ) );
		Library_Index::start_over();
		self::assertTrue( ( new Library_Index() )->read_all() );
		self::assertNotContains( $id, $this->missing() );
		self::assertFalse( Library_Index::is_due() );
	}

	public function test_a_decorative_image_with_a_text_counts_once(): void {
		$was = ( new Library_Counts() )->all();
		$id  = $this->photo();
		update_post_meta( $id, '_wp_attachment_image_alt', 'left by an importer' );
		Provenance::set_decorative( $id, true );
		delete_transient( 'altsmith_library_counts' );
		$now = ( new Library_Counts() )->all();
		self::assertSame( array( 1, 0, 1, 0 ), array_map( static fn( string $kind ): int => $now[ $kind ] - $was[ $kind ], array( 'total', 'with_text', 'decorative', 'missing' ) ) );
		$this->assert_same( 'both' );
	}

	public function test_before_the_first_pass_the_meta_itself_is_asked(): void {
		$id = $this->photo();
		delete_option( 'altsmith_library_index' );
		self::assertFalse( Library_Index::is_ready() );
		self::assertContains( $id, $this->missing() );
	}

	/** The counts and the filter, out of the index and out of post meta. */
	private function assert_same( string $when ): void {
		$ready = array( ( new Library_Counts() )->all(), $this->missing() );
		$state = get_option( 'altsmith_library_index' );
		delete_option( 'altsmith_library_index' );
		delete_transient( 'altsmith_library_counts' );
		$slow = array( ( new Library_Counts() )->all(), $this->missing() );
		update_option( 'altsmith_library_index', $state );
		delete_transient( 'altsmith_library_counts' );
		self::assertSame( $slow, $ready, $when );
	}

	public function test_the_filter_of_the_library_counts_without_reading_every_image_and_sees_what_has_just_changed(): void {
		global $wpdb;
		$was = array_map( fn( string $state ): int => $this->page( $state )->found_posts, array( 'missing', 'pending', 'decorative' ) );
		for ( $i = 0; $i < 3; $i++ ) {
			$ids[] = $this->photo();
		}
		$this->sync();
		$this->sidecar->describe_all( 'a cat' );
		Provenance::set_decorative( $ids[0], true );
		$this->sync();
		$now = array_map( fn( string $state ): int => $this->page( $state )->found_posts, array( 'missing', 'pending', 'decorative' ) );
		self::assertSame( array( 2, 3, 1 ), array_map( static fn( int $after, int $before ): int => $after - $before, $now, $was ) );
		$page = $this->page( 'missing' );
		self::assertCount( 1, $page->posts );
		self::assertSame( $now[0], $page->max_num_pages );
		self::assertStringNotContainsString( 'SQL_CALC_FOUND_ROWS', $page->request );
		self::assertSame( 1, $this->page( 'missing', array( 's' => get_the_title( $ids[1] ), 'p' => $ids[1] ) )->found_posts, 'with another filter beside it' );
	}

	/** The list screen's query, with one image on a page. */
	private function page( string $state, array $more = array() ): WP_Query {
		return new WP_Query( $more + array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'posts_per_page' => 1, 'altsmith_state' => $state ) );
	}

	/** @return int[] */
	private function missing(): array {
		$found = ( new WP_Query( array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'posts_per_page' => -1, 'fields' => 'ids', 'orderby' => 'ID', 'altsmith_state' => 'missing' ) ) )->posts;
		return array_map( 'intval', $found );
	}
}
