<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use Altsmith\Review\Suggestion;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL -- $t is our own table's name; conditions come prepared from where()

/** Lists for the review screen: filtered, sorted and paged by the database. */
final class Suggestion_Query {
	private const ORDER_COLUMNS = array(
		'date'       => 'r.created_at',
		'confidence' => 'r.confidence',
		'title'      => 'p.post_title',
		'state'      => 'r.suggestion_state',
	);

	/**
	 * @param array{states?: string[], flag?: string, min_confidence?: float, run_id?: string, search?: string, author?: int, attachment?: int, orderby?: string, order?: string, page?: int, per_page?: int} $filter
	 * @return array{rows: Request_Row[], total: int}
	 */
	public function find( array $filter ): array {
		global $wpdb;
		$t        = Schema::requests_table();
		$where    = $this->where( $filter );
		$per_page = max( 1, min( 100, (int) ( $filter['per_page'] ?? 20 ) ) );
		$offset   = ( max( 1, (int) ( $filter['page'] ?? 1 ) ) - 1 ) * $per_page;
		$column   = self::ORDER_COLUMNS[ $filter['orderby'] ?? 'date' ] ?? 'r.created_at';
		$order    = 'asc' === strtolower( (string) ( $filter['order'] ?? 'asc' ) ) ? 'ASC' : 'DESC';
		$from     = "FROM $t r" . ( self::needs_posts( $filter ) ? " JOIN {$wpdb->posts} p ON p.ID = r.attachment_id" : '' ) . " WHERE $where";
		$total    = (int) $wpdb->get_var( "SELECT COUNT(*) $from" );
		// Numbers first: what is sorted stays small, and only one page of rows is read whole.
		$ids  = array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT r.attachment_id $from ORDER BY $column $order, r.id ASC LIMIT %d OFFSET %d", $per_page, $offset ) ) );
		$rows = ( new Request_Store() )->find_many( $ids );
		return array(
			'rows'  => array_values( array_filter( array_map( static fn( int $id ): ?Request_Row => $rows[ $id ] ?? null, $ids ) ) ),
			'total' => $total,
		);
	}

	/**
	 * Whether the posts themselves are asked: for each of ten thousand rows that costs more than all the rest. The trash of
	 * the media library is off unless a site turned it on; what was deleted has no row.
	 *
	 * @param array<string, mixed> $filter
	 */
	private static function needs_posts( array $filter ): bool {
		return ! empty( $filter['author'] ) || 'title' === ( $filter['orderby'] ?? '' ) || ( defined( 'MEDIA_TRASH' ) && MEDIA_TRASH );
	}

	/** @param array<string, mixed> $filter */
	private function where( array $filter ): string {
		global $wpdb;
		$parts  = self::needs_posts( $filter ) ? array( "p.post_type = 'attachment'", "p.post_status <> 'trash'" ) : array( "r.status <> 'gone'" );
		$states = array_values( array_filter( (array) ( $filter['states'] ?? array() ), 'is_string' ) );
		$either = array();
		// Kept apart where that is possible: with an OR no index says which rows these are.
		foreach ( array( "r.status = 'ready' AND r.suggestion_state" => array_intersect( $states, Suggestion::STATES ), 'r.status' => array_diff( $states, Suggestion::STATES ) ) as $column => $words ) {
			if ( array() !== $words ) {
				$either[] = "( $column IN ( " . implode( ', ', array_fill( 0, count( $words ), '%s' ) ) . ' ) )';
			}
		}
		if ( array() !== $either ) {
			$parts[] = $wpdb->prepare( '( ' . implode( ' OR ', $either ) . ' )', array_merge( array_intersect( $states, Suggestion::STATES ), array_diff( $states, Suggestion::STATES ) ) );
		}
		if ( ! empty( $filter['flag'] ) ) {
			$parts[] = $wpdb->prepare( 'r.flags LIKE %s', '%,' . $wpdb->esc_like( (string) $filter['flag'] ) . ',%' );
		}
		if ( ! empty( $filter['min_confidence'] ) ) {
			$parts[] = $wpdb->prepare( 'r.confidence >= %f', (float) $filter['min_confidence'] );
		}
		if ( ! empty( $filter['run_id'] ) ) {
			$parts[] = $wpdb->prepare( 'r.run_id = %s', (string) $filter['run_id'] );
		}
		if ( ! empty( $filter['author'] ) ) {
			$parts[] = $wpdb->prepare( 'p.post_author = %d', (int) $filter['author'] );
		}
		if ( ! empty( $filter['attachment'] ) ) {
			$parts[] = $wpdb->prepare( 'r.attachment_id = %d', (int) $filter['attachment'] );
		}
		if ( isset( $filter['search'] ) && '' !== $filter['search'] ) {
			$like    = '%' . $wpdb->esc_like( (string) $filter['search'] ) . '%';
			$parts[] = $wpdb->prepare( '( r.suggested_alt LIKE %s OR r.words LIKE %s )', $like, $like );
		}
		return implode( ' AND ', $parts );
	}
}
