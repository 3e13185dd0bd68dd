<?php
declare( strict_types=1 );

namespace Altsmith\Text;

defined( 'ABSPATH' ) || exit;

/** What ext-mbstring does, also where PHP has none: WordPress runs without, and replaces only mb_substr() and mb_strlen(). */
final class Utf8 {
	private const CHARACTERS = '[\x00-\x7F]+|[\xC2-\xDF][\x80-\xBF]|\xE0[\xA0-\xBF][\x80-\xBF]|[\xE1-\xEC\xEE\xEF][\x80-\xBF]{2}|\xED[\x80-\x9F][\x80-\xBF]|\xF0[\x90-\xBF][\x80-\xBF]{2}|[\xF1-\xF3][\x80-\xBF]{3}|\xF4[\x80-\x8F][\x80-\xBF]{2}';

	/** With a question mark for what is no character. */
	public static function scrub( string $text ): string {
		if ( function_exists( 'mb_scrub' ) ) {
			return mb_scrub( $text, 'UTF-8' );
		}
		return (string) preg_replace( '/(?:' . self::CHARACTERS . ')(*SKIP)(*FAIL)|./s', '?', $text );
	}

	/**
	 * The beginning of a text, in the units that JavaScript counts: a character above U+FFFF is two.
	 *
	 * @param string $text Valid UTF-8: see scrub().
	 */
	public static function cut( string $text, int $units ): string {
		$text = mb_substr( $text, 0, $units );
		for ( $over = self::units( $text ) - $units; $over > 0; $over = self::units( $text ) - $units ) {
			$text = mb_substr( $text, 0, mb_strlen( $text ) - intdiv( $over + 1, 2 ) );
		}
		return $text;
	}

	private static function units( string $text ): int {
		return mb_strlen( $text ) + (int) preg_match_all( '/[\x{10000}-\x{10FFFF}]/u', $text );
	}

	/** Without mbstring only A to Z become small; good enough to compare two texts that were both made so. */
	public static function lower( string $text ): string {
		return function_exists( 'mb_strtolower' ) ? mb_strtolower( $text, 'UTF-8' ) : strtolower( $text );
	}
}
