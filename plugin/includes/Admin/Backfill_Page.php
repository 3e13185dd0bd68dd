<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Csv\Library_Export;
use Altsmith\Identity\Instance_Question;
use Altsmith\Shop\Products;

defined( 'ABSPATH' ) || exit;

/** Media → Existing images. PHP draws the frame, src/backfill the rest. */
final class Backfill_Page {
	private const SLUG = 'altsmith-backfill';

	public function __construct( private readonly Assets $assets, private readonly Instance_Question $question ) {}

	public function register(): void {
		add_action( 'admin_menu', array( $this, 'add_page' ) );
	}

	public function add_page(): void {
		$hook = add_media_page( __( 'Existing images', 'altsmith' ), __( 'Existing images', 'altsmith' ), 'edit_others_posts', self::SLUG, array( $this, 'render' ) );
		if ( is_string( $hook ) ) {
			add_action( 'load-' . $hook, fn() => $this->assets->enqueue_on_page( 'backfill', static fn(): array => array( 'csvUrl' => Library_Export::url(), 'hasShop' => Products::are_there() ) ) );
		}
	}

	public function render(): void {
		echo '<div class="wrap"><h1>' . esc_html( get_admin_page_title() ) . '</h1>';
		if ( $this->question->print_instead() ) {
			echo '</div>';
			return;
		}
		echo '<div id="altsmith-backfill"><p>' . esc_html__( 'Loading…', 'altsmith' ) . '</p></div>';
		echo '<noscript><p>' . esc_html__( 'This screen needs JavaScript.', 'altsmith' ) . '</p></noscript></div>';
	}
}
