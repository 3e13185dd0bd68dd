<?php
declare( strict_types=1 );

namespace Altsmith\Library;

use Altsmith\Storage\Image_Conditions;
use WP_Query;

defined( 'ABSPATH' ) || exit;

/**
 * Counts what the filter of the media library matches. WordPress counts with SQL_CALC_FOUND_ROWS, which reads every image that
 * matches although 20 are shown; a query of its own reads less, and often our own table alone.
 */
final class Library_Total {
	/** Conditions of WordPress that every image in our tables meets. */
	private const ALWAYS_MET = "/post_type = 'attachment'|post_status = '(?:inherit|private)'/";

	/** @var \WeakMap<WP_Query, string> Counting query of each query for a page. */
	private \WeakMap $counting;

	public function __construct() {
		$this->counting = new \WeakMap();
	}

	public function register(): void {
		add_filter( 'posts_clauses', array( $this, 'plan' ), PHP_INT_MAX, 2 );
		add_filter( 'posts_request_ids', array( $this, 'without_found_rows' ), 10, 2 );
		add_filter( 'found_posts_query', array( $this, 'counting_query' ), 10, 2 );
	}

	/** Filter `posts_clauses`, after all others: makes the counting query. */
	public function plan( mixed $clauses = null, mixed $query = null ): mixed {
		$state = $query instanceof WP_Query ? Library_Filter::state_of( $query ) : '';
		if ( '' !== $state && is_array( $clauses ) && '' === (string) ( $clauses['groupby'] ?? '' ) && '' === (string) ( $clauses['distinct'] ?? '' ) ) {
			$this->counting[ $query ] = self::query( $state, (string) ( $clauses['join'] ?? '' ), (string) ( $clauses['where'] ?? '' ) );
		}
		return $clauses;
	}

	private static function query( string $state, string $join, string $where ): string {
		global $wpdb;
		$condition = Image_Conditions::sql( $state );
		$rest      = preg_replace( self::ALWAYS_MET, '', str_replace( array( " AND $condition", "{$wpdb->posts}." ), '', $where ) );
		$own       = Image_Conditions::count_sql( $state );
		if ( '' === trim( $join ) && '' !== $own && 1 === preg_match( '/^(?:[\s()]|AND|OR)*$/', (string) $rest ) ) {
			return $own;
		}
		return "SELECT COUNT(*) FROM {$wpdb->posts} $join WHERE 1=1 $where";
	}

	/** Filter `posts_request_ids`. */
	public function without_found_rows( mixed $sql = null, mixed $query = null ): mixed {
		return is_string( $sql ) && $query instanceof WP_Query && isset( $this->counting[ $query ] ) ? str_replace( 'SELECT SQL_CALC_FOUND_ROWS', 'SELECT', $sql ) : $sql;
	}

	/** Filter `found_posts_query`. */
	public function counting_query( mixed $sql = null, mixed $query = null ): mixed {
		return $query instanceof WP_Query ? $this->counting[ $query ] ?? $sql : $sql;
	}
}
