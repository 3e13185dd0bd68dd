<?php
declare( strict_types=1 );

namespace Altsmith\Editor;

use Altsmith\Admin\Assets;

defined( 'ABSPATH' ) || exit;

/** Brings our panels into the block editor: the one for pictures everywhere, the one before publishing where posts are written. */
final class Editor_Assets {
	public function __construct( private readonly Assets $assets ) {}

	public function register(): void {
		add_action( 'enqueue_block_editor_assets', array( $this, 'enqueue' ) );
	}

	public function enqueue(): void {
		if ( ! current_user_can( 'upload_files' ) ) {
			return;
		}
		$this->assets->enqueue( 'editor-panel' );
		// It needs the post editor's own scripts, which WordPress warns about in the widgets and site editors.
		$screen = function_exists( 'get_current_screen' ) ? get_current_screen() : null;
		if ( null !== $screen && 'post' === $screen->base ) {
			$this->assets->enqueue( 'pre-publish' );
		}
	}
}
