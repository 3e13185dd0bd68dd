<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Span;

defined( 'ABSPATH' ) || exit;

/** Opening tags of shortcodes in a text, however deep they are nested: what is between opening and closing ones is read by itself. */
final class Shortcodes {
	/**
	 * @param string $names A pattern for their names, such as `vc_\w+`.
	 * @return iterable<array{0: string, 1: array<int|string, string>, 2: Span}> Name, attributes, and the bytes of the tag.
	 */
	public static function in( string $text, string $names ): iterable {
		$at = 0;
		while ( 1 === preg_match( '/(?<!\[)\[(' . $names . ')(?=[\s\]\/])((?:[^\]"\'\[]++|"[^"]*+"|\'[^\']*+\')*+)\]/', $text, $tag, PREG_OFFSET_CAPTURE, $at ) ) {
			$at         = $tag[0][1] + strlen( $tag[0][0] );
			$attributes = shortcode_parse_atts( $tag[2][0] );
			yield array( $tag[1][0], is_array( $attributes ) ? $attributes : array(), new Span( $tag[0][1], $tag[0][0] ) );
		}
	}

	/** @return int[] Of an attribute such as `12,13`. */
	public static function numbers( string $value ): array {
		return array_values( array_filter( array_map( 'intval', explode( ',', $value ) ), static fn( int $id ): bool => $id > 0 ) );
	}
}
