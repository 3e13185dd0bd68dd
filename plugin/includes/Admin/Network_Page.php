<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Settings;

defined( 'ABSPATH' ) || exit;

/** Network Admin → Settings → Altsmith: address and key for every site that has none of its own, and what new sites begin with. */
final class Network_Page {
	private const SLUG   = 'altsmith-network';
	private const ACTION = 'altsmith_network';
	private const RIGHT  = 'manage_network_options';

	public function __construct( private readonly Settings $network ) {}

	public function register(): void {
		add_action( 'network_admin_menu', array( $this, 'add_page' ) );
		add_action( 'network_admin_edit_' . self::ACTION, array( $this, 'save' ) );
	}

	public function add_page(): void {
		add_submenu_page( 'settings.php', __( 'Altsmith', 'altsmith' ), __( 'Altsmith', 'altsmith' ), self::RIGHT, self::SLUG, array( $this, 'render' ) );
	}

	public function render(): void {
		echo '<div class="wrap"><h1>' . esc_html( get_admin_page_title() ) . '</h1>';
		settings_errors();
		echo '<p>' . esc_html__( 'Address and key are used by every site of the network that has none of its own; only administrators of the network can set them. The other settings are what each site begins with: its administrators can change them there.', 'altsmith' ) . '</p>';
		printf( '<form method="post" action="%s">', esc_url( network_admin_url( 'edit.php?action=' . self::ACTION ) ) );
		wp_nonce_field( self::ACTION );
		echo '<h2 class="title">' . esc_html__( 'Connection', 'altsmith' ) . '</h2><table class="form-table" role="presentation">';
		( new Connection_Fields( $this->network ) )->render();
		echo '</table>';
		echo '<h2 class="title">' . esc_html__( 'Suggestions', 'altsmith' ) . '</h2><table class="form-table" role="presentation">';
		( new Choice_Fields( $this->network ) )->render();
		echo '</table>';
		submit_button();
		echo '</form></div>';
	}

	/** Handles the form, and redirects back to the page. */
	public function save(): void {
		check_admin_referer( self::ACTION );
		if ( ! current_user_can( self::RIGHT ) ) {
			wp_die( esc_html__( 'Sorry, you are not allowed to change the settings of the network.', 'altsmith' ), '', array( 'response' => 403 ) );
		}
		$this->keep( wp_unslash( $_POST ) );
		// As options.php does: where something was not saved, the errors stand alone.
		if ( array() === get_settings_errors() ) {
			add_settings_error( 'general', 'settings_updated', __( 'Settings saved.', 'altsmith' ), 'success' );
		}
		set_transient( 'settings_errors', get_settings_errors(), 30 );
		wp_safe_redirect( add_query_arg( array( 'page' => self::SLUG, 'settings-updated' => 'true' ), network_admin_url( 'settings.php' ) ) );
		exit;
	}

	/**
	 * Saves the posted settings. A value that cannot be used gets an error beside its field, and the stored value stays.
	 *
	 * @param array<string, mixed> $posted By the names of the options.
	 */
	public function keep( array $posted ): void {
		$check = new Settings_Check( true );
		$kept  = Settings::of_network();
		if ( ! empty( $posted[ Connection_Fields::REMOVE_KEY ] ) ) {
			$kept[ Settings::KEY_OPTION ] = '';
			update_site_option( Settings::NETWORK_OPTION, $kept );
		}
		// The address first: the key for a one-time code is asked for there.
		foreach ( array( Settings::URL_OPTION => $check->address( ... ), Settings::KEY_OPTION => $check->key( ... ), Settings::MORE_OPTION => $check->choices( ... ) ) as $option => $read ) {
			$kept[ $option ] = $read( $posted[ $option ] ?? null );
			update_site_option( Settings::NETWORK_OPTION, $kept );
		}
	}
}
