<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Structures;

use Altsmith\Placements\Unreadable;

defined( 'ABSPATH' ) || exit;

/** The objects and lists that a reader of a structure is inside of. Their number, and that of their leaves, is limited: so is its memory. */
final class Open_Nodes {
	private const MAX_DEPTH  = 500;
	private const MAX_LEAVES = 50_000;

	/** @var array<int, array{start: int, key: string, leaves: array<string, Leaf>}> `key`: of what comes next. */
	private array $open = array();

	private int $leaves = 0;

	public function is_empty(): bool {
		return array() === $this->open;
	}

	/** @throws Unreadable */
	public function push( int $start ): void {
		if ( count( $this->open ) >= self::MAX_DEPTH ) {
			throw new Unreadable( 'It is nested too deeply.' );
		}
		$this->open[] = array( 'start' => $start, 'key' => '', 'leaves' => array() );
	}

	public function key( string $key ): void {
		$this->open[ count( $this->open ) - 1 ]['key'] = $key;
	}

	/** @throws Unreadable */
	public function add( Leaf $leaf ): void {
		if ( ++$this->leaves > self::MAX_LEAVES ) {
			throw new Unreadable( 'It has too many values in one place.' );
		}
		$top = count( $this->open ) - 1;
		$this->open[ $top ]['leaves'][ $this->open[ $top ]['key'] ] = $leaf;
	}

	public function pop( int $end ): Node {
		$closed        = array_pop( $this->open );
		$this->leaves -= count( $closed['leaves'] ?? array() );
		return new Node( array_map( 'strval', array_column( $this->open, 'key' ) ), $closed['leaves'] ?? array(), $closed['start'] ?? 0, $end );
	}
}
