<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Settings;
use Altsmith\Sync\Change_Reader;

defined( 'ABSPATH' ) || exit;

/** Settings → Altsmith. A plain form of WordPress's own; one button of it needs a script. */
final class Settings_Page {
	private const SLUG  = 'altsmith';
	private const GROUP = 'altsmith';

	public function __construct( private readonly Settings $settings, private readonly Assets $assets, private readonly Destination $destination ) {}

	public function register(): void {
		add_action( 'admin_menu', array( $this, 'add_page' ) );
		add_action( 'admin_init', array( $this, 'add_settings' ) );
		foreach ( array( Settings::URL_OPTION, Settings::KEY_OPTION ) as $option ) {
			add_action( 'update_option_' . $option, array( Change_Reader::class, 'start_over' ), 10, 0 );
			add_action( 'add_option_' . $option, array( Change_Reader::class, 'start_over' ), 10, 0 );
		}
		add_filter( 'plugin_action_links_' . plugin_basename( ALTSMITH_FILE ), array( $this, 'add_link' ) );
	}

	public function add_page(): void {
		$hook = add_options_page( __( 'Altsmith', 'altsmith' ), __( 'Altsmith', 'altsmith' ), 'manage_options', self::SLUG, array( $this, 'render' ) );
		if ( is_string( $hook ) ) {
			add_action( 'load-' . $hook, fn() => $this->assets->enqueue_on_page( 'settings' ) );
		}
	}

	public function add_settings(): void {
		register_setting( self::GROUP, Settings::URL_OPTION, array( 'type' => 'string', 'sanitize_callback' => array( $this, 'keep_address_if_absent' ) ) );
		register_setting( self::GROUP, Settings::KEY_OPTION, array( 'type' => 'string', 'sanitize_callback' => array( $this, 'keep_key_if_empty' ) ) );
		register_setting( self::GROUP, Settings::MORE_OPTION, array( 'type' => 'object', 'sanitize_callback' => array( Settings::class, 'sanitize_more' ) ) );
	}

	/** A field that a constant overrules is disabled and not sent: what is stored stays. */
	public function keep_address_if_absent( mixed $value ): string {
		return null === $value ? (string) get_option( Settings::URL_OPTION, '' ) : Settings::sanitize_url( $value );
	}

	/** The form never shows the key, so an empty field means "as it was". "-" removes it. */
	public function keep_key_if_empty( mixed $value ): string {
		$typed = is_string( $value ) ? trim( $value ) : '';
		if ( '-' === $typed ) {
			return '';
		}
		return '' === $typed ? (string) get_option( Settings::KEY_OPTION, '' ) : Settings::sanitize_key( $typed );
	}

	/**
	 * @param mixed $links
	 * @return mixed
	 */
	public function add_link( mixed $links ): mixed {
		if ( is_array( $links ) ) {
			array_unshift( $links, sprintf( '<a href="%s">%s</a>', esc_url( admin_url( 'options-general.php?page=' . self::SLUG ) ), esc_html__( 'Settings', 'altsmith' ) ) );
		}
		return $links;
	}

	public function render(): void {
		if ( ! current_user_can( 'manage_options' ) ) {
			return;
		}
		echo '<div class="wrap"><h1>' . esc_html( get_admin_page_title() ) . '</h1>';
		echo '<p>' . esc_html( $this->destination->sentence() ) . '</p>';
		echo '<div id="altsmith-connection" class="altsmith-connection"></div><form method="post" action="options.php">';
		settings_fields( self::GROUP );
		echo '<table class="form-table" role="presentation">';
		$this->render_address();
		$this->render_key();
		$this->render_choices();
		$this->render_background();
		echo '</table>';
		submit_button();
		echo '</form></div>';
	}

	private function render_address(): void {
		$fixed = 'constant' === $this->settings->source_of( Settings::URL_OPTION );
		$this->row(
			'altsmith_sidecar_url',
			__( 'Address of the sidecar', 'altsmith' ),
			sprintf(
				'<input type="url" class="regular-text code" id="altsmith_sidecar_url" name="%s" value="%s" placeholder="http://127.0.0.1:8787" %s><p class="description">%s</p>',
				esc_attr( Settings::URL_OPTION ),
				esc_attr( $this->settings->sidecar_url() ),
				disabled( $fixed, true, false ),
				esc_html( $fixed ? __( 'Set by the constant ALTSMITH_SIDECAR_URL.', 'altsmith' ) : __( 'As the web server reaches it, for instance http://127.0.0.1:8787.', 'altsmith' ) )
			)
		);
	}

	private function render_key(): void {
		$source = $this->settings->source_of( Settings::KEY_OPTION );
		$said   = array(
			'constant' => __( 'Set by the constant ALTSMITH_SITE_KEY.', 'altsmith' ),
			'database' => __( 'A key is stored. Leave the field empty to keep it; type a single “-” to remove it.', 'altsmith' ),
			'none'     => __( 'The sidecar prints it at its first start and keeps it in first-key.txt in its data folder.', 'altsmith' ),
		);
		$this->row(
			'altsmith_site_key',
			__( 'Site key', 'altsmith' ),
			sprintf(
				'<input type="password" class="regular-text code" id="altsmith_site_key" name="%s" value="" autocomplete="off" %s><p class="description">%s</p>',
				esc_attr( Settings::KEY_OPTION ),
				disabled( 'constant' === $source, true, false ),
				esc_html( $said[ $source ] )
			)
		);
	}

	private function render_choices(): void {
		$all  = $this->settings->all();
		$name = Settings::MORE_OPTION;
		$this->row( '', __( 'New uploads', 'altsmith' ), $this->checkbox( 'automatic', __( 'Ask for a suggestion when an image is uploaded', 'altsmith' ) ) . '<p class="description">' . esc_html__( 'The upload does not wait for it, and nothing is published before a person approves it.', 'altsmith' ) . '</p>' );

		$types = '';
		foreach ( Settings::READABLE_TYPES as $type ) {
			$types .= sprintf( '<label><input type="checkbox" name="%s[types][]" value="%s" %s> %s</label><br>', esc_attr( $name ), esc_attr( $type ), checked( in_array( $type, $all['types'], true ), true, false ), esc_html( strtoupper( substr( $type, 6 ) ) ) );
		}
		$this->row( '', __( 'Types of image', 'altsmith' ), '<fieldset><legend class="screen-reader-text">' . esc_html__( 'Types of image', 'altsmith' ) . '</legend>' . $types . '</fieldset>' );

		$options = '';
		foreach ( array( 'upload_files' => __( 'Everyone who may upload, for the images they may edit', 'altsmith' ), 'edit_others_posts' => __( 'Editors and administrators only', 'altsmith' ) ) as $value => $label ) {
			$options .= sprintf( '<option value="%s" %s>%s</option>', esc_attr( $value ), selected( $all['reviewers'], $value, false ), esc_html( $label ) );
		}
		$this->row( 'altsmith_reviewers', __( 'Who may review', 'altsmith' ), sprintf( '<select id="altsmith_reviewers" name="%s[reviewers]">%s</select>', esc_attr( $name ), $options ) );

		$more = array(
			'write_title'       => __( 'Replace a title that is only the file name', 'altsmith' ),
			'write_description' => __( 'Fill an empty description', 'altsmith' ),
			'structured_data'   => __( 'Describe images to search engines (schema.org ImageObject)', 'altsmith' ),
			'render_fill'       => __( 'Show approved texts in images that were placed before, when the page is shown', 'altsmith' ),
		);
		$this->row( '', __( 'With an approved text', 'altsmith' ), implode( '<br>', array_map( array( $this, 'checkbox' ), array_keys( $more ), $more ) ) );
	}

	/** What moves suggestions along, and when it last did: without it an owner whose cron is off waits for nothing. */
	private function render_background(): void {
		$last = (int) get_option( 'altsmith_last_sync', 0 );
		$text = 0 === $last
			? __( 'The sidecar has not been asked for news yet.', 'altsmith' )
			/* translators: %s: a span of time such as "5 minutes" */
			: sprintf( __( 'The sidecar was last asked for news %s ago.', 'altsmith' ), human_time_diff( $last ) );
		$more = defined( 'DISABLE_WP_CRON' ) && DISABLE_WP_CRON
			? __( 'WP-Cron is switched off on this site (DISABLE_WP_CRON). Uploads, open admin pages and “wp altsmith sync” do its work; let a timer of the system call that command or wp-cron.php every minute, so that suggestions also come when nobody is here.', 'altsmith' )
			: __( 'WP-Cron asks every minute while the site is visited; uploads and open admin pages ask as well.', 'altsmith' );
		$this->row( '', __( 'In the background', 'altsmith' ), '<p>' . esc_html( $text ) . '</p><p class="description">' . esc_html( $more ) . '</p>' );
	}

	private function checkbox( string $option, string $label ): string {
		return sprintf( '<label><input type="checkbox" name="%s[%s]" value="1" %s> %s</label>', esc_attr( Settings::MORE_OPTION ), esc_attr( $option ), checked( (bool) $this->settings->all()[ $option ], true, false ), esc_html( $label ) );
	}

	/** @param string $content HTML, escaped by the caller. */
	private function row( string $for, string $heading, string $content ): void {
		$heading = esc_html( $heading );
		if ( '' !== $for ) {
			$heading = sprintf( '<label for="%s">%s</label>', esc_attr( $for ), $heading );
		}
		echo '<tr><th scope="row">' . $heading . '</th><td>' . $content . '</td></tr>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped above
	}
}
