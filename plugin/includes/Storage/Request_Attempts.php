<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

/** An attempt to send a row, counted before its work: the part of Request_Store that Sync\Sender uses. */
trait Request_Attempts {
	/**
	 * Counts an attempt before its work begins, so that one which kills PHP is counted as well. The row is due again only
	 * after a wait: until it succeeds or fails, whoever comes next takes another row.
	 *
	 * @return bool False when the row is no longer the one that was read: deleted, or asked for anew.
	 */
	public function begin( Request_Row $row, int $again_at ): bool {
		return $this->change_while(
			$row->attachment_id,
			array( 'attempts' => $row->attempts + 1, 'next_attempt_at' => $again_at, 'error_code' => self::INTERRUPTED ),
			array( 'status' => Request_Status::QUEUED, 'attempts' => $row->attempts )
		);
	}

	/** Gives back an attempt that failed for no reason of this image. With a code, those without one are sent before it. */
	public function give_back( Request_Row $row, string $code, string $message ): void {
		$this->change_begun( $row, array( 'attempts' => $row->attempts, 'next_attempt_at' => $row->next_attempt_at, 'error_code' => $code, 'error_message' => $message ) );
	}

	/**
	 * Writes what came of the attempt that begin() counted.
	 *
	 * @param array<string, string|int|float> $values
	 * @return bool False when the row was deleted meanwhile, or asked for anew: then this attempt says nothing about it.
	 */
	public function change_begun( Request_Row $row, array $values ): bool {
		return $this->change_while( $row->attachment_id, $values, array( 'status' => Request_Status::QUEUED, 'attempts' => $row->attempts + 1 ) );
	}
}
