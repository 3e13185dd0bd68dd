<?php
declare( strict_types=1 );

namespace Altsmith\Video;

use WP_HTML_Tag_Processor;

defined( 'ABSPATH' ) || exit;

/**
 * Gives a video on a page what a person approved for it: its description as its name for screen readers, because a block has
 * no room for an alt text of a video, and under it the text alternative of WCAG 1.2.1, if that was published. Posts stay as they are.
 */
final class Video_On_Page {
	public function register(): void {
		add_filter( 'render_block_core/video', array( $this, 'in_block' ), 10, 2 );
		add_filter( 'render_block_core/media-text', array( $this, 'in_block' ), 10, 2 );
		add_filter( 'wp_video_shortcode', array( $this, 'in_shortcode' ), 10, 2 );
	}

	// `mixed` in these two: other plugins' filters may hand over anything, and a TypeError would cost the visitor the page.
	public function in_block( mixed $html = '', mixed $block = array() ): mixed {
		return is_string( $html ) && is_array( $block ) ? self::completed( $html, self::id_of_block( $block ) ) : $html;
	}

	public function in_shortcode( mixed $html = '', mixed $attributes = array() ): mixed {
		return is_string( $html ) && is_array( $attributes ) ? self::completed( $html, self::id_of_shortcode( $attributes ) ) : $html;
	}

	/** @param array<string, mixed> $block @return int The attachment; 0 for none. */
	public static function id_of_block( array $block ): int {
		$given    = $block['attrs'] ?? array();
		$is_other = 'core/media-text' === ( $block['blockName'] ?? '' ) && 'video' !== ( $given['mediaType'] ?? '' );
		return $is_other ? 0 : (int) ( $given['id'] ?? $given['mediaId'] ?? 0 );
	}

	/** @param array<string, mixed> $attributes @return int The attachment; 0 for a video from elsewhere. */
	public static function id_of_shortcode( array $attributes ): int {
		foreach ( array( 'src', 'mp4', 'm4v', 'webm', 'ogv', 'flv' ) as $name ) {
			if ( is_string( $attributes[ $name ] ?? null ) && '' !== $attributes[ $name ] ) {
				return attachment_url_to_postid( $attributes[ $name ] );
			}
		}
		return 0;
	}

	private static function completed( string $html, int $attachment_id ): string {
		$approved = Approved_Video::of( $attachment_id );
		$tags     = new WP_HTML_Tag_Processor( $html );
		if ( null === $approved || ! $tags->next_tag( 'video' ) ) {
			return $html;
		}
		// A name that somebody gave this very place goes first.
		if ( null === $tags->get_attribute( 'aria-label' ) && null === $tags->get_attribute( 'aria-labelledby' ) && 'true' !== $tags->get_attribute( 'aria-hidden' ) ) {
			$tags->set_attribute( 'aria-label', wp_strip_all_tags( $approved->description ) );
		}
		return $tags->get_updated_html() . self::alternative( $approved );
	}

	/** Folded up: who sees the video needs no list of it. */
	private static function alternative( Approved_Video $approved ): string {
		if ( '' === $approved->text_alternative ) {
			return '';
		}
		// A public page loads no translations of ours otherwise.
		load_plugin_textdomain( 'altsmith', false, dirname( plugin_basename( ALTSMITH_FILE ) ) . '/languages' );
		$lines = array_map( static fn( string $line ): string => '<li>' . esc_html( $line ) . '</li>', explode( "\n", $approved->text_alternative ) );
		return '<details class="altsmith-video-text"><summary>' . esc_html__( 'Description of the video', 'altsmith' ) . '</summary><p>' . esc_html( wp_strip_all_tags( $approved->description ) ) . '</p><ul>' . implode( '', $lines ) . '</ul></details>';
	}
}
