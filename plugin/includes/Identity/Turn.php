<?php
declare( strict_types=1 );

namespace Altsmith\Identity;

defined( 'ABSPATH' ) || exit;

/**
 * Tells two copies of one database apart that use the same instance id and the same address. Each background run takes the next turn at
 * the sidecar; of two that go on from the same turn the second is refused. The next turn is stored before it is sent: where
 * the answer is lost the same one is sent again.
 *
 * The sidecar accepts a turn ahead of the one it knows, since it may have been restored from a backup. So the database for which
 * the owner has answered goes on from the present time, which is ahead of whatever another one has counted to.
 */
final class Turn {
	private const OPTION = 'altsmith_turn';

	/** @return string Header `Altsmith-Turn`: the last turn and the next. */
	public static function header(): string {
		$turn = self::read();
		if ( '' === $turn['next'] ) {
			// Not (int) of the whole: "2.1e9…" would be read as a number with an exponent.
			$turn['next'] = ( (int) strstr( $turn['last'], '.', true ) + 1 ) . '.' . bin2hex( random_bytes( 8 ) );
			update_option( self::OPTION, $turn, false );
		}
		return $turn['last'] . ' ' . $turn['next'];
	}

	/** The sidecar has taken what header() said. */
	public static function taken(): void {
		update_option( self::OPTION, array( 'last' => self::read()['next'], 'next' => '' ), false );
	}

	/** Goes on ahead of every other database with the same instance id: the number is the time in seconds, and runs are seconds apart. */
	public static function go_ahead(): void {
		update_option( self::OPTION, array( 'last' => time() . '.' . bin2hex( random_bytes( 8 ) ), 'next' => '' ), false );
	}

	/** @return array{last: string, next: string} From the database itself: a cache that lags behind would look like a copy. */
	private static function read(): array {
		global $wpdb;
		$stored = maybe_unserialize( $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM {$wpdb->options} WHERE option_name = %s", self::OPTION ) ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- past the cache
		$stored = is_array( $stored ) ? $stored : array();
		return array( 'last' => (string) ( $stored['last'] ?? '0.00000000' ), 'next' => (string) ( $stored['next'] ?? '' ) );
	}
}
