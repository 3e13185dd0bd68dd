<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/** A sidecar of an earlier version refuses a decision that says how it was made, or in which English: it gets it without. */
final class Earlier_Sidecar {
	private const NEW_WORDS = array( 'mode' => 1, 'displayed' => 1, 'source' => 1 );

	/**
	 * @param array<int, array<string, mixed>>                         $bodies
	 * @param callable(array<int, array<string, mixed>>): array<mixed> $send
	 * @return array<mixed> What $send gave.
	 * @throws Sidecar_Error
	 */
	public static function ask( array $bodies, callable $send ): array {
		try {
			return $send( $bodies );
		} catch ( Sidecar_Error $error ) {
			$plain = array_map( static fn( array $body ): array => array_diff_key( $body, self::NEW_WORDS ), $bodies );
			if ( 400 !== $error->status || $plain === $bodies ) {
				throw $error;
			}
			return $send( $plain );
		}
	}
}
