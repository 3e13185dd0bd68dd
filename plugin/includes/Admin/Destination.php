<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Sync\Pause;

defined( 'ABSPATH' ) || exit;

/** Where the bytes of images go, in one sentence that is true at this moment. */
final class Destination {
	/** A person waits for the page; a sidecar on the same machine or network answers within milliseconds. */
	private const TIMEOUT_SECONDS = 2;

	public function __construct( private readonly Settings $settings, private readonly Client $client, private readonly Pause $pause ) {}

	public function sentence(): string {
		$url = $this->settings->sidecar_url();
		if ( '' === $url ) {
			return __( 'No address is set: nothing leaves this site.', 'altsmith' );
		}
		$beyond = $this->beyond();
		if ( null === $beyond ) {
			/* translators: %s: address of the sidecar */
			return sprintf( __( 'The bytes of your images, their file names and texts, and the titles of the pages they belong to go to %s. Whether it sends the bytes on to another server could not be asked now.', 'altsmith' ), $url );
		}
		if ( '' === $beyond ) {
			/* translators: %s: address of the sidecar */
			return sprintf( __( 'The bytes of your images, their file names and texts, and the titles of the pages they belong to go to %s and nowhere else.', 'altsmith' ), $url );
		}
		/* translators: 1: address of the sidecar, 2: address of another server */
		return sprintf( __( 'The bytes of your images, their file names and texts, and the titles of the pages they belong to go to %1$s. The bytes go to the model server %2$s as well, because the sidecar is set up so.', 'altsmith' ), $url, $beyond );
	}

	/** The server that the sidecar sends the bytes on to; empty when there is none, null when it cannot be asked. */
	private function beyond(): ?string {
		if ( ! $this->settings->is_configured() || $this->pause->is_on() ) {
			return null;
		}
		try {
			$status = $this->client->status( self::TIMEOUT_SECONDS );
		} catch ( Sidecar_Error ) {
			return null;
		}
		$address = sanitize_text_field( (string) ( $status['bytes_also_go_to'] ?? '' ) );
		if ( '' === $address && 'remote' === ( $status['model']['precision'] ?? '' ) ) {
			return __( 'that its owner has set', 'altsmith' );
		}
		return $address;
	}
}
