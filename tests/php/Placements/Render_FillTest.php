<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Placements;

use Altsmith\Placements\Library_Text;
use Altsmith\Placements\Render_Fill;
use Altsmith\Settings;
use Altsmith\Tests\Support\Wp_Test_Case;

final class Render_FillTest extends Wp_Test_Case {
	private int $image;

	protected function setUp(): void {
		parent::setUp();
		$this->image = $this->upload();
		update_post_meta( $this->image, '_wp_attachment_image_alt', 'A cat on a sofa' );
		$this->approved( 'A cat on a sofa' );
	}

	public function test_it_is_off_unless_the_owner_turned_it_on(): void {
		self::assertSame( '', $this->shown_alt( $this->tag( '' ) ) );
	}

	public function test_a_picture_without_text_gets_the_approved_one(): void {
		$this->turn_on();
		self::assertSame( 'A cat on a sofa', $this->shown_alt( $this->tag( '' ) ) );
		self::assertSame( 'A cat on a sofa', $this->shown_alt( str_replace( ' alt=""', '', $this->tag( '' ) ) ) );
	}

	public function test_a_text_that_is_there_stays(): void {
		$this->turn_on();
		self::assertSame( 'Mine', $this->shown_alt( $this->tag( 'Mine' ) ) );
	}

	public function test_only_approved_texts_are_shown(): void {
		$this->turn_on();
		update_post_meta( $this->image, '_wp_attachment_image_alt', 'Typed later, by hand' );
		self::assertSame( '', $this->shown_alt( $this->tag( '' ) ) );
		delete_post_meta( $this->image, '_altsmith_provenance' );
		self::assertSame( '', $this->shown_alt( $this->tag( '' ) ) );
	}

	public function test_deliberately_empty_texts_stay_empty(): void {
		$this->turn_on();
		$empty = $this->tag( '' );
		self::assertSame( '', $this->shown_alt( str_replace( '<img', '<img role="none"', $empty ) ) );
		self::assertSame( '', $this->shown_alt( str_replace( '<img', '<img role="presentation"', $empty ) ) );
		self::assertSame( '', $this->shown_alt( str_replace( '<img', '<img aria-hidden="true"', $empty ) ) );
		self::assertSame( '', $this->shown_alt( '<a href="/x">' . $empty . ' Read more</a>' ), 'in a link' );
		update_post_meta( $this->image, '_altsmith_decorative', '1' );
		self::assertSame( '', $this->shown_alt( $empty ), 'marked as decorative' );
	}

	public function test_the_text_is_escaped(): void {
		$this->turn_on();
		$text = '"><script>alert(1)</script> %s [gallery]';
		update_post_meta( $this->image, '_wp_attachment_image_alt', wp_slash( $text ) );
		$this->approved( $text );
		$html = $this->render( $this->tag( '' ) );
		self::assertStringNotContainsString( '<script', $html );
		self::assertSame( $text, $this->alt_in( $html ) );
	}

	private function approved( string $text ): void {
		update_post_meta( $this->image, '_altsmith_provenance', wp_slash( array( array( 'suggestion_id' => 's1', 'before' => null, 'after' => $text, 'decorative_after' => false ) ) ) );
	}

	private function turn_on(): void {
		update_option( Settings::MORE_OPTION, array( 'render_fill' => true ) + Settings::defaults() );
		( new Render_Fill( new Library_Text() ) )->register();
	}

	protected function tearDown(): void {
		foreach ( array( 'wp_content_img_tag', 'the_content' ) as $hook ) {
			foreach ( $GLOBALS['wp_filter'][ $hook ]->callbacks ?? array() as $priority => $callbacks ) {
				foreach ( $callbacks as $callback ) {
					if ( is_array( $callback['function'] ) && $callback['function'][0] instanceof Render_Fill ) {
						remove_filter( $hook, $callback['function'], $priority );
					}
				}
			}
		}
		parent::tearDown();
	}

	private function tag( string $alt ): string {
		return sprintf( '<img src="%s" alt="%s" class="wp-image-%d">', wp_get_attachment_url( $this->image ), $alt, $this->image );
	}

	private function render( string $html ): string {
		return (string) apply_filters( 'the_content', $html );
	}

	private function shown_alt( string $html ): string {
		return $this->alt_in( $this->render( $html ) );
	}

	private function alt_in( string $html ): string {
		$tags = new \WP_HTML_Tag_Processor( $html );
		self::assertTrue( $tags->next_tag( 'img' ), $html );
		return (string) $tags->get_attribute( 'alt' );
	}
}
