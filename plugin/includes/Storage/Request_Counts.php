<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- part of Request_Store; $t is the name of our own table

/** Counts of rows, and whether there is work: the part of Request_Store that every poll calls. */
trait Request_Counts {
	/** @return array<string, int> How many rows are in each display status. */
	public function counts(): array {
		global $wpdb;
		$t      = Schema::requests_table();
		$counts = array();
		foreach ( (array) $wpdb->get_results( "SELECT status, suggestion_state, COUNT(*) AS n FROM $t GROUP BY status, suggestion_state", ARRAY_A ) as $row ) {
			$shown            = Request_Status::READY === $row['status'] ? (string) $row['suggestion_state'] : (string) $row['status'];
			$counts[ $shown ] = ( $counts[ $shown ] ?? 0 ) + (int) $row['n'];
		}
		return $counts;
	}

	/** True when something is due, on its way, approved and not written yet, or unreported: reason enough for a run. */
	public function has_open_work(): bool {
		global $wpdb;
		if ( ! Schema::is_current() ) {
			return false;
		}
		if ( Table_Move::is_on() ) {
			return true;
		}
		$t = Schema::requests_table();
		// Lookups in indexes. As one condition it would read the whole table when nothing matches. What could not be written has an
		// error, and is tried by the runs that come anyway.
		return '1' === $wpdb->get_var(
			$wpdb->prepare(
				"SELECT EXISTS ( SELECT 1 FROM $t WHERE status = 'queued' AND next_attempt_at <= %d ) OR EXISTS ( SELECT 1 FROM $t WHERE status = 'sent' )
				OR EXISTS ( SELECT 1 FROM $t WHERE status = 'gone' ) OR EXISTS ( SELECT 1 FROM $t WHERE has_report = 1 )
				OR EXISTS ( SELECT 1 FROM $t WHERE status = 'ready' AND suggestion_state = 'approved' AND error_code = '' )
				OR EXISTS ( SELECT 1 FROM $t WHERE status = 'ready' AND suggestion_state = 'decorative' AND error_code = '' )",
				time()
			)
		);
	}

	/** @return int When there is something to do next: 0 for now, PHP_INT_MAX for never. */
	public function next_work_at(): int {
		global $wpdb;
		$t = Schema::requests_table();
		if ( ! Schema::is_current() || $this->has_open_work() ) {
			return 0;
		}
		$next = $wpdb->get_var( "SELECT MIN( next_attempt_at ) FROM $t WHERE status = 'queued'" );
		return null === $next ? PHP_INT_MAX : (int) $next;
	}

	/** How many rows have a status, one of Request_Status. */
	public function count_status( string $status ): int {
		global $wpdb;
		$t = Schema::requests_table();
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM $t WHERE status = %s", $status ) );
	}
}
