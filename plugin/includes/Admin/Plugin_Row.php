<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

defined( 'ABSPATH' ) || exit;

/** Explains in the list of plugins what deactivating and deleting the plugin do. */
final class Plugin_Row {
	public function register(): void {
		add_filter( 'plugin_row_meta', array( $this, 'explain' ), 10, 2 );
	}

	/**
	 * Filter `plugin_row_meta`.
	 *
	 * @param mixed $links
	 * @return mixed
	 */
	public function explain( mixed $links = null, mixed $file = '' ): mixed {
		if ( ! is_array( $links ) || plugin_basename( ALTSMITH_FILE ) !== $file ) {
			return $links;
		}
		$links[] = sprintf(
			'<details style="display:inline-block;vertical-align:top;max-width:40em"><summary>%s</summary><p>%s</p><p>%s</p></details>',
			esc_html__( 'What happens when I deactivate or delete it?', 'altsmith' ),
			esc_html__( 'Deactivated, Altsmith sends no images and fetches no suggestions. Suggestions, settings and all texts stay, and everything goes on when it is activated again.', 'altsmith' ),
			esc_html__( 'Deleted, its settings, its suggestions and its record of who approved which text are removed from this site. The alt texts, titles and descriptions of your images stay. What the sidecar has stored stays there until you erase it there.', 'altsmith' )
		);
		return $links;
	}
}
