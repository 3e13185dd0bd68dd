<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;

defined( 'ABSPATH' ) || exit;

/**
 * "There is news", said by the sidecar and signed as Standard Webhooks has it. It carries no data: a lost one costs a
 * minute, a forged one is refused, a repeated one makes us look once more.
 */
final class Webhook {
	private const OPTION = 'altsmith_webhook';

	/** Seconds a message may be old, or ahead of our clock. */
	private const TOLERANCE = 300;

	/** Secrets begin with this; what follows is the key in base64. */
	private const PREFIX = 'whsec_';

	public function __construct( private readonly Client $client, private readonly Settings $settings ) {}

	/**
	 * Tells the sidecar where this site is. Some sidecars may not call it (they refuse private addresses unless told
	 * otherwise); then cron and open pages are what is left, and that is no error.
	 */
	public function introduce(): bool {
		$url = rest_url( 'altsmith/v1/webhook' );
		if ( $this->read()['for'] === $this->relation( $url ) ) {
			return true;
		}
		try {
			$secret = $this->client->put_webhook( $url );
		} catch ( Sidecar_Error ) {
			return false;
		}
		update_option( self::OPTION, array( 'for' => $this->relation( $url ), 'secret' => $secret ), false );
		return true;
	}

	/** @param string $signatures Space-separated: while a secret is changed two of them come along. */
	public function is_genuine( string $id, string $time, string $signatures, string $body ): bool {
		$secret = $this->read()['secret'];
		$key    = str_starts_with( $secret, self::PREFIX ) ? base64_decode( substr( $secret, strlen( self::PREFIX ) ), true ) : false; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- the format of the standard
		if ( false === $key || '' === $key || '' === $id || ! ctype_digit( $time ) || abs( time() - (int) $time ) > self::TOLERANCE ) {
			return false;
		}
		$expected = 'v1,' . base64_encode( hash_hmac( 'sha256', "$id.$time.$body", $key, true ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- the same
		$found    = false;
		foreach ( array_slice( explode( ' ', $signatures ), 0, 10 ) as $signature ) {
			$found = hash_equals( $expected, $signature ) || $found;
		}
		return $found;
	}

	/** A secret is good for one address of ours at one sidecar; another key may mean another sidecar at the old address. */
	private function relation( string $url ): string {
		return $this->settings->sidecar_url() . ' ' . $url . ' ' . hash( 'sha256', $this->settings->site_key() );
	}

	/** @return array{for: string, secret: string} */
	private function read(): array {
		$stored = get_option( self::OPTION, array() );
		$stored = is_array( $stored ) ? $stored : array();
		return array( 'for' => (string) ( $stored['for'] ?? '' ), 'secret' => (string) ( $stored['secret'] ?? '' ) );
	}
}
