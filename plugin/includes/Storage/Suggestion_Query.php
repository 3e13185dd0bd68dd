<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use Altsmith\Placements\Placement_Table;
use Altsmith\Review\Suggestion;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL -- $t is our own table's name; conditions come prepared from where()

/** Lists for the review screen: filtered, sorted and paged by the database. */
final class Suggestion_Query {
	/** Words of a search that are used; a result contains each of them. */
	private const MOST_WORDS = 8;

	private const ORDER_COLUMNS = array(
		'date'       => 'r.created_at',
		'confidence' => 'r.confidence',
		'title'      => 'p.post_title',
		'state'      => 'r.suggestion_state',
	);

	/**
	 * @param array{states?: string[], flag?: string, min_confidence?: float, run_id?: string, search?: string, author?: int, without?: int[], only?: int[], attachment?: int, orderby?: string, order?: string, page?: int, per_page?: int} $filter
	 * @return array{rows: Request_Row[], total: int}
	 */
	public function find( array $filter ): array {
		global $wpdb;
		$where    = $this->where( $filter );
		$per_page = max( 1, min( 100, (int) ( $filter['per_page'] ?? 20 ) ) );
		$offset   = ( max( 1, (int) ( $filter['page'] ?? 1 ) ) - 1 ) * $per_page;
		$order    = 'asc' === strtolower( (string) ( $filter['order'] ?? 'asc' ) ) ? 'ASC' : 'DESC';
		list( $join, $by ) = self::order( (string) ( $filter['orderby'] ?? 'date' ), $order );
		$from     = self::from( $filter );
		// Numbers first: what is sorted stays small, and only one page of rows is read whole.
		$sorted = "SELECT r.attachment_id $from $join WHERE $where ORDER BY $by, r.id ASC";
		if ( '' === trim( (string) ( $filter['search'] ?? '' ) ) ) {
			$total = $this->count( $filter );
			$ids   = array_map( 'intval', $wpdb->get_col( $sorted . $wpdb->prepare( ' LIMIT %d OFFSET %d', $per_page, $offset ) ) );
		} else {
			// No index helps to find a word inside a text: every row is looked at, and then once rather than twice.
			$all   = $wpdb->get_col( $sorted );
			$total = count( $all );
			$ids   = array_map( 'intval', array_slice( $all, $offset, $per_page ) );
		}
		$rows = ( new Request_Store() )->find_many( $ids );
		return array(
			'rows'  => array_values( array_filter( array_map( static fn( int $id ): ?Request_Row => $rows[ $id ] ?? null, $ids ) ) ),
			'total' => $total,
		);
	}

	/**
	 * How many rows a filter matches.
	 *
	 * @param array<string, mixed> $filter As for find().
	 */
	public function count( array $filter ): int {
		global $wpdb;
		return (int) $wpdb->get_var( 'SELECT COUNT(*) ' . self::from( $filter ) . ' WHERE ' . $this->where( $filter ) );
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
	private static function from( array $filter ): string {
		global $wpdb;
		return 'FROM ' . Schema::requests_table() . ' r' . ( self::needs_posts( $filter ) ? " JOIN {$wpdb->posts} p ON p.ID = r.attachment_id" : '' );
	}

	/**
	 * What is open under a filter, by id, without the texts.
	 *
	 * @param array<string, mixed> $filter
	 * @return array<int, array{id: int, attachment_id: int, suggestion_id: string, version: int}>
	 */
	public function open_after( array $filter, int $id, int $limit ): array {
		global $wpdb;
		$where = $this->where( array( 'states' => array_intersect( array( 'pending', 'conflict' ), (array) ( $filter['states'] ?? array() ) ) ?: array( 'pending' ) ) + $filter );
		$rows  = $wpdb->get_results( $wpdb->prepare( "SELECT r.id, r.attachment_id, r.suggestion_id, r.suggestion_version " . self::from( $filter ) . " WHERE $where AND r.status = 'ready' AND r.id > %d ORDER BY r.id LIMIT %d", $id, $limit ), ARRAY_A );
		return array_map(
			static fn( array $row ): array => array( 'id' => (int) $row['id'], 'attachment_id' => (int) $row['attachment_id'], 'suggestion_id' => (string) $row['suggestion_id'], 'version' => (int) $row['suggestion_version'] ),
			(array) $rows
		);
	}

	/**
	 * @param string[] $ids
	 * @return array<string, Request_Row> By suggestion.
	 */
	public function by_suggestions( array $ids ): array {
		global $wpdb;
		$ids = array_values( array_unique( array_filter( $ids, static fn( string $id ): bool => '' !== $id ) ) );
		if ( array() === $ids ) {
			return array();
		}
		$t     = Schema::requests_table();
		$marks = implode( ', ', array_fill( 0, count( $ids ), '%s' ) );
		$found = $wpdb->get_col( $wpdb->prepare( "SELECT attachment_id FROM $t WHERE suggestion_id IN ($marks)", $ids ) ); // phpcs:ignore WordPress.DB.PreparedSQLPlaceholders -- one %s for each id
		$rows  = array();
		foreach ( ( new Request_Store() )->find_many( array_map( 'intval', $found ) ) as $row ) {
			$rows[ $row->suggestion_id ] = $row;
		}
		return $rows;
	}

	/**
	 * How much a picture is seen: on the front page first, then by the number of posts that show it.
	 *
	 * @return array{0: string, 1: string} A join, and what to order by in a direction that is put behind it.
	 */
	private static function order( string $by, string $direction ): array {
		global $wpdb;
		if ( 'seen' !== $by ) {
			return array( '', ( self::ORDER_COLUMNS[ $by ] ?? 'r.created_at' ) . " $direction" );
		}
		$front = 'page' === get_option( 'show_on_front' ) ? (int) get_option( 'page_on_front' ) : 0;
		$join  = $wpdb->prepare( 'LEFT JOIN ( SELECT attachment_id, COUNT(DISTINCT post_id) AS posts, MAX(post_id = %d AND owner = \'post\') AS front FROM ' . Placement_Table::name() . ' GROUP BY attachment_id ) seen ON seen.attachment_id = r.attachment_id', $front );
		return array( $join, "COALESCE(seen.front, 0) $direction, COALESCE(seen.posts, 0) $direction" );
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
			// phpcs:ignore WordPress.DB.PreparedSQLPlaceholders -- one %s for each word
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
		if ( ! empty( $filter['without'] ) && empty( $filter['attachment'] ) ) {
			$parts[] = 'r.attachment_id NOT IN ( ' . implode( ', ', array_map( 'intval', (array) $filter['without'] ) ) . ' )';
		}
		if ( isset( $filter['only'] ) ) {
			$only    = implode( ', ', array_map( 'intval', (array) $filter['only'] ) );
			$parts[] = '' === $only ? '0 = 1' : "r.attachment_id IN ( $only )";
		}
		if ( ! empty( $filter['attachment'] ) ) {
			$parts[] = $wpdb->prepare( 'r.attachment_id = %d', (int) $filter['attachment'] );
		}
		foreach ( array_slice( (array) preg_split( '/\s+/u', trim( (string) ( $filter['search'] ?? '' ) ), -1, PREG_SPLIT_NO_EMPTY ), 0, self::MOST_WORDS ) as $word ) {
			$like    = '%' . $wpdb->esc_like( (string) $word ) . '%';
			$parts[] = $wpdb->prepare( '( r.suggested_alt LIKE %s OR r.words LIKE %s )', $like, $like );
		}
		return implode( ' AND ', $parts );
	}

	/** Whether any suggestion has ever come. */
	public static function has_any(): bool {
		global $wpdb;
		return Schema::is_current() && null !== $wpdb->get_var( 'SELECT suggestion_id FROM ' . Schema::requests_table() . " WHERE suggestion_id <> '' LIMIT 1" );
	}

	/** How many suggestions wait for a person, counted no further than `$most`: it costs the same in a library of any size. */
	public static function count_waiting( int $most ): int {
		global $wpdb;
		$t = Schema::requests_table();
		return ! Schema::is_current() ? 0 : (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM ( SELECT 1 FROM $t WHERE status = 'ready' AND suggestion_state IN ('pending', 'conflict') LIMIT %d ) waiting", $most ) );
	}
}
