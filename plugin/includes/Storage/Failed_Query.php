<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL, WordPress.DB.PreparedSQLPlaceholders -- names of our own tables, and what from() has prepared

/** Images that got no suggestion, with their reasons, and trying them again. */
final class Failed_Query {
	/**
	 * @param int $author Only images of this person; 0 for everybody's.
	 * @return array{rows: Request_Row[], total: int}
	 */
	public function find( int $page, int $per_page, int $author ): array {
		global $wpdb;
		$from  = $this->from( $author );
		$total = (int) $wpdb->get_var( "SELECT COUNT(*) $from" );
		$ids   = array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT r.attachment_id $from ORDER BY r.updated_at DESC, r.id LIMIT %d OFFSET %d", $per_page, ( $page - 1 ) * $per_page ) ) );
		$rows  = ( new Request_Store() )->find_many( $ids );
		return array( 'rows' => array_values( array_filter( array_map( static fn( int $id ): ?Request_Row => $rows[ $id ] ?? null, $ids ) ) ), 'total' => $total );
	}

	/** @return array<int, array{code: string, message: string, count: int}> The reasons, the commonest first. */
	public function reasons( int $author ): array {
		global $wpdb;
		$rows = $wpdb->get_results( 'SELECT r.error_code AS code, MIN(r.error_message) AS message, COUNT(*) AS n ' . $this->from( $author ) . ' GROUP BY r.error_code ORDER BY n DESC, code LIMIT 20', ARRAY_A );
		return array_map( static fn( array $row ): array => array( 'code' => (string) $row['code'], 'message' => (string) $row['message'], 'count' => (int) $row['n'] ), (array) $rows );
	}

	/** @return int[] The next failed images after an id, for trying them again a page at a time. */
	public function ids_after( int $id, int $limit, int $author ): array {
		global $wpdb;
		return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( 'SELECT r.attachment_id ' . $this->from( $author ) . ' AND r.attachment_id > %d ORDER BY r.attachment_id LIMIT %d', $id, $limit ) ) );
	}

	private function from( int $author ): string {
		global $wpdb;
		$t    = Schema::requests_table();
		$from = "FROM $t r JOIN {$wpdb->posts} p ON p.ID = r.attachment_id WHERE r.status = 'failed' AND p.post_type = 'attachment' AND p.post_status <> 'trash'";
		return 0 === $author ? $from : $from . $wpdb->prepare( ' AND p.post_author = %d', $author );
	}
}
