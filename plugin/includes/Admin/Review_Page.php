<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Capabilities;
use Altsmith\Identity\Instance_Question;
use Altsmith\Rest\Reviewer_Controller;
use Altsmith\Review\Reviewer;

defined( 'ABSPATH' ) || exit;

/** Media → Alt text review. PHP draws the frame, src/review the rest. */
final class Review_Page {
	private const SLUG = 'altsmith-review';

	public function __construct( private readonly Assets $assets, private readonly Instance_Question $question, private readonly Menu_Badge $badge ) {}

	public function register(): void {
		add_action( 'admin_menu', array( $this, 'add_page' ) );
	}

	public function add_page(): void {
		$hook = add_media_page( __( 'Alt text review', 'altsmith' ), esc_html__( 'Alt text review', 'altsmith' ) . $this->badge->html(), Capabilities::REVIEW, self::SLUG, array( $this, 'render' ) );
		if ( is_string( $hook ) ) {
			add_action( 'load-' . $hook, fn() => $this->assets->enqueue_on_page( 'review', static fn(): array => array( 'shortcuts' => Reviewer_Controller::shown( new Reviewer( get_current_user_id() ) ) ) ) );
		}
	}

	/** The same screen with the images that got no suggestion. */
	public static function failed_url(): string {
		return admin_url( 'upload.php?page=' . self::SLUG . '&failed=1' );
	}

	public function render(): void {
		echo '<div class="wrap"><h1 class="wp-heading-inline">' . esc_html( get_admin_page_title() ) . '</h1><hr class="wp-header-end">';
		if ( $this->question->print_instead() ) {
			echo '</div>';
			return;
		}
		echo '<div id="altsmith-review"><p>' . esc_html__( 'Loading…', 'altsmith' ) . '</p></div>';
		echo '<noscript><p>' . esc_html__( 'This screen needs JavaScript.', 'altsmith' ) . '</p></noscript></div>';
	}
}
