<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use Altsmith\Backfill\Choices;
use Altsmith\Backfill\Run;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- this class is the only SQL on these tables

/** The only SQL on runs and their items. Columns are changed one by one: pausing and walking happen at the same time. */
final class Run_Store {
	public function create( string $id, Choices $choices, int $expected, int $user_id ): void {
		global $wpdb;
		$wpdb->insert(
			Schema::runs_table(),
			array(
				'id'              => $id,
				'overwrite'       => (int) $choices->overwrite,
				'include_decided' => (int) $choices->include_decided,
				'narrowed'        => (string) wp_json_encode( array_diff_key( $choices->to_array(), array( 'overwrite' => 0, 'include_decided' => 0 ) ) ),
				'expected'        => $expected,
				'started_by'      => $user_id,
				'counts'          => '',
				'created_at'      => time(),
			)
		);
	}

	/** Deletes all runs. */
	public function clear(): void {
		global $wpdb;
		foreach ( array( Schema::run_items_table(), Schema::runs_table() ) as $t ) {
			$wpdb->query( "DELETE FROM $t" );
		}
	}

	public function find( string $id ): ?Run {
		global $wpdb;
		$t   = Schema::runs_table();
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT * FROM $t WHERE id = %s", $id ), ARRAY_A );
		return is_array( $row ) ? Run::from_database( $row ) : null;
	}

	/** @return array<int, array{id: string, created_at: string}> Runs that a user started, the newest first. */
	public function started_by( int $user_id ): array {
		global $wpdb;
		$t = Schema::runs_table();
		return (array) $wpdb->get_results( $wpdb->prepare( "SELECT id, created_at FROM $t WHERE started_by = %d ORDER BY created_at DESC, id DESC", $user_id ), ARRAY_A );
	}

	/** Forgets who started these runs; an open one goes on, as it does when that person leaves. @return bool Whether there were any. */
	public function forget_who_started( int $user_id ): bool {
		global $wpdb;
		return 0 < (int) $wpdb->update( Schema::runs_table(), array( 'started_by' => 0 ), array( 'started_by' => $user_id ) );
	}

	/** The run that goes on, or is paused. There is never more than one. */
	public function open(): ?Run {
		global $wpdb;
		$t   = Schema::runs_table();
		$row = $wpdb->get_row( "SELECT * FROM $t WHERE state IN ('running', 'paused') ORDER BY created_at DESC LIMIT 1", ARRAY_A );
		return is_array( $row ) ? Run::from_database( $row ) : null;
	}

	/** @return Run[] Those that are over, the newest first. */
	public function ended( int $limit ): array {
		global $wpdb;
		$t = Schema::runs_table();
		return array_map( array( Run::class, 'from_database' ), (array) $wpdb->get_results( $wpdb->prepare( "SELECT * FROM $t WHERE state NOT IN ('running', 'paused') ORDER BY created_at DESC, id DESC LIMIT %d", $limit ), ARRAY_A ) );
	}

	/** @param string[] $from Changes nothing when the run is in another state by now. */
	public function move( string $id, array $from, string $to ): bool {
		global $wpdb;
		$t     = Schema::runs_table();
		$marks = implode( ', ', array_fill( 0, count( $from ), '%s' ) );
		$ended = in_array( $to, array( Run::DONE, Run::CANCELLED, Run::UNDONE ), true );
		// phpcs:ignore WordPress.DB.PreparedSQLPlaceholders -- one %s for each state
		return 1 === $wpdb->query( $wpdb->prepare( "UPDATE $t SET state = %s, finished_at = %d WHERE id = %s AND state IN ($marks)", array_merge( array( $to, $ended ? time() : 0, $id ), $from ) ) );
	}

	/** Ends an open run, and drops what was not sent of it. @return bool False when it is over already. */
	public function end( string $id, string $state ): bool {
		if ( ! $this->move( $id, array( Run::RUNNING, Run::PAUSED ), $state ) ) {
			return false;
		}
		$this->drop_unsent( $id );
		return true;
	}

	/** What was not sent of a run never will be. An image whose suggestion somebody had rejected or marked as decorative is as it was before the run. */
	public function drop_unsent( string $id ): void {
		global $wpdb;
		$requests = Schema::requests_table();
		$items    = Schema::run_items_table();
		$decided  = "r.run_id = %s AND r.status IN ('queued', 'held') AND r.suggestion_state IN ('rejected', 'decorative')";
		// phpcs:disable WordPress.DB.PreparedSQLPlaceholders -- $decided has a placeholder of its own
		$wpdb->query( $wpdb->prepare( "UPDATE $items i JOIN $requests r ON r.attachment_id = i.attachment_id SET i.reason = 'decided' WHERE i.run_id = %s AND $decided", $id, $id ) );
		$wpdb->query( $wpdb->prepare( "UPDATE $requests r SET r.status = 'ready', r.error_code = '', r.error_message = '', r.updated_at = %d WHERE $decided", time(), $id ) );
		// phpcs:enable WordPress.DB.PreparedSQLPlaceholders
		$this->move_requests( $id, Request_Status::QUEUED, Request_Status::SKIPPED, 'CANCELLED' );
		$this->move_requests( $id, Request_Status::HELD, Request_Status::SKIPPED, 'CANCELLED' );
	}

	/** Stores how far the library has been looked through, as the id of the last attachment. */
	public function advance( string $id, int $position, bool $looked_through ): void {
		global $wpdb;
		$wpdb->update( Schema::runs_table(), array( 'position' => $position, 'looked_through' => (int) $looked_through ), array( 'id' => $id ) );
	}

	/** @param string $reason Why it was left out; '' when it was taken. */
	public function add_item( string $run_id, int $attachment_id, string $reason ): void {
		global $wpdb;
		$t = Schema::run_items_table();
		$wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $t (run_id, attachment_id, reason) VALUES (%s, %d, %s)", $run_id, $attachment_id, $reason ) );
	}

	/** @return array{skipped: array<string, int>, taken: array<string, int>} Left out by reason; taken by where the request stands now. */
	public function progress( string $run_id ): array {
		global $wpdb;
		$items    = Schema::run_items_table();
		$requests = Schema::requests_table();
		$skipped  = $wpdb->get_results( $wpdb->prepare( "SELECT reason, COUNT(*) AS n FROM $items WHERE run_id = %s AND reason <> '' GROUP BY reason", $run_id ), ARRAY_A );
		$taken    = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT shown, COUNT(*) AS n FROM (
					SELECT CASE WHEN r.id IS NULL THEN 'gone' WHEN r.status = 'ready' THEN r.suggestion_state ELSE r.status END AS shown
					FROM $items i LEFT JOIN $requests r ON r.attachment_id = i.attachment_id WHERE i.run_id = %s AND i.reason = ''
				) standing GROUP BY shown",
				$run_id
			),
			ARRAY_A
		);
		return array(
			'skipped' => array_map( 'intval', array_column( (array) $skipped, 'n', 'reason' ) ),
			'taken'   => array_map( 'intval', array_column( (array) $taken, 'n', 'shown' ) ),
		);
	}

	/** Whether an image that the run took still waits to be sent or described. */
	public function has_open_items( string $run_id ): bool {
		global $wpdb;
		$items    = Schema::run_items_table();
		$requests = Schema::requests_table();
		return null !== $wpdb->get_var( $wpdb->prepare( "SELECT i.attachment_id FROM $requests r JOIN $items i ON i.attachment_id = r.attachment_id WHERE r.status IN ('queued', 'sent', 'held') AND i.run_id = %s AND i.reason = '' LIMIT 1", $run_id ) );
	}

	/** @return array<int, string> Reason by attachment, a page of them in the order of ids. */
	public function items_after( string $run_id, int $attachment_id, int $limit ): array {
		global $wpdb;
		$t    = Schema::run_items_table();
		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT attachment_id, reason FROM $t WHERE run_id = %s AND attachment_id > %d ORDER BY attachment_id LIMIT %d", $run_id, $attachment_id, $limit ), ARRAY_A );
		return array_map( 'strval', array_column( (array) $rows, 'reason', 'attachment_id' ) );
	}

	/** Moves the requests of a run that have not been sent from one status to another. */
	public function move_requests( string $run_id, string $from, string $to, string $code = '' ): void {
		global $wpdb;
		$wpdb->update( Schema::requests_table(), array( 'status' => $to, 'error_code' => $code, 'updated_at' => time() ), array( 'run_id' => $run_id, 'status' => $from ) );
	}

	/** How many images the run asks for so far. */
	public function count_taken( string $run_id ): int {
		global $wpdb;
		$t = Schema::run_items_table();
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM $t WHERE run_id = %s AND reason = ''", $run_id ) );
	}

	/** How many images of the run wait to be sent. */
	public function count_unsent( string $run_id ): int {
		global $wpdb;
		$t = Schema::requests_table();
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM $t WHERE run_id = %s AND status = 'queued'", $run_id ) );
	}
}
