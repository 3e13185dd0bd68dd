<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use Altsmith\Backfill\Run;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL, WordPress.DB.PreparedSQLPlaceholders -- names of our own tables, and one %s for each run

/**
 * Where the images of ended runs stand now, kept in the rows of the runs: counting one run reads a row for each of its
 * images, and the history shows ten.
 */
final class Run_Counts {
	/** In place of the time of the count: an image of the run was deleted since, and left no row behind that says so. */
	private const OUTDATED = 0;

	public function __construct( private readonly Run_Store $runs ) {}

	/**
	 * Counts for a list of runs. Runs without kept counts are counted now. Of the others the one that was counted longest ago
	 * is counted again, if one of its images has changed since; the next call takes the next one.
	 *
	 * @param Run[] $runs
	 * @return array<string, array{skipped: array<string, int>, taken: array<string, int>}> By run, as Run_Store::progress().
	 */
	public function of( array $runs ): array {
		$kept  = $this->kept( array_map( static fn( Run $run ): string => $run->id, $runs ) );
		$known = array_filter( $kept, static fn( array $one ): bool => null !== $one['counts'] );
		foreach ( array_keys( array_diff_key( $kept, $known ) ) as $id ) {
			$kept[ $id ]['counts'] = $this->count( $id );
		}
		$again = $this->outdated( array_map( static fn( array $one ): int => $one['at'], $known ) );
		if ( null !== $again ) {
			$kept[ $again ]['counts'] = $this->count( $again );
		}
		return array_map( static fn( array $one ): array => (array) $one['counts'], $kept );
	}

	/**
	 * @param string[] $ids
	 * @return array<string, array{counts: array<string, mixed>|null, at: int}>
	 */
	private function kept( array $ids ): array {
		global $wpdb;
		if ( array() === $ids ) {
			return array();
		}
		$t    = Schema::runs_table();
		$kept = array_fill_keys( $ids, array( 'counts' => null, 'at' => 0 ) );
		foreach ( (array) $wpdb->get_results( $wpdb->prepare( "SELECT id, counts, counted_at FROM $t WHERE id IN (" . self::marks( $ids ) . ')', $ids ), ARRAY_A ) as $row ) {
			$counts             = json_decode( (string) $row['counts'], true );
			$kept[ $row['id'] ] = array( 'counts' => is_array( $counts ) ? $counts : null, 'at' => (int) $row['counted_at'] );
		}
		return $kept;
	}

	/** The request of a deleted image is gone: runs that took the image are counted again. */
	public static function image_deleted( int $attachment_id ): void {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'UPDATE ' . Schema::runs_table() . ' r JOIN ' . Schema::run_items_table() . ' i ON i.run_id = r.id SET r.counted_at = %d WHERE i.attachment_id = %d', self::OUTDATED, $attachment_id ) );
	}

	/**
	 * Which of the runs to count again: the one that was counted longest ago, of those in which something has changed.
	 *
	 * @param array<string, int> $counted_at By run.
	 */
	private function outdated( array $counted_at ): ?string {
		$changed = array_filter( $counted_at, static fn( int $at ): bool => self::OUTDATED === $at ) + $this->changed( array_filter( $counted_at ) );
		asort( $changed );
		$first = array_key_first( $changed );
		return null === $first ? null : (string) $first;
	}

	/**
	 * Reads only requests that have changed since the oldest of these counts, by an index. The other runs count as counted now,
	 * so that the next call reads little.
	 *
	 * @param array<string, int> $counted_at By run.
	 * @return array<string, int> Those in which something has changed since.
	 */
	private function changed( array $counted_at ): array {
		global $wpdb;
		if ( array() === $counted_at ) {
			return array();
		}
		$ids      = array_map( 'strval', array_keys( $counted_at ) );
		$now      = time();
		$items    = Schema::run_items_table();
		$requests = Schema::requests_table();
		$changes  = array_column( (array) $wpdb->get_results( $wpdb->prepare( "SELECT i.run_id, MAX(r.updated_at) AS at FROM $requests r JOIN $items i ON i.attachment_id = r.attachment_id WHERE r.has_report IN (0, 1) AND r.updated_at >= %d AND i.run_id IN (" . self::marks( $ids ) . ') GROUP BY i.run_id', array_merge( array( min( $counted_at ) ), $ids ) ), ARRAY_A ), 'at', 'run_id' );
		$changed  = array_filter( $counted_at, static fn( int $at, string $id ): bool => (int) ( $changes[ $id ] ?? -1 ) >= $at, ARRAY_FILTER_USE_BOTH );
		$others   = array_values( array_diff( $ids, array_keys( $changed ) ) );
		if ( array() !== $others ) {
			$t = Schema::runs_table();
			$wpdb->query( $wpdb->prepare( "UPDATE $t SET counted_at = %d WHERE counted_at > %d AND id IN (" . self::marks( $others ) . ')', array_merge( array( $now, self::OUTDATED ), $others ) ) );
		}
		return $changed;
	}

	/** @return array{skipped: array<string, int>, taken: array<string, int>} */
	private function count( string $id ): array {
		global $wpdb;
		$began  = time(); // What changes during the count is counted the next time.
		$counts = $this->runs->progress( $id );
		$wpdb->update( Schema::runs_table(), array( 'counts' => (string) wp_json_encode( $counts ), 'counted_at' => $began ), array( 'id' => $id ) );
		return $counts;
	}

	/** @param string[] $ids */
	private static function marks( array $ids ): string {
		return implode( ', ', array_fill( 0, count( $ids ), '%s' ) );
	}
}
