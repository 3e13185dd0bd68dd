<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL -- part of Request_Store; $t is the name of our own table

/** What is sent next, and an attempt to send it, counted before its work: the part of Request_Store that the background run uses. */
trait Request_Attempts {
	/** In the order in which they are sent. */
	private const PRIORITIES = array( 'interactive', 'upload', 'backfill' );

	/**
	 * What may be sent now: people first, then uploads, then backfills. Of each those that have not failed come first, and of
	 * those the one that has been due for longest.
	 *
	 * Each kind is a range of the index `queue` in its own order, so that only the rows that are returned are read: sorting a
	 * long queue would read and sort all of it, texts included, for every twenty images. The database has to be told: for a kind with no rows it would read the index of all kinds.
	 *
	 * @return Request_Row[]
	 */
	public function due( int $limit ): array {
		global $wpdb;
		$ids = array();
		if ( ! Schema::is_current() ) {
			return array();
		}
		$t = Schema::requests_table();
		foreach ( self::PRIORITIES as $priority ) {
			foreach ( array( "error_code = ''", "error_code > ''" ) as $error ) {
				$left = $limit - count( $ids );
				$ids  = 0 === $left ? $ids : array_merge( $ids, $wpdb->get_col( $wpdb->prepare( "SELECT attachment_id FROM $t FORCE INDEX (queue) WHERE status = 'queued' AND priority = %s AND $error AND next_attempt_at <= %d ORDER BY next_attempt_at, id LIMIT %d", $priority, time(), $left ) ) );
			}
		}
		$ids  = array_map( 'intval', $ids );
		$rows = $this->find_many( $ids );
		return array_values( array_filter( array_map( static fn( int $id ): ?Request_Row => $rows[ $id ] ?? null, $ids ) ) );
	}

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
