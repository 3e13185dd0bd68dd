<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use Altsmith\Backfill\Choices;
use Altsmith\Placements\Placement_Table;
use Altsmith\Shop\Products;
use Altsmith\Sidecar\Image_Type;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL, WordPress.DB.PreparedSQLPlaceholders -- reason() prepares its values, one %s for each type; the rest are names of tables

/**
 * Which images a backfill takes, and why it leaves the others. One SQL expression says so, for the counts beforehand and
 * for the walk itself, so that the two cannot differ.
 */
final class Candidate_Query {
	/** @param string[] $types MIME types the owner chose. */
	public function __construct( private readonly Choices $choices, private readonly array $types ) {}

	/** @return array<string, int> How many images for each reason; '' for those that are taken. */
	public function counts(): array {
		global $wpdb;
		$is_ready = ! $this->is_about_videos() && Library_Index::is_ready();
		if ( $is_ready ) {
			Library_Index::write_down();
		}
		$counts = array();
		$rows   = $wpdb->get_results( 'SELECT reason, COUNT(*) AS n FROM ( SELECT ' . $this->reason( $is_ready ) . ' AS reason FROM ' . self::tables() . ' WHERE ' . $this->selected() . ' ) looked_at GROUP BY reason', ARRAY_A );
		foreach ( (array) $rows as $row ) {
			$counts[ (string) $row['reason'] ] = (int) $row['n'];
		}
		if ( $this->choices->limit > 0 && ( $counts[''] ?? 0 ) > $this->choices->limit ) {
			$counts[''] = $this->choices->limit;
		}
		return $counts;
	}

	/**
	 * The next images after an id. A cursor by id and not an offset: the set gets smaller while we walk through it.
	 *
	 * @return array<int, string> Reason by attachment; '' when it is taken.
	 */
	public function after( int $id, int $limit ): array {
		global $wpdb;
		$rows = $wpdb->get_results( "SELECT {$wpdb->posts}.ID, " . $this->reason( false ) . ' AS reason FROM ' . self::tables() . ' WHERE ' . $this->selected() . $wpdb->prepare( " AND {$wpdb->posts}.ID > %d ORDER BY {$wpdb->posts}.ID LIMIT %d", $id, $limit ), ARRAY_A );
		return array_map( 'strval', array_column( (array) $rows, 'reason', 'ID' ) );
	}

	/** @return string Condition on the posts table: images that the choices select. Others are not counted as skipped. */
	private function selected(): string {
		global $wpdb;
		$conditions = array( $this->is_about_videos() ? Image_Conditions::video() : Image_Conditions::sql( 'image' ) );
		if ( '' !== $this->choices->from ) {
			$conditions[] = $wpdb->prepare( "{$wpdb->posts}.post_date >= %s", $this->choices->from . ' 00:00:00' );
		}
		if ( '' !== $this->choices->to ) {
			$conditions[] = $wpdb->prepare( "{$wpdb->posts}.post_date <= %s", $this->choices->to . ' 23:59:59' );
		}
		// Where videos are shown is not in the index of places.
		if ( 'any' !== $this->choices->used && ! $this->is_about_videos() ) {
			$conditions[] = 'products' === $this->choices->used ? Products::condition() : Placement_Table::is_shown( 'featured' === $this->choices->used );
		}
		return implode( ' AND ', $conditions );
	}

	private function is_about_videos(): bool {
		return 'video' === $this->choices->kind;
	}

	/** Stored as HEIC, while the file is a JPEG by now, or has sizes in JPEG, or can be made one: see Image_Type::of(). */
	private function is_converted(): string {
		global $wpdb;
		if ( ! in_array( 'image/jpeg', $this->types, true ) ) {
			return '( 1 = 0 )';
		}
		$marks = implode( ', ', array_fill( 0, count( Image_Type::CONVERTED ), '%s' ) );
		$stored = $wpdb->prepare( "{$wpdb->posts}.post_mime_type IN ( $marks )", Image_Type::CONVERTED );
		return Image_Type::host_converts() ? "( $stored )" : "( $stored AND EXISTS ( SELECT 1 FROM {$wpdb->postmeta} f WHERE f.post_id = {$wpdb->posts}.ID AND ( ( f.meta_key = '_wp_attached_file' AND ( f.meta_value LIKE '%.jpg' OR f.meta_value LIKE '%.jpeg' ) ) OR ( f.meta_key = '_wp_attachment_metadata' AND f.meta_value LIKE '%\"image/jpeg\"%' ) ) ) )";
	}

	/** Each image with its request and its row in the index, where there are any. */
	private static function tables(): string {
		global $wpdb;
		return "{$wpdb->posts} LEFT JOIN " . Schema::requests_table() . " r ON r.attachment_id = {$wpdb->posts}.ID LEFT JOIN " . Schema::library_table() . " l ON l.attachment_id = {$wpdb->posts}.ID";
	}

	/** @param bool $by_index Whether the index says which images have a text: to count a library of 100,000 by its meta takes seconds. */
	private function reason( bool $by_index ): string {
		global $wpdb;
		$posts   = $wpdb->posts;
		$words   = array() === $this->types ? array( '-' ) : Image_Type::with_other_words( $this->types );
		$marks   = implode( ', ', array_fill( 0, count( $words ), '%s' ) );
		$types   = $wpdb->prepare( "$posts.post_mime_type NOT IN ( $marks )", $words ) . ' AND NOT ' . $this->is_converted();
		$mark    = $wpdb->prepare( "EXISTS ( SELECT 1 FROM {$wpdb->postmeta} d WHERE d.post_id = $posts.ID AND d.meta_key = %s AND d.meta_value = '1' )", Provenance::DECORATIVE_KEY );
		$text    = $wpdb->prepare( "EXISTS ( SELECT 1 FROM {$wpdb->postmeta} a WHERE a.post_id = $posts.ID AND a.meta_key = %s AND TRIM( a.meta_value ) <> '' )", Alt_Text_Meta::KEY );
		if ( $by_index ) {
			$mark = 'l.decorative = 1';
			$text = 'l.has_text = 1';
		}
		if ( $this->is_about_videos() ) {
			list( $types, $mark, $text ) = array( '1 = 0', '1 = 0', "TRIM( $posts.post_content ) <> ''" );
		}
		$cases   = array(
			"WHEN $types THEN 'type'",
			"WHEN $mark THEN 'decorative'",
			$this->choices->overwrite ? '' : "WHEN $text THEN 'has_text'",
			"WHEN r.status = 'ready' AND r.suggestion_state IN ('pending', 'conflict', 'approved') THEN 'waiting'",
			"WHEN r.status IN ('queued', 'sent', 'held') THEN 'on_the_way'",
			$this->choices->include_decided ? '' : "WHEN r.status = 'ready' AND r.suggestion_state IN ('rejected', 'decorative') THEN 'decided'",
			"WHEN r.status = 'ready' AND r.suggestion_state = 'applied' THEN 'approved'",
		);
		return 'CASE ' . implode( ' ', array_filter( $cases ) ) . " ELSE '' END";
	}
}
