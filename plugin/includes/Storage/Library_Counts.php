<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

/** How the whole library stands. */
final class Library_Counts {
	/** @return array{total: int, with_text: int, missing: int, decorative: int, pending: int} */
	public function all(): array {
		global $wpdb;
		$counts = array();
		foreach ( array( 'total' => 'image', 'with_text' => 'with_text', 'missing' => 'missing', 'decorative' => 'decorative', 'pending' => 'pending' ) as $name => $state ) {
			$counts[ $name ] = (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->posts} WHERE " . Image_Conditions::sql( $state ) ); // phpcs:ignore WordPress.DB -- conditions are prepared there
		}
		return $counts;
	}
}
