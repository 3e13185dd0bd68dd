<?php
declare( strict_types=1 );

namespace Altsmith\Shop;

defined( 'ABSPATH' ) || exit;

/** Pictures of a shop that are not described: what customers pay for, and the picture that stands where there is none. */
final class Kept_Back {
	/** Folder below the uploads with files that WooCommerce gives to buyers only. */
	private const PAID = 'woocommerce_uploads/';

	public function register(): void {
		// First, so that a plugin can still say otherwise of the placeholder. Paid files are not sent, whoever asks: see Sender.
		add_filter( 'altsmith_should_request', array( $this, 'leave_out' ), 1, 2 );
	}

	/** Where no shop is active nothing is looked up: an upload has two queries to spare. */
	public function leave_out( mixed $wanted = true, mixed $attachment_id = 0 ): mixed {
		if ( ! Products::are_there() ) {
			return $wanted;
		}
		$id = is_numeric( $attachment_id ) ? (int) $attachment_id : 0;
		return self::is_paid( $id ) || (int) get_option( 'woocommerce_placeholder_image', 0 ) === $id ? false : $wanted;
	}

	/** Whether the file is one that customers pay for. */
	public static function is_paid( int $attachment_id ): bool {
		return str_starts_with( (string) get_post_meta( $attachment_id, '_wp_attached_file', true ), self::PAID );
	}
}
