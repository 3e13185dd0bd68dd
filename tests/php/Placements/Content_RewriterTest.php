<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Placements;

use Altsmith\Placements\Content_Rewriter;
use Altsmith\Placements\Content_Scanner;
use Altsmith\Placements\Edit;
use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Rewrite;
use Altsmith\Placements\Rewrite_Error;
use Altsmith\Tests\Support\Wp_Test_Case;

final class Content_RewriterTest extends Wp_Test_Case {
	private const IMAGE = '<!-- wp:image {"id":5,"sizeSlug":"large"} --><figure class="wp-block-image size-large"><img src="http://example.test/a.jpg" alt="" class="wp-image-5"/></figure><!-- /wp:image -->';

	private const COVER = '<!-- wp:cover {"url":"http://example.test/a.jpg","id":7,"layout":{},"style":{"x":1.0},"alt":"old \u0022one\u0022"} --><div class="wp-block-cover"><img class="wp-block-cover__image-background wp-image-7" alt="old &quot;one&quot;" src="http://example.test/a.jpg" data-object-fit="cover"/><div class="wp-block-cover__inner-container">%s</div></div><!-- /wp:cover -->';

	public function test_only_the_alt_attribute_of_an_image_block_changes(): void {
		$after = $this->rewrite( '<p>a &amp; b</p>' . self::IMAGE, array( 0 => 'A cat' ) )->after;
		self::assertSame( '<p>a &amp; b</p>' . str_replace( 'alt=""', 'alt="A cat"', self::IMAGE ), $after );
	}

	public function test_a_cover_carries_the_text_in_its_settings_and_in_its_html(): void {
		$after = $this->rewrite( sprintf( self::COVER, '' ), array( 0 => 'A "new" -- <b> & one \\' ) )->after;
		$block = parse_blocks( $after )[0];
		self::assertSame( 'A "new" -- <b> & one \\', $block['attrs']['alt'] );
		self::assertStringContainsString( 'alt="A &quot;new&quot; -- &lt;b&gt; &amp; one \\"', $block['innerHTML'] );
		self::assertStringContainsString( '"layout":{},"style":{"x":1.0}', $after, 'an empty object and a float stay what they are' );
	}

	public function test_a_cover_without_a_picture_tag_names_its_box(): void {
		$fixed = '<!-- wp:cover {"url":"http://example.test/a.jpg","id":7,"hasParallax":true} --><div class="wp-block-cover has-parallax"><div class="wp-block-cover__image-background wp-image-7 has-parallax" style="background-image:url(http://example.test/a.jpg)"></div></div><!-- /wp:cover -->';
		$after = $this->rewrite( $fixed, array( 0 => 'Hills' ) )->after;
		self::assertSame( 'Hills', parse_blocks( $after )[0]['attrs']['alt'] );
		self::assertStringContainsString( 'role="img"', $after );
		self::assertStringContainsString( 'aria-label="Hills"', $after );
	}

	public function test_a_picture_inside_a_cover_is_not_taken_for_its_background(): void {
		$found = ( new Content_Scanner() )->scan( sprintf( self::COVER, self::IMAGE ) );
		self::assertSame( array( 7, 5 ), array_map( static fn( Found_Image $one ): int => $one->attachment_id, $found ) );
		$after = $this->rewrite( sprintf( self::COVER, self::IMAGE ), array( 1 => 'A cat' ) )->after;
		self::assertSame( sprintf( self::COVER, str_replace( 'alt=""', 'alt="A cat"', self::IMAGE ) ), $after );
	}

	public function test_media_and_text_is_rewritten_on_either_side_of_its_text(): void {
		$text   = '<div class="wp-block-media-text__content"><!-- wp:paragraph --><p></p><!-- /wp:paragraph --></div>';
		$figure = '<figure class="wp-block-media-text__media"><img src="http://example.test/a.jpg" alt="" class="wp-image-9 size-full"/></figure>';
		foreach ( array( $text . $figure, $figure . $text ) as $inside ) {
			$block = '<!-- wp:media-text {"mediaId":9,"mediaType":"image"} --><div class="wp-block-media-text">' . $inside . '</div><!-- /wp:media-text -->';
			self::assertSame( str_replace( 'alt=""', 'alt="Sea"', $block ), $this->rewrite( $block, array( 0 => 'Sea' ) )->after );
		}
	}

	public function test_galleries_old_and_new_and_classic_content_are_covered(): void {
		$old     = '<!-- wp:gallery {"ids":[3]} --><ul class="wp-block-gallery"><li class="blocks-gallery-item"><figure><img src="http://example.test/a.jpg" alt="" data-id="3"/></figure></li></ul><!-- /wp:gallery -->';
		$new     = '<!-- wp:gallery --><figure class="wp-block-gallery has-nested-images">' . self::IMAGE . '</figure><!-- /wp:gallery -->';
		$classic = '<p><img class="alignleft size-medium wp-image-4" src="http://example.test/a.jpg"></p>';
		$found   = ( new Content_Scanner() )->scan( $old . $new . $classic );
		self::assertSame( array( 3, 5, 4 ), array_map( static fn( Found_Image $one ): int => $one->attachment_id, $found ) );
		self::assertSame( array( '', '', '' ), array_map( static fn( Found_Image $one ): string => $one->locked, $found ) );
		$after = $this->rewrite( $old . $new . $classic, array( 0 => 'x', 1 => 'y', 2 => 'z' ) )->after;
		self::assertSame( array( 'x', 'y', 'z' ), array_map( static fn( Found_Image $one ): ?string => $one->alt, ( new Content_Scanner() )->scan( $after ) ) );
	}

	public function test_what_looks_like_a_picture_but_is_none_is_not_found(): void {
		self::assertSame( array(), ( new Content_Scanner() )->scan( '<script>var a = \'<img class="wp-image-5">\';</script><!-- <img class="wp-image-5"> --><p title="<img class=wp-image-5>">x</p>' ) );
	}

	/** @dataProvider places_that_are_not_ours */
	public function test_other_peoples_places_are_left_alone( string $content, string $why ): void {
		self::assertSame( $why, ( new Content_Scanner() )->scan( $content )[0]->locked );
		self::assertSame( $content, $this->rewrite( $content, array( 0 => 'no' ) )->after );
	}

	/** @return array<string, array{0: string, 1: string}> */
	public static function places_that_are_not_ours(): array {
		return array(
			'a bound alt attribute'     => array( '<!-- wp:image {"id":5,"metadata":{"bindings":{"alt":{"source":"core/post-meta"}}}} --><figure><img src="a.jpg" alt=""/></figure><!-- /wp:image -->', Found_Image::LOCKED_BOUND ),
			'a pattern with overrides'  => array( '<!-- wp:image {"id":5,"metadata":{"bindings":{"__default":{"source":"core/pattern-overrides"}}}} --><figure><img src="a.jpg" alt=""/></figure><!-- /wp:image -->', Found_Image::LOCKED_BOUND ),
			'a block of another plugin' => array( '<!-- wp:acme/picture {"alt":""} --><img class="wp-image-5" src="a.jpg" alt=""><!-- /wp:acme/picture -->', Found_Image::LOCKED_FOREIGN ),
		);
	}

	public function test_decorative_and_linked_pictures_are_recognised(): void {
		$found = ( new Content_Scanner() )->scan(
			'<!-- wp:image {"id":1,"isDecorative":true} --><figure><img src="a.jpg" alt=""/></figure><!-- /wp:image -->'
			. '<img src="a.jpg" role="presentation"><img src="a.jpg" aria-hidden="true"><a href="/x"><img src="a.jpg"></a><a id="top"><img src="a.jpg"></a><img src="a.jpg">'
		);
		self::assertSame( array( true, true, true, false, false, false ), array_map( static fn( Found_Image $one ): bool => $one->decorative, $found ) );
		self::assertSame( array( false, false, false, true, false, false ), array_map( static fn( Found_Image $one ): bool => $one->linked, $found ) );
	}

	public function test_an_undo_gives_back_the_very_bytes(): void {
		$before  = sprintf( self::COVER, "<img alt='' src='a.jpg' class='wp-image-5'>" ) . '<img class="wp-image-4" src=a.jpg alt=x >' . self::IMAGE . self::IMAGE;
		$rewrite = $this->rewrite( $before, array( 0 => 'one', 2 => 'two', 3 => 'two', 4 => 'two' ) );
		$edits   = array_map( static fn( Edit $edit ): array => array( 'index' => $edit->index, 'before' => $edit->old->html, 'after' => $edit->html ), $rewrite->edits );
		$scanner = new Content_Scanner();
		self::assertSame( $before, ( new Content_Rewriter( $scanner ) )->restore( $rewrite->after, $edits )->after );
		self::assertSame( "<p>new</p>$before", ( new Content_Rewriter( $scanner ) )->restore( "<p>new</p>{$rewrite->after}", $edits )->after, 'also in a post that was edited elsewhere' );
	}

	public function test_an_undo_refuses_a_picture_that_was_edited_since(): void {
		$rewrite = $this->rewrite( self::IMAGE, array( 0 => 'one' ) );
		$this->expectException( Rewrite_Error::class );
		( new Content_Rewriter( new Content_Scanner() ) )->restore( str_replace( 'one', 'mine', $rewrite->after ), array( array( 'index' => 0, 'before' => $rewrite->edits[0]->old->html, 'after' => $rewrite->edits[0]->html ) ) );
	}

	/** @dataProvider hostile_texts */
	public function test_no_text_can_leave_its_attribute( string $text ): void {
		$content = self::IMAGE . sprintf( self::COVER, '' ) . '<p>after</p>';
		$after   = $this->rewrite( $content, array( 0 => $text, 1 => $text ) )->after;
		$found   = ( new Content_Scanner() )->scan( $after );
		self::assertSame( array( $text, $text ), array( $found[0]->alt, $found[1]->alt ) );
		$blocks = parse_blocks( $after );
		self::assertSame( $text, $blocks[1]['attrs']['alt'] );
		self::assertSame( '<p>after</p>', end( $blocks )['innerHTML'] );
	}

	/** @return array<string, array{0: string}> */
	public static function hostile_texts(): array {
		return array(
			'quotes'             => array( '" onerror="alert(1)" x=\'' ),
			'a tag'              => array( '"><script>alert(1)</script>' ),
			'the end of a block' => array( '--> <!-- /wp:cover --> <!-- wp:html -->' ),
			'backslashes'        => array( 'C:\\new\\u0022 \\\\ %s %1$s' ),
			'a shortcode'        => array( '[gallery ids="1"]' ),
			'other scripts'      => array( "مرحبا 世界 é \u{1F600}" ),
			'JSON'               => array( '{"a":"b"} } -->' ),
			'serialised PHP'     => array( 'O:8:"stdClass":0:{}' ),
		);
	}

	/** @param array<int, string> $texts */
	private function rewrite( string $content, array $texts ): Rewrite {
		return ( new Content_Rewriter( new Content_Scanner() ) )->rewrite( $content, $texts );
	}
}
