<?php
declare( strict_types=1 );

namespace Altsmith\Editor;

use Altsmith\Admin\Assets;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** "Where this image is used", on the image's own screen. */
final class Places_Box {
	public function __construct( private readonly Assets $assets ) {}

	public function register(): void {
		add_action( 'add_meta_boxes_attachment', array( $this, 'add' ) );
	}

	public function add( mixed $post = null ): void {
		if ( $post instanceof WP_Post && wp_attachment_is_image( $post ) && current_user_can( 'edit_post', $post->ID ) ) {
			add_meta_box( 'altsmith-places-box', __( 'Where this image is used', 'altsmith' ), array( $this, 'render' ), 'attachment', 'normal' );
			$this->assets->enqueue_on_page( 'attachment' );
		}
	}

	public function render( WP_Post $post ): void {
		echo '<div id="altsmith-places" data-attachment="' . esc_attr( (string) $post->ID ) . '"><p>' . esc_html__( 'Loading…', 'altsmith' ) . '</p></div>';
	}
}
