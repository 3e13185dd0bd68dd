<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use WP_Block_Parser;

defined( 'ABSPATH' ) || exit;

/**
 * Which block each byte of a post belongs to. Built from the tokens of WordPress's block parser, because parse_blocks()
 * forgets where things stand, and serialising its tree again changes bytes nobody meant to change (`{}` becomes `[]`).
 */
final class Block_Map {
	/** @var array<int, array{0: int, 1: ?Block_Opener}> From this offset on, this is the innermost open block. Ascending. */
	private array $borders = array( array( 0, null ) );

	private int $position = 0;

	public static function of( string $content ): self {
		$map    = new self();
		$open   = array();
		$parser = new WP_Block_Parser();

		$parser->document = $content;
		$parser->offset   = 0;
		while ( true ) {
			list( $type, $name, $attributes, $start, $length ) = $parser->next_token();
			if ( 'no-more-tokens' === $type ) {
				return $map;
			}
			$parser->offset = $start + $length;
			if ( 'void-block' === $type ) {
				continue;
			}
			if ( 'block-opener' === $type ) {
				$opener = new Block_Opener( (string) $name, is_array( $attributes ) ? $attributes : array(), new Span( $start, substr( $content, $start, $length ) ) );
				array_push( $open, $opener );
				$map->borders[] = array( $start + $length, $opener );
			} else {
				array_pop( $open );
				$map->borders[] = array( $start, end( $open ) ?: null );
			}
		}
	}

	/** @param int $offset Must not be smaller than in the call before: the map is walked once, from front to back. */
	public function innermost_at( int $offset ): ?Block_Opener {
		while ( isset( $this->borders[ $this->position + 1 ] ) && $this->borders[ $this->position + 1 ][0] <= $offset ) {
			++$this->position;
		}
		return $this->borders[ $this->position ][1];
	}
}
