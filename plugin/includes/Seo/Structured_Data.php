<?php
declare( strict_types=1 );

namespace Altsmith\Seo;

use Altsmith\Placements\Library_Text;
use Altsmith\Video\Approved_Video;
use Altsmith\Video\Video_On_Page;
use WP_HTML_Tag_Processor;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * Tells search engines about the approved images and videos a page really shows: they are noted while the page is put together and
 * described once, at its end. Nothing is looked for, so a page without such images costs nothing.
 */
final class Structured_Data {
	/** A page with more is an archive or a mistake. */
	private const MAX_IMAGES = 50;

	/** @var array<int, true> Attachment ids in the order in which they were shown. */
	private array $shown = array();

	/** @var array<int, string> The same of videos, with the address of the picture that the page shows for each; '' for none. */
	private array $videos = array();

	public function __construct(
		private readonly Library_Text $library,
		private readonly Seo_Plugins $seo_plugins,
	) {}

	public function register(): void {
		add_filter( 'wp_content_img_tag', array( $this, 'note_in_content' ), 99, 3 );
		add_filter( 'wp_get_attachment_image_attributes', array( $this, 'note_in_template' ), 99, 2 );
		add_filter( 'render_block_core/video', array( $this, 'note_block' ), 99, 2 );
		add_filter( 'render_block_core/media-text', array( $this, 'note_block' ), 99, 2 );
		add_filter( 'wp_video_shortcode', array( $this, 'note_shortcode' ), 99, 2 );
		add_action( 'wp_footer', array( $this, 'print_graph' ), 99 );
	}

	// `mixed` in these four: the value only passes through, and a TypeError would cost the visitor the page.
	public function note_in_content( mixed $tag = '', mixed $context = '', mixed $attachment_id = 0 ): mixed {
		$this->note( is_int( $attachment_id ) ? $attachment_id : 0 );
		return $tag;
	}

	public function note_in_template( mixed $attributes = array(), mixed $attachment = null ): mixed {
		$this->note( $attachment instanceof WP_Post ? $attachment->ID : 0 );
		return $attributes;
	}

	public function note_block( mixed $html = '', mixed $block = array() ): mixed {
		$this->note_video( $html, is_array( $block ) ? Video_On_Page::id_of_block( $block ) : 0 );
		return $html;
	}

	public function note_shortcode( mixed $html = '', mixed $attributes = array() ): mixed {
		$this->note_video( $html, is_array( $attributes ) ? Video_On_Page::id_of_shortcode( $attributes ) : 0 );
		return $html;
	}

	private function note_video( mixed $html, int $attachment_id ): void {
		$tags = new WP_HTML_Tag_Processor( is_string( $html ) ? $html : '' );
		if ( $attachment_id > 0 && count( $this->videos ) < self::MAX_IMAGES && ! is_admin() && $tags->next_tag( 'video' ) ) {
			$poster                         = $tags->get_attribute( 'poster' );
			$this->videos[ $attachment_id ] = is_string( $poster ) ? esc_url_raw( $poster ) : '';
		}
	}

	public function print_graph(): void {
		$graph = is_feed() || is_404() || post_password_required() ? array() : $this->graph();
		/**
		 * The images of a page as schema.org describes them. Give an empty array to print nothing.
		 *
		 * @param array<int, array<string, mixed>> $graph
		 */
		$graph = apply_filters( 'altsmith_structured_data', $graph );
		if ( is_array( $graph ) && array() !== $graph ) {
			$data = array( '@context' => 'https://schema.org', '@graph' => array_values( $graph ) );
			// HEX_TAG: no text can end the script element.
			wp_print_inline_script_tag( (string) wp_json_encode( $data, JSON_HEX_TAG | JSON_HEX_AMP | JSON_UNESCAPED_SLASHES ), array( 'type' => 'application/ld+json', 'class' => 'altsmith-structured-data' ) );
		}
	}

	private function note( int $attachment_id ): void {
		if ( $attachment_id > 0 && count( $this->shown ) < self::MAX_IMAGES && ! is_admin() ) {
			$this->shown[ $attachment_id ] = true;
		}
	}

	/** @return array<int, array<string, mixed>> */
	private function graph(): array {
		$main     = $this->main_image();
		$is_owned = '' !== $this->seo_plugins->active();
		$graph    = array();
		foreach ( array_keys( $this->shown ) as $id ) {
			$post = get_post( $id );
			$text = $this->library->approved( $id );
			if ( '' === $text || ! $post instanceof WP_Post || ( $is_owned && $id === $main ) ) {
				continue;
			}
			$graph[] = Image_Object::of( $post, $text, $id === $main );
		}
		foreach ( $this->videos as $id => $poster ) {
			$video   = Approved_Video::of( $id );
			$graph[] = null === $video ? null : Video_Object::of( $video, $poster );
		}
		return array_values( array_filter( $graph ) );
	}

	/** The featured image of a single page, or else the first one it shows; 0 in lists. SEO plugins choose the same way. */
	private function main_image(): int {
		if ( ! is_singular() ) {
			return 0;
		}
		$featured = (int) get_post_thumbnail_id( get_queried_object_id() );
		return $featured > 0 ? $featured : (int) array_key_first( $this->shown );
	}
}
