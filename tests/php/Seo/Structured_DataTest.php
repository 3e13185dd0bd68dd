<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Seo;

use Altsmith\Placements\Library_Text;
use Altsmith\Seo\Seo_Plugins;
use Altsmith\Seo\Structured_Data;
use Altsmith\Settings;
use Altsmith\Tests\Support\Wp_Test_Case;

final class Structured_DataTest extends Wp_Test_Case {
	private int $image;

	protected function setUp(): void {
		parent::setUp();
		$this->become( 'admin' );
		$this->image = $this->upload( 'IMG_2034' );
		$this->approve( 'A cat on a sofa' );
		update_post_meta( $this->image, '_altsmith_keywords', array( 'cat', 'sofa' ) );
	}

	public function test_an_approved_image_of_a_page_is_described_once(): void {
		$graph = $this->graph( $this->page( $this->tag() . $this->tag() ) );
		self::assertCount( 1, $graph );
		self::assertSame( 'ImageObject', $graph[0]['@type'] );
		self::assertSame( wp_get_attachment_url( $this->image ), $graph[0]['contentUrl'] );
		self::assertSame( 'A cat on a sofa', $graph[0]['description'] );
		self::assertSame( array( 'cat', 'sofa' ), $graph[0]['keywords'] );
		self::assertSame( array( 640, 400 ), array( $graph[0]['width'], $graph[0]['height'] ) );
		self::assertArrayNotHasKey( 'name', $graph[0], 'a file name is no name' );
		self::assertArrayNotHasKey( 'caption', $graph[0], 'there is no visible caption' );
	}

	public function test_the_owners_words_go_first(): void {
		wp_update_post( array( 'ID' => $this->image, 'post_title' => 'Minka', 'post_content' => '<b>Our cat</b>, 2026', 'post_excerpt' => 'At home' ) );
		$graph = $this->graph( $this->page( $this->tag() ) );
		self::assertSame( array( 'Minka', 'Our cat, 2026', 'At home' ), array( $graph[0]['name'], $graph[0]['description'], $graph[0]['caption'] ) );
	}

	public function test_images_that_nobody_approved_or_that_are_decorative_are_not_mentioned(): void {
		$page = $this->page( $this->tag() );
		update_post_meta( $this->image, '_wp_attachment_image_alt', 'Typed by hand' );
		self::assertSame( array(), $this->graph( $page ) );
		$this->approve( 'A cat on a sofa' );
		update_post_meta( $this->image, '_altsmith_decorative', '1' );
		self::assertSame( array(), $this->graph( $page ) );
	}

	public function test_a_page_without_images_prints_nothing(): void {
		self::assertSame( '', $this->footer( $this->page( '<p>text</p>' ) ) );
	}

	public function test_an_image_elsewhere_on_the_site_is_not_mentioned(): void {
		$this->page( $this->tag() );
		self::assertSame( '', $this->footer( $this->page( '<p>text</p>' ) ) );
	}

	public function test_no_text_can_leave_the_script_element(): void {
		$this->approve( '</script><script>alert(1)</script> & "x" <!--' );
		$html = $this->footer( $this->page( $this->tag() ) );
		self::assertSame( 1, substr_count( $html, '</script' ) );
		self::assertStringNotContainsString( '<!--', $html );
		self::assertStringNotContainsString( '</script><script>', $html );
	}

	public function test_an_seo_plugin_keeps_the_main_image(): void {
		$other = $this->upload( 'other' );
		update_post_meta( $other, '_wp_attachment_image_alt', 'Another' );
		update_post_meta( $other, '_altsmith_provenance', array( array( 'before' => null, 'after' => 'Another', 'decorative_after' => false ) ) );
		$page = $this->page( $this->tag() . sprintf( '<img class="wp-image-%d" src="%s">', $other, wp_get_attachment_url( $other ) ) );
		self::assertCount( 2, $this->graph( $page ) );
		self::assertSame( array( 'Another' ), array_column( $this->graph( $page, 'Yoast SEO' ), 'description' ) );
	}

	public function test_the_owner_can_turn_it_off_and_a_plugin_can_too(): void {
		$page = $this->page( $this->tag() );
		add_filter( 'altsmith_structured_data', '__return_empty_array' );
		self::assertSame( '', $this->footer( $page ) );
		remove_filter( 'altsmith_structured_data', '__return_empty_array' );
		update_option( Settings::MORE_OPTION, array( 'structured_data' => false ) + Settings::defaults() );
		self::assertSame( '', $this->footer( $page ) );
	}

	private function approve( string $text ): void {
		update_post_meta( $this->image, '_wp_attachment_image_alt', wp_slash( $text ) );
		update_post_meta( $this->image, '_altsmith_provenance', wp_slash( array( array( 'suggestion_id' => 's1', 'before' => null, 'after' => $text, 'decorative_after' => false ) ) ) );
	}

	private function tag(): string {
		return sprintf( '<img class="wp-image-%d" src="%s" alt="">', $this->image, wp_get_attachment_url( $this->image ) );
	}

	private function page( string $content ): int {
		$id = wp_insert_post( wp_slash( array( 'post_type' => 'page', 'post_title' => 'A page', 'post_content' => $content, 'post_status' => 'publish' ) ), true );
		self::assertIsInt( $id );
		return $id;
	}

	/** @return array<int, array<string, mixed>> */
	private function graph( int $page, string $seo_plugin = '' ): array {
		$html = $this->footer( $page, $seo_plugin );
		if ( '' === $html ) {
			return array();
		}
		self::assertSame( 1, preg_match( '#^<script [^>]*type="application/ld\+json"[^>]*>\s*(.*?)\s*</script>\s*$#s', $html, $match ), $html );
		$data = json_decode( $match[1], true );
		self::assertSame( 'https://schema.org', $data['@context'] );
		return $data['@graph'];
	}

	/** What a visitor of the page gets from us at its end. */
	private function footer( int $page, string $seo_plugin = '' ): string {
		$data = new Structured_Data( new Library_Text(), new Seo_Plugins( array( 'ABSPATH' => $seo_plugin ) ) );
		$GLOBALS['wp_query']->query( array( 'page_id' => $page ) );
		foreach ( array( 'wp_content_img_tag', 'wp_get_attachment_image_attributes', 'wp_footer' ) as $hook ) {
			remove_all_filters( $hook );
		}
		// As On_Demand does, but with a list of SEO plugins of its own.
		if ( ( new Settings() )->prints_structured_data() ) {
			$data->register();
		}
		apply_filters( 'the_content', get_post( $page )->post_content );
		ob_start();
		do_action( 'wp_footer' );
		return trim( (string) ob_get_clean() );
	}
}
