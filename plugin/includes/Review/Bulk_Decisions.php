<?php
declare( strict_types=1 );

namespace Altsmith\Review;

use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use Altsmith\Writeback\Write_Result;
use Throwable;
use WP_User;

defined( 'ABSPATH' ) || exit;

/** Many decisions of one person in one question to the sidecar. Each is answered by itself; the reports follow in the background. */
final class Bulk_Decisions {
	/** Longer than the question and the writing of what it decided may take together. */
	private const LOCK_SECONDS = 120;
	/** Nobody waits for an image that somebody else is deciding about at this moment. */
	private const LOCK_WAIT_MS = 100;

	public function __construct(
		private readonly Request_Store $store,
		private readonly Client $client,
		private readonly Write_Back $write_back,
		private readonly Review_Service $review,
	) {}

	/**
	 * @param array<int, array{row: Request_Row, decision: Decision}> $asked
	 * @return array<int, Request_Row|Sidecar_Error> By the same keys.
	 */
	public function decide( array $asked, WP_User $by ): array {
		$answers = array();
		$locks   = array();
		$rows    = array();
		try {
			foreach ( $asked as $key => list( 'row' => $row ) ) {
				$lock = new Lock( 'decide_' . $row->attachment_id, self::LOCK_SECONDS );
				if ( ! $lock->acquire_within( self::LOCK_WAIT_MS ) ) {
					$answers[ $key ] = Review_Service::busy();
					continue;
				}
				$locks[] = $lock;
				try {
					$now = $this->review->unchanged( $row );
					$this->review->refuse_impossible( $now, $asked[ $key ]['decision'] );
					$rows[ $key ] = $now;
				} catch ( Throwable $error ) {
					$answers[ $key ] = $this->review->noted( $row, $error );
				}
			}
			$answers += array() === $rows ? array() : $this->ask( $rows, array_map( static fn( array $one ): Decision => $one['decision'], $asked ), $by );
		} finally {
			foreach ( $locks as $lock ) {
				$lock->release();
			}
		}
		return $answers;
	}

	/**
	 * @param array<int, Request_Row> $rows      Locked.
	 * @param array<int, Decision>    $decisions
	 * @return array<int, Request_Row|Sidecar_Error>
	 */
	private function ask( array $rows, array $decisions, WP_User $by ): array {
		$bodies = array();
		foreach ( $rows as $key => $row ) {
			$this->review->begin( $row, $decisions[ $key ] );
			$bodies[] = array( 'suggestion_id' => $row->suggestion_id ) + $decisions[ $key ]->body( $by );
		}
		try {
			$items = $this->client->decide_many( $bodies );
		} catch ( Sidecar_Error $error ) {
			return array_map( static fn(): Sidecar_Error => $error, $rows );
		}
		$by_id = array_column( $items, null, 'suggestion_id' );
		return array_map( fn( Request_Row $row ): Request_Row|Sidecar_Error => $this->take( $row, $by_id[ $row->suggestion_id ] ?? array() ), $rows );
	}

	/** @param array<string, mixed> $item What the sidecar says about one of them. */
	private function take( Request_Row $row, array $item ): Request_Row|Sidecar_Error {
		if ( ! isset( $item['suggestion'] ) ) {
			$code = (string) ( $item['error']['code'] ?? Sidecar_Error::BAD_REPLY );
			return $this->review->refused( $row, new Sidecar_Error( $code, sanitize_text_field( (string) ( $item['error']['message'] ?? __( 'The sidecar did not answer for this image.', 'altsmith' ) ) ), 'NOT_FOUND' === $code ? 404 : 409 ) );
		}
		try {
			$this->review->finish( $row, $item['suggestion'] );
			$this->settle( $row->attachment_id );
			return $this->review->decided( $row );
		} catch ( Throwable $error ) {
			return $this->review->noted( $row, $error );
		}
	}

	/** What was written is said at once here, and to the sidecar in the background. A conflict is decided again: it has to know first. */
	private function settle( int $attachment_id ): void {
		$row     = $this->store->find( $attachment_id );
		$outcome = $row?->own_outcome();
		if ( null !== $row && Write_Result::APPLIED === $outcome ) {
			$this->store->change_while( $attachment_id, array( 'suggestion_state' => 'applied' ), array( 'suggestion_id' => $row->suggestion_id ) );
		} elseif ( null !== $row && Write_Result::CONFLICT === $outcome ) {
			try {
				$this->write_back->report( $row );
			} catch ( Sidecar_Error ) {
				return; // The row keeps the report; the worker sends it.
			}
		}
	}
}
