<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Capabilities;
use Altsmith\Plugin;
use Altsmith\Settings;
use Altsmith\Storage\Library_Counts;
use Altsmith\Storage\Run_Store;
use Altsmith\Storage\Suggestion_Query;

defined( 'ABSPATH' ) || exit;

/** Settings → Get started with Altsmith: connect, try one picture, existing images. In the menu until all three are done. */
final class Start_Page {
	private const SLUG   = 'altsmith-start';
	private const PARENT = 'options-general.php';

	/** Transient: id of the user who activated the plugin in the last minute. */
	private const ACTIVATED = 'altsmith_activated';
	/** Option: '1' once the page has been shown after an activation, FINISHED once all steps are done. Autoloaded: the menu of each page asks. */
	private const SHOWN    = 'altsmith_start_shown';
	private const FINISHED = 'finished';

	public function __construct(
		private readonly Assets $assets,
		private readonly Settings $settings,
		private readonly Connection_Fields $connection,
		private readonly Library_Counts $counts,
		private readonly Run_Store $runs,
	) {}

	public function register(): void {
		add_action( 'admin_init', array( $this, 'lead_there' ) );
		add_action( 'admin_menu', array( $this, 'add_page' ) );
		add_action( 'admin_head', array( $this, 'leave_menu' ) );
		add_action( Plugin::CRON_HOOK, array( $this, 'note_finished' ), 30, 0 );
	}

	/** Activation hook. Plans a redirect to this page where one plugin was activated in wp-admin for one site; once for each site. */
	public static function activated( bool $network_wide = false ): void {
		$bulk = 'activate-selected' === ( $_REQUEST['action'] ?? '' ) || 'activate-selected' === ( $_REQUEST['action2'] ?? '' ); // phpcs:ignore WordPress.Security.NonceVerification, WordPress.Security.ValidatedSanitizedInput -- WordPress has checked it; only compared
		if ( ! $network_wide && ! $bulk && ! defined( 'WP_CLI' ) && is_user_logged_in() && false === get_option( self::SHOWN ) ) {
			set_transient( self::ACTIVATED, get_current_user_id(), MINUTE_IN_SECONDS );
		}
	}

	/** Redirects the user who activated the plugin. */
	public function lead_there(): void {
		if ( wp_doing_ajax() || is_network_admin() || get_current_user_id() !== (int) get_transient( self::ACTIVATED ) || ! current_user_can( Capabilities::MANAGE ) ) {
			return;
		}
		delete_transient( self::ACTIVATED );
		if ( ! self::is_finished() ) {
			update_option( self::SHOWN, '1', true );
		}
		wp_safe_redirect( self::url() );
		exit;
	}

	public function add_page(): void {
		$title = __( 'Get started with Altsmith', 'altsmith' );
		$hook  = add_submenu_page( self::PARENT, $title, $title, Capabilities::MANAGE, self::SLUG, array( $this, 'render' ) );
		if ( is_string( $hook ) ) {
			add_action(
				'load-' . $hook,
				function (): void {
					$this->assets->enqueue_on_page( 'start' );
					add_action( 'admin_enqueue_scripts', static fn() => wp_enqueue_media() );
				}
			);
		}
	}

	/** Removes the page from the menu once all steps are done. WordPress checks access to a page against the menu, so this runs after that check. */
	public function leave_menu(): void {
		if ( self::is_finished() && $this->settings->is_configured() ) {
			remove_submenu_page( self::PARENT, self::SLUG );
		}
	}

	/** Stores that all steps are done. The page itself and background runs look; the menu, which is on every page, only reads. */
	public function note_finished(): void {
		if ( ! self::is_finished() && ! in_array( false, $this->done(), true ) ) {
			update_option( self::SHOWN, self::FINISHED, true );
		}
	}

	private static function is_finished(): bool {
		return self::FINISHED === get_option( self::SHOWN );
	}

	public static function url(): string {
		return admin_url( self::PARENT . '?page=' . self::SLUG );
	}

	public function render(): void {
		$done = $this->done();
		$this->note_finished();
		echo '<div class="wrap altsmith-start"><h1>' . esc_html( get_admin_page_title() ) . '</h1>';
		echo '<p>' . esc_html__( 'Altsmith suggests alt text for your images. The texts are written by the sidecar: a program that runs on your own server, beside WordPress. You decide which of them are published.', 'altsmith' ) . '</p><ol class="altsmith-start__steps">';
		self::step( 'connect', __( 'Connect the sidecar', 'altsmith' ), $done['connect'], array( $this, 'connect' ) );
		self::step( 'try', __( 'Try one picture', 'altsmith' ), $done['try'], array( $this, 'try_one' ) );
		self::step( 'existing', __( 'Existing images', 'altsmith' ), $done['existing'], array( $this, 'existing' ) );
		echo '</ol>';
		Settings_Page::remove_key_form();
		echo '</div>';
	}

	/** @return array{connect: bool, try: bool, existing: bool} */
	private function done(): array {
		return array(
			'connect'  => $this->settings->is_configured() && (int) get_option( 'altsmith_last_sync', 0 ) > 0,
			'try'      => Suggestion_Query::has_any(),
			'existing' => null !== $this->runs->open() || array() !== $this->runs->ended( 1 ),
		);
	}

	private static function step( string $name, string $heading, bool $done, callable $content ): void {
		printf( '<li class="altsmith-step" data-step="%s" data-done="%d"><h2>%s <span class="altsmith-step__done">%s</span><span class="altsmith-step__open">%s</span></h2>', esc_attr( $name ), (int) $done, esc_html( $heading ), esc_html__( 'Done', 'altsmith' ), esc_html__( 'Not done yet', 'altsmith' ) );
		$content();
		echo '</li>';
	}

	/** The connection fields of the settings page; options.php saves them. */
	private function connect(): void {
		echo '<form method="post" action="options.php">';
		settings_fields( Settings_Page::GROUP );
		echo '<table class="form-table" role="presentation">';
		$this->connection->render();
		echo '</table></form>';
	}

	private function try_one(): void {
		echo '<p>' . esc_html__( 'Choose an image of the library, or upload one. Its text stays a suggestion; nothing is published.', 'altsmith' ) . '</p><div id="altsmith-try"></div>';
	}

	private function existing(): void {
		$missing = $this->counts->all()['missing'];
		/* translators: %s: number of images */
		echo '<p>' . esc_html( sprintf( _n( '%s image has no alt text.', '%s images have no alt text.', $missing, 'altsmith' ), number_format_i18n( $missing ) ) ) . ' ' . esc_html__( 'Start with a few: the next screen requests 20 at first.', 'altsmith' ) . '</p>';
		printf( '<p><a class="button" href="%s">%s</a></p>', esc_url( admin_url( 'upload.php?page=altsmith-backfill' ) ), esc_html__( 'Existing images', 'altsmith' ) );
	}
}
