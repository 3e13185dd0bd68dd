<?php
declare( strict_types=1 );

namespace Altsmith\Wordpress_Ai;

use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use WordPress\AiClient\Providers\Contracts\ProviderAvailabilityInterface;

defined( 'ABSPATH' ) || exit;

/**
 * Whether the AI client may choose the sidecar. It asks every provider at every request, so nothing goes over the network here. A sidecar that
 * is down stays chosen: its error is better than images that go to another company without a word.
 */
final class Availability implements ProviderAvailabilityInterface {
	/** Whether a key has just been saved that nobody has tried. */
	private static bool $is_key_new = false;

	/** The next question is about a key that has just been saved. */
	public static function check_key_once(): void {
		self::$is_key_new = true;
	}

	public function isConfigured(): bool { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- the AI client's name
		$settings = new Settings();
		if ( ! self::$is_key_new ) {
			return $settings->is_configured();
		}
		self::$is_key_new = false;
		try {
			( new Client( $settings ) )->status();
		} catch ( Sidecar_Error $error ) {
			// No answer says nothing about the key, and WordPress would throw it away.
			return ! in_array( $error->status, array( 401, 403 ), true );
		}
		return true;
	}
}
