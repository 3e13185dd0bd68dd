<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Storage\Library_Counts;
use Altsmith\Storage\Library_Index;
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

	public function test_what_an_importer_wrote_past_wordpress_is_found_a_day_later(): void {
		global $wpdb;
		$id = $this->photo();
		self::assertContains( $id, $this->missing() );
		$wpdb->insert( $wpdb->postmeta, array( 'post_id' => $id, 'meta_key' => '_wp_attachment_image_alt', 'meta_value' => 'imported' ) );
		( new Library_Index() )->read_all();
		self::assertContains( $id, $this->missing(), 'not at every turn' );
		update_option( 'altsmith_library_index', array( 'cursor' => 0, 'done_at' => time() - DAY_IN_SECONDS - 1, 'ready' => true ) );
		$this->sync();
		self::assertNotContains( $id, $this->missing() );
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

	/** @return int[] */
	private function missing(): array {
		$found = ( new WP_Query( array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'posts_per_page' => -1, 'fields' => 'ids', 'orderby' => 'ID', 'altsmith_state' => 'missing' ) ) )->posts;
		return array_map( 'intval', $found );
	}
}
