<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Settings;

defined( 'ABSPATH' ) || exit;

/** Where images go, in one sentence that claims only what was asked. */
final class Destination {
	public function __construct( private readonly Settings $settings ) {}

	/** @param array<string, mixed>|null $status What the sidecar has just said; null when it was not asked, or did not answer. */
	public function sentence( ?array $status = null ): string {
		$url = $this->settings->sidecar_url();
		if ( '' === $url ) {
			return __( 'No address is set: nothing leaves this site.', 'altsmith' );
		}
		/* translators: %s: address of the sidecar */
		$sent = sprintf( __( 'Your images, their file names and texts, and the titles of the pages they belong to go to %s.', 'altsmith' ), $url );
		if ( $this->settings->answers_wordpress_ai() && function_exists( 'wp_ai_client_prompt' ) ) {
			$sent .= ' ' . __( 'So does what other plugins send to WordPress’s AI client about images; it can contain text of your pages.', 'altsmith' );
		}
		if ( null === $status ) {
			return $sent . ' ' . __( 'The connection test says whether the images go on to another server from there.', 'altsmith' );
		}
		$address = sanitize_text_field( (string) ( $status['bytes_also_go_to'] ?? '' ) );
		if ( '' !== $address ) {
			/* translators: %s: address of another server */
			return $sent . ' ' . sprintf( __( 'From there the images go on to the model server %s, because the sidecar is configured that way.', 'altsmith' ), $address );
		}
		return 'remote' === ( $status['model']['precision'] ?? '' )
			? $sent . ' ' . __( 'From there the images go on to another model server, because the sidecar is configured that way.', 'altsmith' )
			: $sent . ' ' . __( 'They go nowhere else.', 'altsmith' );
	}
}
