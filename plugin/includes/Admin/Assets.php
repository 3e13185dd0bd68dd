<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Capabilities;
use Altsmith\Settings;

defined( 'ABSPATH' ) || exit;

/** Loads what `npm run build:plugin` made: one script, and often one style sheet, for each screen. */
final class Assets {
	public function __construct( private readonly Settings $settings ) {}

	/**
	 * For a `load-{page}` hook: the page's script is loaded when its turn comes.
	 *
	 * @param (callable(): array<string, mixed>)|null $more For the script, besides what every script gets.
	 */
	public function enqueue_on_page( string $name, ?callable $more = null ): void {
		add_action( 'admin_enqueue_scripts', fn() => $this->enqueue( $name, array(), null === $more ? array() : $more() ) );
	}

	/**
	 * @param string[]             $dependencies Scripts it needs besides those that the build found.
	 * @param array<string, mixed> $more         For the script, besides what every script gets.
	 */
	public function enqueue( string $name, array $dependencies = array(), array $more = array() ): void {
		$handle = 'altsmith-' . $name;
		$folder = plugin_dir_path( ALTSMITH_FILE ) . 'build/';
		$file   = $folder . $name . '.asset.php';
		if ( wp_script_is( $handle, 'enqueued' ) ) {
			return;
		}
		if ( ! is_file( $file ) ) {
			add_action( 'admin_notices', array( self::class, 'tell_what_is_missing' ) );
			return;
		}
		$asset = require $file;
		wp_enqueue_script( $handle, plugins_url( 'build/' . $name . '.js', ALTSMITH_FILE ), array_merge( $asset['dependencies'], $dependencies ), $asset['version'], true );
		wp_set_script_translations( $handle, 'altsmith', plugin_dir_path( ALTSMITH_FILE ) . 'languages' );
		wp_add_inline_script( $handle, 'window.altsmith = Object.assign( window.altsmith || {}, ' . wp_json_encode( $more + $this->bootstrap() ) . ' );', 'before' );
		wp_enqueue_style( 'wp-components' );
		foreach ( array( 'style-' . $name, $name ) as $style ) {
			if ( is_file( $folder . $style . '.css' ) ) {
				wp_enqueue_style( $handle . '-' . $style, plugins_url( 'build/' . $style . '.css', ALTSMITH_FILE ), array( 'wp-components' ), $asset['version'] );
				wp_style_add_data( $handle . '-' . $style, 'rtl', 'replace' );
			}
		}
	}

	/** Without its script a screen would say “Loading…” for ever. */
	public static function tell_what_is_missing(): void {
		echo '<div class="notice notice-error"><p>' . esc_html__( 'The scripts of Altsmith are missing: this copy of the plugin was not built. Install its ZIP file, or run “npm run build:plugin”.', 'altsmith' ) . '</p></div>';
	}

	/** @return array<string, mixed> The one object that PHP hands to our scripts. */
	private function bootstrap(): array {
		return array(
			'configured'  => $this->settings->is_configured(),
			'locale'      => get_locale(),
			'canSettings' => current_user_can( Capabilities::MANAGE ),
			'settingsUrl' => admin_url( 'options-general.php?page=altsmith' ),
			'reviewUrl'   => admin_url( 'upload.php?page=altsmith-review' ),
			// WordPress 7.0 moved what a block says into a tab of its own; older editors warn about that group's name.
			'contentTab'  => version_compare( get_bloginfo( 'version' ), '7.0-alpha', '>=' ),
		);
	}
}
