<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

defined( 'ABSPATH' ) || exit;

/** Media → Published pages. PHP draws the frame, src/audit the rest. */
final class Audit_Page {
	private const SLUG = 'altsmith-audit';

	public function __construct( private readonly Assets $assets ) {}

	public function register(): void {
		add_action( 'admin_menu', array( $this, 'add_page' ), 11 );
	}

	public function add_page(): void {
		$hook = add_media_page( __( 'Alt text on published pages', 'altsmith' ), __( 'Published pages', 'altsmith' ), 'edit_others_posts', self::SLUG, array( $this, 'render' ) );
		if ( is_string( $hook ) ) {
			add_action( 'load-' . $hook, fn() => $this->assets->enqueue_on_page( 'audit' ) );
		}
	}

	public function render(): void {
		echo '<div class="wrap"><h1>' . esc_html( get_admin_page_title() ) . '</h1>';
		echo '<div id="altsmith-audit"><p>' . esc_html__( 'Loading…', 'altsmith' ) . '</p></div>';
		echo '<noscript><p>' . esc_html__( 'This screen needs JavaScript.', 'altsmith' ) . '</p></noscript></div>';
	}
}
