<?php
declare( strict_types=1 );

namespace Altsmith\Text;

defined( 'ABSPATH' ) || exit;

/** Turns untrusted text into one line of plain text. Escaping for HTML happens where it is printed, not here. */
final class Plain_Text {
	/** The contract's longest value. */
	public const MAX_LENGTH = 10000;

	/** Control, format (bidi marks, zero width), and private-use characters, and the two that no feed may hold. */
	private const INVISIBLE = '/[\p{Cc}\p{Cf}\p{Co}\x{FFFE}\x{FFFF}]+/u';

	/** The same, but the joiners that Persian, Indic scripts and emoji need stay: a person typed them on purpose. */
	private const INVISIBLE_BUT_JOINERS = '/(?:(?![\x{200C}\x{200D}\x{E0020}-\x{E007F}])[\p{Cc}\p{Cf}\p{Co}\x{FFFE}\x{FFFF}])+/u';

	public static function from_machine( mixed $text, int $max = self::MAX_LENGTH ): string {
		return self::clean( $text, self::INVISIBLE, $max );
	}

	public static function from_person( mixed $text, int $max = self::MAX_LENGTH ): string {
		return self::clean( $text, self::INVISIBLE_BUT_JOINERS, $max );
	}

	/** Of a person, line by line; empty lines go. */
	public static function lines( mixed $text ): string {
		$lines = is_string( $text ) ? array_map( static fn( string $line ): string => self::from_person( $line ), explode( "\n", str_replace( "\r", "\n", $text ) ) ) : array();
		return Utf8::cut( implode( "\n", array_filter( $lines, static fn( string $line ): bool => '' !== $line ) ), self::MAX_LENGTH );
	}

	/** For printing between tags. "&lt;" is shown as these four characters; esc_html() would show "<". */
	public static function html( string $text ): string {
		return htmlspecialchars( $text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8' );
	}

	private static function clean( mixed $text, string $invisible, int $max ): string {
		if ( ! is_string( $text ) ) {
			return '';
		}
		$text = Utf8::scrub( $text );
		$text = self::without_tags( $text );
		$text = (string) preg_replace( '/[\s\p{Z}]+/u', ' ', $text );
		$text = (string) preg_replace( $invisible, '', $text );
		// A tag may only have become one now, once the invisible characters inside it are gone.
		$text = trim( (string) preg_replace( '/ {2,}/', ' ', self::without_tags( $text ) ) );
		return Utf8::cut( $text, $max );
	}

	/**
	 * Takes out what a browser would read as a tag, and nothing else: "5 < 6" and "I <3 cats" stay as they are,
	 * which strip_tags() would cut short.
	 */
	private static function without_tags( string $text ): string {
		do {
			$before = $text;
			$text   = (string) preg_replace( '#<(script|style)\b.*?(</\1\s*>|$)#is', '', $text );
			$text   = (string) preg_replace( '#<[a-z/!?][^>]*>#i', '', $text );
		} while ( $before !== $text );
		return (string) preg_replace( '#<(?=[a-z/!?])#i', '', $text );
	}
}
