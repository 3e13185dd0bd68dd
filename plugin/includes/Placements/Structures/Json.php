<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Structures;

use Altsmith\Placements\Unreadable;
use Generator;

defined( 'ABSPATH' ) || exit;

/**
 * Reads JSON (RFC 8259) from front to back and says where each value stands. json_decode() of five megabytes takes ten times
 * their memory, and forgets where things stand and how they were written.
 */
final class Json {
	private const SPACE = " \t\r\n";

	/** Characters that end a run of plain ones in a string; control characters may not stand in one. */
	private const STOPS = "\"\\\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f";

	private int $at = 0;

	private function __construct( private readonly string $raw ) {}

	/**
	 * @return Generator<int, Node> Each object and list as it ends, so the inner ones first.
	 * @throws Unreadable When it is no JSON object or list.
	 */
	public static function nodes( string $raw ): Generator {
		if ( 1 !== preg_match( '//u', $raw ) ) {
			throw new Unreadable( 'It is no UTF-8.' );
		}
		return ( new self( $raw ) )->read();
	}

	private function read(): Generator {
		$open     = new Open_Nodes();
		$is_list  = array();
		$count    = array();
		$expected = 'container';
		while ( true ) {
			$sign = $this->sign();
			if ( 'after' === $expected ) {
				$in_list = end( $is_list );
				if ( ',' === $sign ) {
					++$this->at;
					$expected = $in_list ? 'value' : 'key';
					continue;
				}
				if ( ( $in_list ? ']' : '}' ) !== $sign ) {
					throw new Unreadable( 'A comma or an end is missing.' );
				}
			}
			$is_end = 'after' === $expected || ( 'first value' === $expected && ']' === $sign ) || ( 'first key' === $expected && '}' === $sign );
			if ( $is_end ) {
				++$this->at;
				array_pop( $is_list );
				array_pop( $count );
				yield $open->pop( $this->at );
				if ( $open->is_empty() ) {
					$this->must_end();
					return;
				}
				$expected = 'after';
				continue;
			}
			if ( 'key' === $expected || 'first key' === $expected ) {
				$open->key( $this->string()->text() );
				if ( ':' !== $this->sign() ) {
					throw new Unreadable( 'A colon is missing.' );
				}
				++$this->at;
				$expected = 'value';
				continue;
			}
			if ( end( $is_list ) ) {
				$open->key( (string) $count[ count( $count ) - 1 ]++ );
			}
			if ( '{' === $sign || '[' === $sign ) {
				$open->push( $this->at++ );
				$is_list[] = '[' === $sign;
				$count[]   = 0;
				$expected  = '[' === $sign ? 'first value' : 'first key';
				continue;
			}
			if ( 'container' === $expected ) {
				throw new Unreadable( 'It is no object and no list.' );
			}
			$leaf = '"' === $sign ? $this->string() : $this->literal();
			if ( null !== $leaf ) {
				$open->add( $leaf );
			}
			$expected = 'after';
		}
	}

	private function sign(): string {
		$this->at += strspn( $this->raw, self::SPACE, $this->at );
		return $this->raw[ $this->at ] ?? '';
	}

	private function must_end(): void {
		if ( '' !== $this->sign() ) {
			throw new Unreadable( 'Something follows its end.' );
		}
	}

	private function string(): Leaf {
		if ( '"' !== ( $this->raw[ $this->at ] ?? '' ) ) {
			throw new Unreadable( 'A string is missing.' );
		}
		$start = ++$this->at;
		while ( true ) {
			$this->at += strcspn( $this->raw, self::STOPS, $this->at );
			$stop      = $this->raw[ $this->at ] ?? '';
			if ( '"' === $stop ) {
				return new Leaf( $this->raw, $start, $this->at++ - $start, true, true );
			}
			if ( '\\' !== $stop || 1 !== preg_match( '#\G\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})#', $this->raw, $escape, 0, $this->at ) ) {
				throw new Unreadable( 'A string does not end, or has a character that may not stand in one.' );
			}
			$this->at += strlen( $escape[0] );
		}
	}

	/** A number; null for what is no number. */
	private function literal(): ?Leaf {
		if ( 1 !== preg_match( '/\G(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/', $this->raw, $literal, 0, $this->at ) ) {
			throw new Unreadable( 'A value is missing.' );
		}
		$start     = $this->at;
		$this->at += strlen( $literal[0] );
		return ctype_alpha( $literal[0] ) ? null : new Leaf( $this->raw, $start, strlen( $literal[0] ), false, true );
	}
}
