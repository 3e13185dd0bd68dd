<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

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
		$from     = "FROM $t r JOIN {$wpdb->posts} p ON p.ID = r.attachment_id WHERE $where";
		$total    = (int) $wpdb->get_var( "SELECT COUNT(*) $from" );
		$rows     = $wpdb->get_results( $wpdb->prepare( "SELECT r.* $from ORDER BY $column $order, r.id ASC LIMIT %d OFFSET %d", $per_page, $offset ), ARRAY_A );
		return array(
			'rows'  => array_map( array( Request_Row::class, 'from_database' ), (array) $rows ),
			'total' => $total,
		);
	}

	/** @param array<string, mixed> $filter */
	private function where( array $filter ): string {
		global $wpdb;
		$parts  = array( "p.post_type = 'attachment'", "p.post_status <> 'trash'" );
		$states = array_values( array_filter( (array) ( $filter['states'] ?? array() ), 'is_string' ) );
		if ( array() !== $states ) {
			$marks   = implode( ', ', array_fill( 0, count( $states ), '%s' ) );
			$parts[] = $wpdb->prepare( "( ( r.status = 'ready' AND r.suggestion_state IN ( $marks ) ) OR ( r.status <> 'ready' AND r.status IN ( $marks ) ) )", array_merge( $states, $states ) );
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
			$parts[] = $wpdb->prepare( '( p.post_title LIKE %s OR p.guid LIKE %s OR r.suggestion LIKE %s )', $like, $like, $like );
		}
		return implode( ' AND ', $parts );
	}
}
