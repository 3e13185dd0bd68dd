<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Placements;

use Altsmith\Placements\Attachment_Check;
use Altsmith\Placements\Place_Readers;
use Altsmith\Placements\Place_Search;
use Altsmith\Placements\Placement_Index;
use Altsmith\Placements\Placement_Scan;
use Altsmith\Placements\Placement_Table;
use Altsmith\Tests\Support\Wp_Test_Case;

final class Placement_IndexTest extends Wp_Test_Case {
	private int $image;

	protected function setUp(): void {
		parent::setUp();
		$this->image = $this->upload();
	}

	public function test_a_saved_post_is_known_at_once_and_forgotten_when_the_picture_goes(): void {
		$post = $this->post( $this->block() );
		self::assertSame( array( $post => array( 'content' ) ), $this->posts() );
		wp_update_post( array( 'ID' => $post, 'post_content' => '<p>text only</p>' ) );
		self::assertSame( array(), $this->posts() );
	}

	public function test_trash_hides_a_post_and_untrash_brings_it_back(): void {
		$post = $this->post( $this->block() );
		wp_trash_post( $post );
		self::assertSame( array(), $this->posts() );
		wp_untrash_post( $post );
		self::assertSame( array( $post ), array_keys( $this->posts() ) );
		wp_delete_post( $post, true );
		self::assertSame( array(), $this->posts() );
	}

	public function test_a_featured_image_counts_too(): void {
		$post = $this->post( '' );
		set_post_thumbnail( $post, $this->image );
		self::assertSame( array( $post => array( 'featured' ) ), $this->posts() );
		delete_post_thumbnail( $post );
		self::assertSame( array(), $this->posts() );
	}

	public function test_revisions_and_autosaves_are_not_listed(): void {
		require_once ABSPATH . 'wp-admin/includes/post.php';
		$post = $this->post( $this->block() );
		wp_update_post( array( 'ID' => $post, 'post_title' => 'another title' ) );
		wp_create_post_autosave( array( 'post_ID' => $post, 'post_type' => 'post', 'post_content' => wp_slash( $this->block() . 'x' ), 'post_title' => 't', 'post_excerpt' => '' ) );
		self::assertSame( array( $post ), array_keys( $this->posts() ) );
	}

	public function test_numbers_that_came_with_another_sites_content_are_not_believed(): void {
		$this->post( str_replace( wp_basename( (string) get_attached_file( $this->image ) ), 'stranger.jpg', $this->block() ) );
		self::assertSame( array(), $this->posts() );
	}

	public function test_sub_sizes_cdn_addresses_and_converted_files_are_the_same_picture(): void {
		$file = '2026/11/sea-view-scaled.jpg';
		foreach ( array( 'https://site.test/wp-content/uploads/2026/11/sea-view-300x200.jpg', 'https://cdn.test/x/sea-view-scaled.jpg.webp?ver=1', 'https://site.test/sea-view.avif', 'https://site.test/sea-view-e1700000000000-1024x768.jpg', '/wp-content/uploads/sea-view-rotated.jpg' ) as $source ) {
			self::assertTrue( Attachment_Check::is_rendition_of( $source, $file ), $source );
		}
		foreach ( array( 'https://site.test/sea-view-2.jpg', 'https://site.test/sea.jpg', '' ) as $source ) {
			self::assertFalse( Attachment_Check::is_rendition_of( $source, $file ), $source );
		}
	}

	public function test_the_scan_finds_what_was_written_before_the_plugin_in_batches(): void {
		global $wpdb;
		for ( $i = 0; $i < 120; $i++ ) {
			// Straight into the table, as an import without hooks does it.
			$wpdb->insert( $wpdb->posts, array( 'post_type' => 'post', 'post_status' => 'publish', 'post_title' => 'Old', 'post_content' => 0 === $i % 2 ? $this->block() : '<p>no picture</p>', 'post_excerpt' => '', 'to_ping' => '', 'pinged' => '', 'post_content_filtered' => '' ) );
		}
		self::assertSame( array(), $this->posts() );
		Placement_Scan::start_over();
		$scan = new Placement_Scan( new Placement_Index( new Placement_Table(), new Place_Search( new Place_Readers(), new Attachment_Check() ) ) );
		self::assertFalse( $scan->run( 0.0 ), 'one batch is not enough' );
		self::assertGreaterThan( 0, Placement_Scan::state()['cursor'] );
		for ( $batches = 1; $batches < 10 && ! $scan->run( 0.0 ); $batches++ ) {
			continue;
		}
		self::assertCount( 60, $this->posts() );
		$before = $wpdb->num_queries;
		self::assertTrue( $scan->run( 1.0 ) );
		self::assertLessThanOrEqual( 1, $wpdb->num_queries - $before, 'a finished scan costs nothing' );
	}

	private function post( string $content ): int {
		$id = wp_insert_post( wp_slash( array( 'post_title' => 'A post', 'post_content' => $content, 'post_status' => 'publish' ) ), true );
		self::assertIsInt( $id );
		return $id;
	}

	private function block(): string {
		return sprintf( '<!-- wp:image {"id":%1$d} --><figure class="wp-block-image"><img src="%2$s" alt="" class="wp-image-%1$d"/></figure><!-- /wp:image -->', $this->image, wp_get_attachment_url( $this->image ) );
	}

	/** @return array<int, string[]> */
	private function posts(): array {
		return ( new Placement_Table() )->posts_of( $this->image, 500 );
	}
}
