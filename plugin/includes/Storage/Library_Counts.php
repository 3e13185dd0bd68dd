<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;

defined( 'ABSPATH' ) || exit;

/** How the whole library stands: read in one pass, and in a large library not again within a minute. */
final class Library_Counts {
	private const CACHE         = 'altsmith_library_counts';
	private const CACHE_SECONDS = 60;

	/** A pass that was quicker than this is simply done again. */
	private const QUICK_SECONDS = 0.05;

	/** @return array{total: int, with_text: int, missing: int, decorative: int, pending: int} */
	public function all(): array {
		$cached = get_transient( self::CACHE );
		if ( is_array( $cached ) ) {
			return $cached;
		}
		$began  = microtime( true );
		$counts = $this->read();
		if ( microtime( true ) - $began > self::QUICK_SECONDS ) {
			set_transient( self::CACHE, $counts, self::CACHE_SECONDS );
		}
		return $counts;
	}

	/** @return array{total: int, with_text: int, missing: int, decorative: int, pending: int} */
	private function read(): array {
		$images = Library_Index::is_ready() ? Library_Index::counts() : $this->read_slowly();
		$shown  = ( new Request_Store() )->counts();
		return array(
			'total'      => $images['total'],
			'with_text'  => $images['with_text'],
			'missing'    => $images['missing'],
			'decorative' => $images['decorative'],
			'pending'    => ( $shown['pending'] ?? 0 ) + ( $shown['conflict'] ?? 0 ),
		);
	}

	/**
	 * Out of post meta, until the index has been through the library once.
	 *
	 * @return array{total: int, with_text: int, missing: int, decorative: int}
	 */
	private function read_slowly(): array {
		global $wpdb;
		$text = $wpdb->prepare( "SELECT DISTINCT post_id FROM {$wpdb->postmeta} WHERE meta_key = %s AND TRIM( meta_value ) <> ''", Alt_Text_Meta::KEY );
		$mark = $wpdb->prepare( "SELECT DISTINCT post_id FROM {$wpdb->postmeta} WHERE meta_key = %s AND meta_value = '1'", Provenance::DECORATIVE_KEY );
		// phpcs:ignore WordPress.DB -- prepared above
		$row   = $wpdb->get_row( "SELECT COUNT(*) AS total, SUM( a.post_id IS NOT NULL AND d.post_id IS NULL ) AS with_text, COUNT( d.post_id ) AS decorative, SUM( a.post_id IS NULL AND d.post_id IS NULL ) AS missing FROM {$wpdb->posts} LEFT JOIN ( $text ) a ON a.post_id = {$wpdb->posts}.ID LEFT JOIN ( $mark ) d ON d.post_id = {$wpdb->posts}.ID WHERE " . Image_Conditions::sql( 'image' ), ARRAY_A );
		return array(
			'total'      => (int) ( $row['total'] ?? 0 ),
			'with_text'  => (int) ( $row['with_text'] ?? 0 ),
			'missing'    => (int) ( $row['missing'] ?? 0 ),
			'decorative' => (int) ( $row['decorative'] ?? 0 ),
		);
	}
}
