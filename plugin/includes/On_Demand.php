<?php
declare( strict_types=1 );

namespace Altsmith;

defined( 'ABSPATH' ) || exit;

/**
 * Loads what a request needs of the plugin. A public page needs three small parts. wp-admin, cron and WP-CLI load everything at
 * once; other requests load the rest when the first hook fires that the rest has a callback for.
 */
final class On_Demand {
	/** Hooks that can fire on any request and that the rest of the plugin has callbacks for. */
	private const HOOKS = array(
		'rest_api_init',
		Plugin::CRON_HOOK,
		'add_attachment',
		'wp_generate_attachment_metadata',
		'untrashed_post',
		'delete_attachment',
		'edit_attachment',
		'trashed_post',
		'save_post',
		'deleted_post',
		'wp_enqueue_media',
		'enqueue_block_editor_assets',
		'wp_initialize_site',
		'wpmu_drop_tables',
		'wp_abilities_api_categories_init',
		'wp_abilities_api_init',
	);

	/** Keys of post meta whose change loads the rest, among them those in which places are looked for. Public pages write other keys all the time, which must not. */
	public const META_KEYS = array( '_thumbnail_id', '_wp_attached_file', '_wp_attachment_metadata', '_wp_attachment_image_alt', '_altsmith_decorative', '_elementor_data', '_elementor_page_settings', '_fl_builder_data', '_fl_builder_draft', '_bricks_page_content_2', '_bricks_page_header_2', '_bricks_page_footer_2', '_breakdance_data', 'ct_builder_shortcodes', 'ct_builder_json', 'brizy', 'panels_data', '_themify_builder_settings_json', '_product_image_gallery', '_wc_additional_variation_images' );

	private static bool $is_loaded = false;

	/** Called while plugins load: adds the hooks of every request. */
	public static function register(): void {
		// Not while plugins load: others may still want to filter the settings.
		add_action( 'init', array( self::class, 'register_for_visitors' ), 9 );
		// On every request, because any of them may ask WordPress's AI client; before other providers, which are asked in this order.
		add_action( 'init', array( self::class, 'register_for_wordpress_ai' ), 4 );
		if ( is_admin() || wp_doing_cron() || ( defined( 'WP_CLI' ) && WP_CLI ) ) {
			self::load();
			return;
		}
		add_action( 'init', array( self::class, 'upgrade' ), 1 );
		foreach ( self::HOOKS as $hook ) {
			add_filter( $hook, array( self::class, 'load_and_pass' ), PHP_INT_MIN );
		}
		foreach ( array( 'added_post_meta', 'updated_post_meta', 'deleted_post_meta' ) as $hook ) {
			add_action( $hook, array( self::class, 'load_for_meta' ), PHP_INT_MIN, 3 );
		}
		add_filter( 'map_meta_cap', array( self::class, 'load_for_capability' ), PHP_INT_MIN, 2 );
	}

	/** Loads the rest, once. Callbacks that it adds to the running hook are still called, because load_and_pass() runs first there. */
	public static function load(): void {
		if ( ! self::$is_loaded ) {
			self::$is_loaded = true;
			Plugin::load();
		}
	}

	/** Brings the tables up to date after an update of the plugin, whatever page is requested first. */
	public static function upgrade(): void {
		if ( ALTSMITH_SCHEMA !== (int) get_option( 'altsmith_schema_version', 0 ) ) {
			self::load();
			Storage\Schema::upgrade();
		}
	}

	/** Callback of HOOKS, of which some are filters. */
	public static function load_and_pass( mixed $value = null ): mixed {
		self::load();
		return $value;
	}

	/** Loads the rest where one of META_KEYS changed. */
	public static function load_for_meta( mixed $meta_id = 0, mixed $post_id = 0, mixed $key = '' ): void {
		if ( in_array( $key, self::META_KEYS, true ) ) {
			self::load();
		}
	}

	/** Filter `map_meta_cap`: the rest knows what our own capabilities need. */
	public static function load_for_capability( mixed $needed = null, mixed $capability = '' ): mixed {
		if ( is_string( $capability ) && str_starts_with( $capability, 'altsmith_' ) ) {
			self::load();
		}
		return $needed;
	}

	/** Offers the sidecar to WordPress's AI client (7.0 and later), where the settings turn it on. */
	public static function register_for_wordpress_ai(): void {
		$settings = new Settings();
		if ( function_exists( 'wp_ai_client_prompt' ) && $settings->answers_wordpress_ai() ) {
			( new Wordpress_Ai\Registration( $settings ) )->register();
		}
	}

	/** Registers what changes public pages, where the settings turn it on. */
	public static function register_for_visitors(): void {
		$settings = new Settings();
		if ( $settings->fills_on_render() ) {
			( new Placements\Render_Fill( new Placements\Library_Text() ) )->register();
		}
		if ( $settings->shows_video_texts() ) {
			( new Video\Video_On_Page() )->register();
		}
		if ( $settings->prints_structured_data() ) {
			( new Seo\Structured_Data( new Placements\Library_Text(), new Seo\Seo_Plugins() ) )->register();
		}
	}
}
