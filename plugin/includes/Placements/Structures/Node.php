<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Structures;

defined( 'ABSPATH' ) || exit;

/** One object or list in a structure, without those that are in it. */
final class Node {
	/**
	 * @param array<int, string>  $path   Keys that lead to it, from the outermost.
	 * @param array<string, Leaf> $leaves Its own strings and numbers by key.
	 * @param int                 $start  Where it begins among the bytes of the value.
	 * @param int                 $end    Behind its last byte.
	 */
	public function __construct( public readonly array $path, public readonly array $leaves, public readonly int $start, public readonly int $end ) {}

	public function key(): string {
		return array() === $this->path ? '' : $this->path[ count( $this->path ) - 1 ];
	}

	/** The last key that is a name and no number of a list. */
	public function name(): string {
		foreach ( array_reverse( $this->path ) as $key ) {
			if ( ! ctype_digit( $key ) ) {
				return $key;
			}
		}
		return '';
	}

	public function number( string $key ): int {
		return isset( $this->leaves[ $key ] ) ? $this->leaves[ $key ]->number() : 0;
	}

	public function text( string $key ): string {
		return isset( $this->leaves[ $key ] ) && $this->leaves[ $key ]->is_string ? $this->leaves[ $key ]->text() : '';
	}
}
