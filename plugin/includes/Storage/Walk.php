<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

/**
 * A batch of ids that code of other plugins is called for. Where PHP ends in the middle, the next process would begin the same
 * batch and end at the same id. So a batch that was begun before is gone through with a mark at each id, and an id at which
 * PHP ended twice more is stepped over. An undisturbed batch costs two writes.
 */
final class Walk {
	/** With the first time, when no marks were set: Retry_Policy::MAX_CRASHES. */
	private const MOST_MARKED = 2;

	private readonly string $option;

	/** @var array{from: string, at: int, ended: array<int, int>} `ended`: how often PHP ended, by id. */
	private array $state;

	private readonly bool $is_careful;

	/** @param string $from Names the batch: another one is begun without marks. */
	public function __construct( string $name, string $from ) {
		$this->option = 'altsmith_at_' . $name;
		$stored       = get_option( $this->option );
		$stored       = is_array( $stored ) && ( $stored['from'] ?? '' ) === $from ? $stored : null;

		$this->is_careful = null !== $stored;
		$this->state      = array( 'from' => $from, 'at' => 0, 'ended' => (array) ( $stored['ended'] ?? array() ) );
		$ended_at         = (int) ( $stored['at'] ?? 0 );
		if ( 0 !== $ended_at ) {
			$this->state['ended'][ $ended_at ] = ( $this->state['ended'][ $ended_at ] ?? 0 ) + 1;
		}
		update_option( $this->option, $this->state, false );
	}

	/** Whether the id may be looked at; false when PHP ended there too often. */
	public function may_look_at( int $id ): bool {
		if ( ! $this->is_careful ) {
			return true;
		}
		if ( ( $this->state['ended'][ $id ] ?? 0 ) >= self::MOST_MARKED ) {
			return false;
		}
		$this->state['at'] = $id;
		update_option( $this->option, $this->state, false );
		return true;
	}

	/** The batch is through. */
	public function end(): void {
		delete_option( $this->option );
	}
}
