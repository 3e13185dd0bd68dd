<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use WP_HTML_Tag_Processor;

defined( 'ABSPATH' ) || exit;

/**
 * Opt-in: gives pictures without a text the library's approved one while a page is put together. Posts stay as they are.
 *
 * The editor saves `alt=""` for every picture that had no text when it was placed, so that alone does not mean that
 * somebody wanted it so. What does: a role that hides the picture, aria-hidden, the attachment marked as decorative, or a
 * link around it, whose text the picture's own would be read into.
 */
final class Render_Fill {
	/** @var array<string, bool> Addresses of pictures that stand in links on this page. */
	private array $linked = array();

	public function __construct( private readonly Library_Text $library ) {}

	public function register(): void {
		// This filter of WordPress says which attachment an image is, and the attachment is in the cache already.
		add_filter( 'wp_content_img_tag', array( $this, 'fill' ), 10, 3 );
		// That filter sees the bare tag. What is around it is looked at here, before (wp_filter_content_tags runs at 12).
		add_filter( 'the_content', array( $this, 'remember_links' ), 11 );
		foreach ( array( 'core/image', 'core/media-text', 'core/gallery' ) as $block ) {
			add_filter( "render_block_$block", array( $this, 'remember_links' ) );
		}
	}

	// `mixed` in these two: other plugins' filters may hand over anything, and a TypeError would cost the visitor the page.
	public function remember_links( mixed $html = '' ): mixed {
		if ( ! is_string( $html ) || false === stripos( $html, '<img' ) || false === stripos( $html, '<a' ) ) {
			return $html;
		}
		$tags   = new WP_HTML_Tag_Processor( $html );
		$linked = false;
		while ( $tags->next_tag( array( 'tag_closers' => 'visit' ) ) ) {
			if ( 'A' === $tags->get_tag() ) {
				$linked = ! $tags->is_tag_closer() && null !== $tags->get_attribute( 'href' );
			} elseif ( $linked && 'IMG' === $tags->get_tag() ) {
				$this->linked[ (string) $tags->get_attribute( 'src' ) ] = true;
			}
		}
		return $html;
	}

	public function fill( mixed $tag = '', mixed $context = '', mixed $attachment_id = 0 ): mixed {
		if ( ! is_string( $tag ) || ! is_int( $attachment_id ) || $attachment_id <= 0 ) {
			return $tag;
		}
		$image = new WP_HTML_Tag_Processor( $tag );
		if ( ! $image->next_tag( 'img' ) || ! $this->is_open( $image ) ) {
			return $tag;
		}
		$text = $this->library->approved( $attachment_id );
		if ( '' === $text ) {
			return $tag;
		}
		$image->set_attribute( 'alt', $text );
		return $image->get_updated_html();
	}

	private function is_open( WP_HTML_Tag_Processor $image ): bool {
		$alt = $image->get_attribute( 'alt' );
		return '' === ( is_string( $alt ) ? trim( $alt ) : '' )
			&& ! in_array( $image->get_attribute( 'role' ), array( 'none', 'presentation' ), true )
			&& 'true' !== $image->get_attribute( 'aria-hidden' )
			&& ! isset( $this->linked[ (string) $image->get_attribute( 'src' ) ] );
	}
}
