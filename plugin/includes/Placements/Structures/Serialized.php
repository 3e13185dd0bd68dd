<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Structures;

use Altsmith\Placements\Span;
use Altsmith\Placements\Unreadable;
use Generator;

defined( 'ABSPATH' ) || exit;

/**
 * Reads what PHP's serialize() wrote from front to back and says where each value stands. unserialize() would make objects of
 * whatever classes it names and run their code; here an object is a list of keys and values.
 */
final class Serialized {
	private int $at = 0;

	private function __construct( private readonly string $raw ) {}

	/**
	 * @return Generator<int, Node> Each list and object as it ends, so the inner ones first.
	 * @throws Unreadable When it is no serialised list or object, or is cut off.
	 */
	public static function nodes( string $raw ): Generator {
		return ( new self( $raw ) )->read();
	}

	private function read(): Generator {
		$open = new Open_Nodes();
		$left = array(); // Keys and values that are still to come, for each open list.
		do {
			$depth = count( $left );
			if ( $depth > 0 && 0 === $left[ $depth - 1 ] ) {
				$this->expect( '}' );
				array_pop( $left );
				yield $open->pop( $this->at );
				continue;
			}
			if ( $depth > 0 ) {
				$is_key = 0 === $left[ $depth - 1 ]-- % 2;
				if ( $is_key ) {
					$open->key( $this->list_key() );
					continue;
				}
			}
			$start = $this->at;
			$count = $this->begin_list();
			if ( null !== $count ) {
				$open->push( $start );
				$left[] = 2 * $count;
			} elseif ( 0 === $depth ) {
				throw new Unreadable( 'It is no list and no object.' );
			} else {
				$leaf = $this->value();
				if ( null !== $leaf ) {
					$open->add( $leaf );
				}
			}
		} while ( array() !== $left );
		if ( strlen( $this->raw ) !== $this->at ) {
			throw new Unreadable( 'Something follows its end.' );
		}
	}

	private function list_key(): string {
		$leaf = $this->value();
		if ( null === $leaf ) {
			throw new Unreadable( 'A key is no number and no string.' );
		}
		return $leaf->raw();
	}

	/** @return int|null How many entries a list or an object has; null when something else stands here. */
	private function begin_list(): ?int {
		if ( 1 !== preg_match( '/\G(?:a:|O:(\d{1,9}):")/', $this->raw, $begin, 0, $this->at ) ) {
			return null;
		}
		$this->at += strlen( $begin[0] );
		if ( isset( $begin[1] ) ) {
			$this->at += (int) $begin[1];
			$this->expect( '":' );
		}
		if ( 1 !== preg_match( '/\G(\d{1,9}):\{/', $this->raw, $count, 0, $this->at ) ) {
			throw new Unreadable( 'A list does not say how long it is.' );
		}
		$this->at += strlen( $count[0] );
		return (int) $count[1];
	}

	/** A string or a whole number; null for anything else that has an end. */
	private function value(): ?Leaf {
		if ( 1 === preg_match( '/\Gs:(\d{1,9}):"/', $this->raw, $string, 0, $this->at ) ) {
			$length    = new Span( $this->at + 2, $string[1] );
			$start     = $this->at + strlen( $string[0] );
			$this->at  = $start + (int) $string[1];
			$this->expect( '";' );
			return new Leaf( $this->raw, $start, (int) $string[1], true, false, $length );
		}
		if ( 1 === preg_match( '/\Gi:(-?\d{1,20});/', $this->raw, $number, 0, $this->at ) ) {
			$start    = $this->at + 2;
			$this->at = $start + strlen( $number[1] ) + 1;
			return new Leaf( $this->raw, $start, strlen( $number[1] ), false, false );
		}
		if ( 1 === preg_match( '/\G(?:N;|b:[01];|[rR]:\d{1,9};|d:[0-9.eE+-]{1,40};|d:-?INF;|d:NAN;)/', $this->raw, $other, 0, $this->at ) ) {
			$this->at += strlen( $other[0] );
			return null;
		}
		if ( 1 === preg_match( '/\GE:(\d{1,9}):"/', $this->raw, $case, 0, $this->at ) ) {
			$this->at += strlen( $case[0] ) + (int) $case[1];
			$this->expect( '";' );
			return null;
		}
		throw new Unreadable( 'A value is cut off, or of a kind that keeps its own form.' );
	}

	private function expect( string $bytes ): void {
		if ( substr( $this->raw, $this->at, strlen( $bytes ) ) !== $bytes ) {
			throw new Unreadable( 'A length is wrong, or an end is missing.' );
		}
		$this->at += strlen( $bytes );
	}
}
