<?php
declare( strict_types=1 );

namespace Altsmith\Backfill;

use Altsmith\Review\Write_Back;
use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Candidate_Query;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Status;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Run_Store;
use Altsmith\Writeback\Write_Result;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it

/** Starting, pausing, resuming, cancelling and undoing a run. The walking is Feeder's, the sending Worker's. */
final class Backfill {
	/** Images that are read from the table at once. */
	private const PAGE = 200;

	public function __construct(
		private readonly Run_Store $runs,
		private readonly Request_Store $requests,
		private readonly Write_Back $write_back,
		private readonly Client $client,
		private readonly Settings $settings,
	) {}

	/** @return array<string, int> What a run with these choices would do: counts by reason, '' for images it would take. */
	public function preview( Choices $choices ): array {
		return ( new Candidate_Query( $choices, $this->settings->types() ) )->counts();
	}

	/**
	 * @throws Sidecar_Error  When the sidecar cannot be asked: nothing has begun then.
	 * @throws Backfill_Error When another run is open.
	 */
	public function start( Choices $choices, int $user_id ): Run {
		$lock = new Lock( 'backfill_start', 30 );
		if ( null !== $this->runs->open() || ! $lock->acquire() ) {
			throw new Backfill_Error( 'already_running', __( 'A run is already in progress. Cancel it or wait until it has finished.', 'altsmith' ) );
		}
		try {
			$expected = $this->preview( $choices )[''] ?? 0;
			/* translators: %s: date and time */
			$name = sprintf( __( 'Existing images, %s', 'altsmith' ), wp_date( 'Y-m-d H:i' ) );
			$run  = $this->client->create_run( array( 'name' => $name, 'include_decided' => $choices->include_decided, 'expected' => $expected ) );
			$this->runs->create( $run['id'], $choices, $expected, $user_id );
			return $this->need( $run['id'] );
		} finally {
			$lock->release();
		}
	}

	/** @throws Sidecar_Error|Backfill_Error */
	public function pause( string $id ): Run {
		$this->move( $id, array( Run::RUNNING ), Run::PAUSED );
		$this->runs->move_requests( $id, Request_Status::QUEUED, Request_Status::HELD );
		$this->tell( $id, 'pause' );
		return $this->need( $id );
	}

	/** @throws Sidecar_Error|Backfill_Error */
	public function resume( string $id ): Run {
		$this->tell( $id, 'resume' );
		$this->move( $id, array( Run::PAUSED ), Run::RUNNING );
		$this->runs->move_requests( $id, Request_Status::HELD, Request_Status::QUEUED );
		return $this->need( $id );
	}

	/** What was suggested stays; what was not sent never will be. @throws Sidecar_Error|Backfill_Error */
	public function cancel( string $id ): Run {
		$this->tell( $id, 'cancel' );
		$this->move( $id, array( Run::RUNNING, Run::PAUSED ), Run::CANCELLED );
		$this->runs->drop_unsent( $id );
		return $this->need( $id );
	}

	/**
	 * Every text of the run goes back to what it was, unless somebody changed it since. The sidecar keeps the list and asks
	 * for each one in the change feed, so that the undo goes on by itself whatever happens to this request. A run that the
	 * sidecar has lost is undone here and now; if this request dies, doing it again goes on.
	 *
	 * @throws Sidecar_Error|Backfill_Error
	 */
	public function undo( string $id ): Run {
		if ( ! $this->tell( $id, 'undo' ) ) {
			$this->undo_here( $id );
		}
		$this->move( $id, array( Run::RUNNING, Run::PAUSED, Run::DONE, Run::CANCELLED ), Run::UNDONE );
		$this->runs->drop_unsent( $id );
		return $this->need( $id );
	}

	/** @return bool False when the sidecar knows of no such run: its data is not what it was. @throws Sidecar_Error */
	private function tell( string $id, string $action ): bool {
		try {
			$this->client->act_on_run( $id, $action );
			return true;
		} catch ( Sidecar_Error $error ) {
			if ( $error->is_unknown() ) {
				return false;
			}
			throw $error;
		}
	}

	private function undo_here( string $id ): void {
		$position = 0;
		do {
			$taken = $this->runs->items_after( $id, $position, self::PAGE );
			foreach ( $this->requests->find_many( array_keys( $taken ) ) as $row ) {
				if ( $row->run_id === $id ) {
					$this->withdraw( $row );
				}
			}
			$position = (int) array_key_last( $taken );
		} while ( count( $taken ) === self::PAGE );
	}

	/** What the sidecar would have done with this suggestion of an undone run. */
	private function withdraw( Request_Row $row ): void {
		$undone = 'applied' === $row->suggestion_state && Write_Result::UNDONE === $this->write_back->undo( $row )->outcome;
		if ( $undone || in_array( $row->suggestion_state, array( 'pending', 'approved', 'conflict' ), true ) ) {
			$this->requests->change( $row->attachment_id, array( 'suggestion_state' => 'superseded', 'report' => '' ) );
		}
	}

	/**
	 * @param string[] $from
	 * @throws Backfill_Error
	 */
	private function move( string $id, array $from, string $to ): void {
		if ( ! $this->runs->move( $id, $from, $to ) ) {
			throw new Backfill_Error( 'not_possible', __( 'The status of the run has changed. Reload the page.', 'altsmith' ) );
		}
	}

	/** @throws Backfill_Error */
	private function need( string $id ): Run {
		return $this->runs->find( $id ) ?? throw new Backfill_Error( 'unknown', __( 'Run not found.', 'altsmith' ) );
	}
}
