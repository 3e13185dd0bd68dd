<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Capabilities;
use Altsmith\Identity\Instance_Question;
use Altsmith\Settings;
use Altsmith\Sync\Pause;

defined( 'ABSPATH' ) || exit;

/** Settings → Altsmith. A plain form of WordPress's own; the script tests the connection and asks before a key is removed. */
final class Settings_Page {
	private const SLUG   = 'altsmith';
	public const GROUP   = 'altsmith';
	private const REMOVE = 'altsmith_remove_key';

	public function __construct(
		private readonly Assets $assets,
		private readonly Destination $destination,
		private readonly Connection_Fields $connection,
		private readonly Choice_Fields $choices,
		private readonly Instance_Question $question,
		private readonly ?Words_Form $words = null,
	) {}

	public function register(): void {
		add_action( 'admin_menu', array( $this, 'add_page' ) );
		add_action( 'admin_init', array( self::class, 'add_settings' ) );
		add_action( 'admin_post_' . self::REMOVE, array( $this, 'remove_key' ) );
		foreach ( array( Settings::URL_OPTION, Settings::KEY_OPTION ) as $option ) {
			add_action( 'update_option_' . $option, array( Pause::class, 'forget' ), 10, 0 );
			add_action( 'add_option_' . $option, array( Pause::class, 'forget' ), 10, 0 );
		}
		add_filter( 'plugin_action_links_' . plugin_basename( ALTSMITH_FILE ), array( $this, 'add_link' ) );
	}

	public function add_page(): void {
		$hook = add_options_page( __( 'Altsmith', 'altsmith' ), __( 'Altsmith', 'altsmith' ), Capabilities::MANAGE, self::SLUG, array( $this, 'render' ) );
		if ( is_string( $hook ) ) {
			add_action( 'load-' . $hook, fn() => $this->assets->enqueue_on_page( 'settings' ) );
		}
	}

	/** Registers the options that the current user may save. Action `admin_init`. */
	public static function add_settings(): void {
		$check = new Settings_Check();
		register_setting( self::GROUP, Settings::MORE_OPTION, array( 'type' => 'object', 'sanitize_callback' => array( $check, 'choices' ) ) );
		// Who may not choose the address cannot send it either: WordPress saves registered settings only.
		if ( current_user_can( Capabilities::CONNECT ) ) {
			register_setting( self::GROUP, Settings::URL_OPTION, array( 'type' => 'string', 'sanitize_callback' => array( $check, 'address' ) ) );
			register_setting( self::GROUP, Settings::KEY_OPTION, array( 'type' => 'string', 'sanitize_callback' => array( $check, 'key' ) ) );
		}
	}

	/** A form of its own: in the other one, Enter in a text field would press the first button. */
	public function remove_key(): void {
		check_admin_referer( self::REMOVE );
		if ( ! current_user_can( Capabilities::CONNECT ) ) {
			wp_die( esc_html__( 'Sorry, you are not allowed to change the site key.', 'altsmith' ), '', array( 'response' => 403 ) );
		}
		delete_option( Settings::KEY_OPTION );
		add_settings_error( Settings::KEY_OPTION, 'removed', __( 'The site key was removed. No more images are sent.', 'altsmith' ), 'success' );
		set_transient( 'settings_errors', get_settings_errors(), 30 );
		wp_safe_redirect( add_query_arg( 'settings-updated', 'true', self::url() ) );
		exit;
	}

	/**
	 * @param mixed $links
	 * @return mixed
	 */
	public function add_link( mixed $links ): mixed {
		if ( is_array( $links ) ) {
			array_unshift( $links, sprintf( '<a href="%s">%s</a>', esc_url( self::url() ), esc_html__( 'Settings', 'altsmith' ) ) );
		}
		return $links;
	}

	public static function url(): string {
		return admin_url( 'options-general.php?page=' . self::SLUG );
	}

	public function render(): void {
		if ( ! current_user_can( Capabilities::MANAGE ) ) {
			return;
		}
		echo '<div class="wrap"><h1>' . esc_html( get_admin_page_title() ) . '</h1>';
		$this->question->print_instead();
		echo '<p>' . esc_html__( 'Altsmith suggests alt text for your images. The texts are written by the sidecar: a program that runs on your own server, beside WordPress.', 'altsmith' ) . '</p>';
		echo '<p class="altsmith-destination">' . esc_html( $this->destination->sentence() ) . '</p>';
		echo '<form method="post" action="options.php">';
		settings_fields( self::GROUP );
		echo '<h2 class="title">' . esc_html__( 'Connection', 'altsmith' ) . '</h2><table class="form-table" role="presentation">';
		$this->connection->render();
		echo '</table><h2 class="title">' . esc_html__( 'Suggestions', 'altsmith' ) . '</h2><table class="form-table" role="presentation">';
		$this->choices->render();
		echo '</table>';
		submit_button();
		echo '</form>';
		self::remove_key_form();
		$this->words?->render();
		echo '</div>';
	}

	/** What the button "Remove key" of the connection's fields sends. */
	public static function remove_key_form(): void {
		printf( '<form id="altsmith-remove-key" method="post" action="%s"><input type="hidden" name="action" value="%s">', esc_url( admin_url( 'admin-post.php' ) ), esc_attr( self::REMOVE ) );
		wp_nonce_field( self::REMOVE );
		echo '</form>';
	}
}
