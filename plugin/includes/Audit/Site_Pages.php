<?php
declare( strict_types=1 );

namespace Altsmith\Audit;

defined( 'ABSPATH' ) || exit;

/** The published pages of this site, by number: everything a visitor can open that has a post of its own, and the front page. */
final class Site_Pages {
	/** @return int[] The next ones after this number; begin with -1. */
	public static function after( int $number, int $limit ): array {
		global $wpdb;
		$first = $number < 0 && 'page' !== get_option( 'show_on_front' ) ? array( 0 ) : array();
		$found = $wpdb->get_col( $wpdb->prepare( "SELECT ID FROM {$wpdb->posts} WHERE " . self::condition() . ' AND ID > %d ORDER BY ID LIMIT %d', max( 0, $number ), $limit ) ); // phpcs:ignore WordPress.DB -- by number, whatever filters of other plugins say; the condition is escaped
		return array( ...$first, ...array_map( 'intval', $found ) );
	}

	public static function count(): int {
		global $wpdb;
		return (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->posts} WHERE " . self::condition() ) + ( 'page' === get_option( 'show_on_front' ) ? 0 : 1 ); // phpcs:ignore WordPress.DB -- the condition is escaped
	}

	/** Address of a page as visitors have it; '' where there is none. */
	public static function address( int $number ): string {
		return 0 === $number ? home_url( '/' ) : (string) get_permalink( $number );
	}

	public static function title( int $number ): string {
		$title = 0 === $number ? __( 'Front page', 'altsmith' ) : html_entity_decode( wp_strip_all_tags( get_the_title( $number ) ), ENT_QUOTES | ENT_HTML5 );
		/* translators: %d: number of a post */
		return '' === $title ? sprintf( __( 'No title (%d)', 'altsmith' ), $number ) : $title;
	}

	private static function condition(): string {
		$types = array_filter( array_keys( get_post_types( array( 'public' => true ) ) ), static fn( string $type ): bool => 'attachment' !== $type && is_post_type_viewable( $type ) );
		$types = array() === $types ? array( '' ) : $types;
		return "post_status = 'publish' AND post_password = '' AND post_type IN ('" . implode( "','", array_map( 'esc_sql', $types ) ) . "')";
	}
}
