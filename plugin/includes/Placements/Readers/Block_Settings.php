<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

defined( 'ABSPATH' ) || exit;

/** The settings of blocks, as the JSON that stands in the comments which open them. */
final class Block_Settings {
	/**
	 * @param string $names A pattern for the names of the blocks, without slashes around it.
	 * @return iterable<array{0: string, 1: string, 2: int}> Name, JSON, and where it begins.
	 */
	public static function in( string $content, string $names ): iterable {
		$at = 0;
		while ( 1 === preg_match( '~<!--\s+wp:(' . $names . ')\s+(?=\{)~', $content, $opener, PREG_OFFSET_CAPTURE, $at ) ) {
			$start = $opener[0][1] + strlen( $opener[0][0] );
			$end   = strpos( $content, '-->', $start );
			$at    = false === $end ? strlen( $content ) : $end;
			yield array( $opener[1][0], rtrim( substr( $content, $start, $at - $start ), "/ \t\r\n" ), $start );
		}
	}
}
