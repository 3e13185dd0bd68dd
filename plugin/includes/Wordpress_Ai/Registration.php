<?php
declare( strict_types=1 );

namespace Altsmith\Wordpress_Ai;

use Altsmith\Capabilities;
use Altsmith\Settings;
use WordPress\AiClient\AiClient;
use WordPress\AiClient\Providers\Http\DTO\ApiKeyRequestAuthentication;
use WP_Connector_Registry;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * Makes the sidecar a provider of WordPress's AI client (7.0 and later), where the owner has turned it on: requests of WordPress and
 * of other plugins that send an image and want a text are then answered by the sidecar. Before 7.0 this class is never loaded.
 */
final class Registration {
	/** Our name in the registries of providers and connectors. */
	public const ID = 'altsmith';

	public function __construct( private readonly Settings $settings ) {}

	/** To be called on `init`, before the connectors are collected (15). Those who register first are asked first. */
	public function register(): void {
		if ( ! wp_supports_ai() || AiClient::defaultRegistry()->hasProvider( self::ID ) ) {
			return;
		}
		AiClient::defaultRegistry()->registerProvider( Provider::class );
		$this->pass_key();
		add_action( 'wp_connectors_init', array( $this, 'share_key_option' ) );
		add_action( 'init', array( $this, 'keep_key_from_site_administrators' ), 19 );
		add_filter( 'rest_request_before_callbacks', array( $this, 'note_settings_request' ), 10, 3 );
		// Of the plugin "AI": which models it tries first for images, and whether it offers its buttons at all.
		add_filter( 'wpai_preferred_vision_models', array( $this, 'prefer' ) );
		add_filter( 'wpai_has_ai_credentials', array( $this, 'or_configured' ) );
		add_filter( 'wpai_pre_has_valid_credentials_check', array( $this, 'or_configured' ) );
	}

	/** WordPress passes only what stands in the site's own option, not a constant of ours or the network's key. */
	private function pass_key(): void {
		if ( '' !== $this->settings->site_key() ) {
			AiClient::defaultRegistry()->setProviderRequestAuthentication( self::ID, new ApiKeyRequestAuthentication( $this->settings->site_key() ) );
		}
	}

	/**
	 * The card under Settings → Connectors and our own settings edit one option: two keys for one sidecar would differ some day.
	 *
	 * @param mixed $registry The connectors, once WordPress has collected those of the providers.
	 */
	public function share_key_option( mixed $registry ): void {
		if ( ! $registry instanceof WP_Connector_Registry || ! $registry->is_registered( self::ID ) ) {
			return;
		}
		$card = (array) $registry->unregister( self::ID );

		$card['authentication']                  = array_diff_key( $card['authentication'], array( 'env_var_name' => 1 ) );
		$card['authentication']['setting_name']  = Settings::KEY_OPTION;
		$card['authentication']['constant_name'] = 'ALTSMITH_SITE_KEY';
		$card['plugin']['file']                  = plugin_basename( ALTSMITH_FILE );
		$registry->register( self::ID, $card );
	}

	/** WordPress lets the card save an option that nobody has registered. On a network only its administrators choose the key. */
	public function keep_key_from_site_administrators(): void {
		if ( is_multisite() && ! current_user_can( Capabilities::CONNECT ) ) {
			register_setting( 'connectors', Settings::KEY_OPTION, array( 'type' => 'string', 'show_in_rest' => false ) );
		}
	}

	/**
	 * The card saves a key through the route of the settings; WordPress then asks whether the provider is configured, and empties the
	 * option if not. Only then is the sidecar asked about the key.
	 *
	 * @param mixed $response Passed on.
	 * @return mixed
	 */
	public function note_settings_request( mixed $response = null, mixed $handler = null, mixed $request = null ): mixed {
		if ( $request instanceof WP_REST_Request && '/wp/v2/settings' === $request->get_route() && 'GET' !== $request->get_method() && null !== $request->get_param( Settings::KEY_OPTION ) ) {
			Availability::check_key_once();
		}
		return $response;
	}

	/**
	 * @param mixed $models Pairs of provider and model, in the order in which they are tried.
	 * @return mixed
	 */
	public function prefer( mixed $models ): mixed {
		$ours = array( self::ID, Model_Directory::MODEL );
		return is_array( $models ) && $this->settings->is_configured() ? array( $ours, ...array_values( $models ) ) : $models;
	}

	/** @return mixed True while the sidecar is configured, else as it was. */
	public function or_configured( mixed $given = null ): mixed {
		return $this->settings->is_configured() ? true : $given;
	}
}
