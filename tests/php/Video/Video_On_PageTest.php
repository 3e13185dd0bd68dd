<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Video;

use Altsmith\Placements\Library_Text;
use Altsmith\Seo\Seo_Plugins;
use Altsmith\Seo\Structured_Data;
use Altsmith\Tests\Support\Wp_Test_Case;
use Altsmith\Video\Video_On_Page;

final class Video_On_PageTest extends Wp_Test_Case {
	private int $video;

	protected function setUp(): void {
		parent::setUp();
		$this->become( 'admin' );
		$file = wp_upload_dir()['path'] . '/clip-' . bin2hex( random_bytes( 4 ) ) . '.mp4';
		file_put_contents( $file, str_repeat( 'a video ', 100 ) );
		$this->video = $this->attach( $file, 'video/mp4' );
		$this->approve( 'A cat & a cup' );
		$this->new_page();
	}

	/** Nothing was shown yet. */
	private function new_page(): void {
		foreach ( array( 'render_block_core/video', 'render_block_core/media-text', 'wp_video_shortcode', 'wp_footer' ) as $hook ) {
			remove_all_filters( $hook );
		}
		( new Video_On_Page() )->register();
		( new Structured_Data( new Library_Text(), new Seo_Plugins( array() ) ) )->register();
	}

	public function test_a_video_has_its_description_as_its_name_and_the_text_alternative_under_it(): void {
		$html = $this->page( $this->block() );
		self::assertStringContainsString( 'aria-label="A cat &amp; a cup"', $html );
		self::assertStringNotContainsString( '<details', $html, 'nobody published a text alternative' );
		update_post_meta( $this->video, '_altsmith_text_alternative', "0:00 A <cat.\n0:03 A cup." );
		self::assertStringContainsString( '</figure><details class="altsmith-video-text"><summary>Description of the video</summary><p>A cat &amp; a cup</p><ul><li>0:00 A &lt;cat.</li><li>0:03 A cup.</li></ul></details>', $this->page( $this->block() ) );
	}

	public function test_a_shortcode_and_a_block_of_media_and_text_are_videos_too(): void {
		self::assertStringContainsString( 'aria-label="A cat', wp_video_shortcode( array( 'mp4' => wp_get_attachment_url( $this->video ) ) ) );
		$media = sprintf( '<!-- wp:media-text {"mediaId":%d,"mediaType":"video"} --><div class="wp-block-media-text"><figure><video src="x"></video></figure></div><!-- /wp:media-text -->', $this->video );
		self::assertStringContainsString( 'aria-label="A cat', $this->page( $media ) );
	}

	public function test_a_name_that_the_place_has_stays(): void {
		self::assertStringContainsString( '<video aria-label="Ours"', $this->page( str_replace( '<video', '<video aria-label="Ours"', $this->block() ) ) );
	}

	public function test_what_nobody_approved_or_was_changed_since_is_not_shown(): void {
		wp_update_post( array( 'ID' => $this->video, 'post_content' => 'Typed by hand' ) );
		self::assertStringNotContainsString( 'aria-label', $this->page( $this->block( 'https://example.org/p.jpg' ) ) );
		self::assertSame( array(), $this->graph() );
		$this->approve( 'A cat & a cup' );
		update_post_meta( $this->video, '_altsmith_picture_changed', '2026-12-01T10:00:00Z' );
		self::assertStringNotContainsString( 'aria-label', $this->page( $this->block() ) );
	}

	public function test_search_engines_get_what_they_require_from_wordpress_itself(): void {
		$photo = $this->upload();
		set_post_thumbnail( $this->video, $photo );
		wp_update_post( array( 'ID' => $this->video, 'post_date' => '2026-11-30 12:00:00', 'post_date_gmt' => '2026-11-30 12:00:00' ) );
		$this->page( $this->block() );
		list( $object ) = $this->graph();
		self::assertSame( 'VideoObject', $object['@type'] );
		self::assertSame( 'A cat & a cup', $object['name'], 'a file name is no name' );
		self::assertSame( wp_get_attachment_url( $photo ), $object['thumbnailUrl'] );
		self::assertSame( array( '2026-11-30T12:00:00+00:00', 'PT1M6S', wp_get_attachment_url( $this->video ) ), array( $object['uploadDate'], $object['duration'], $object['contentUrl'] ) );
	}

	public function test_the_poster_of_the_block_goes_first_and_without_any_there_is_no_entry(): void {
		$this->page( $this->block( 'https://example.org/p.jpg' ) );
		self::assertSame( 'https://example.org/p.jpg', $this->graph()[0]['thumbnailUrl'] );
		$this->new_page();
		$this->page( $this->block() );
		self::assertSame( array(), $this->graph(), 'search engines refuse a video without a picture' );
	}

	private function approve( string $text ): void {
		global $wpdb;
		$wpdb->update( $wpdb->posts, array( 'post_content' => $text ), array( 'ID' => $this->video ) );
		clean_post_cache( $this->video );
		update_post_meta( $this->video, '_altsmith_provenance', array( array( 'suggestion_id' => 's1', 'before' => '', 'after' => $text, 'decorative_after' => false, 'duration' => 66.4 ) ) );
	}

	private function block( string $poster = '' ): string {
		return sprintf( '<!-- wp:video {"id":%d} --><figure class="wp-block-video"><video controls%s src="%s"></video></figure><!-- /wp:video -->', $this->video, '' === $poster ? '' : " poster=\"$poster\"", wp_get_attachment_url( $this->video ) );
	}

	private function page( string $content ): string {
		$id = wp_insert_post( wp_slash( array( 'post_type' => 'page', 'post_title' => 'A page', 'post_content' => $content, 'post_status' => 'publish' ) ), true );
		$GLOBALS['wp_query']->query( array( 'page_id' => $id ) );
		return (string) apply_filters( 'the_content', get_post( $id )->post_content );
	}

	/** @return array<int, array<string, mixed>> */
	private function graph(): array {
		ob_start();
		do_action( 'wp_footer' );
		return 1 === preg_match( '#<script [^>]*type="application/ld\+json"[^>]*>\s*(.*?)\s*</script>#s', (string) ob_get_clean(), $match ) ? json_decode( $match[1], true )['@graph'] : array();
	}
}
