<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.PreparedSQLPlaceholders -- the only SQL on our own table; $t is its name, and lists are placeholders

/**
 * Which post shows which attachment. Only that: what a picture's text is, is read from the post itself each time, so this
 * table can be late but never wrong about a text.
 */
final class Placement_Table {
	public const IN_CONTENT = 'content';
	public const FEATURED   = 'featured';

	public static function name(): string {
		global $wpdb;
		return $wpdb->prefix . 'altsmith_placements';
	}

	/** For Schema, whose version is to be raised with every change of it. */
	public static function statement(): string {
		global $wpdb;
		$t = self::name();
		return "CREATE TABLE $t (
  attachment_id bigint(20) unsigned NOT NULL,
  post_id bigint(20) unsigned NOT NULL,
  kind varchar(12) NOT NULL DEFAULT 'content',
  PRIMARY KEY  (attachment_id,post_id,kind),
  KEY post_id (post_id)
) {$wpdb->get_charset_collate()};";
	}

	/**
	 * Keeps what one post shows. Reads first: most savings change no picture.
	 *
	 * @param int[] $in_content Attachment ids.
	 */
	public function keep( int $post_id, array $in_content, int $featured ): void {
		global $wpdb;
		$t    = self::name();
		$want = array_map( static fn( int $id ): string => $id . ' ' . self::IN_CONTENT, array_unique( $in_content ) );
		if ( $featured > 0 ) {
			$want[] = $featured . ' ' . self::FEATURED;
		}
		$have = array_map(
			static fn( array $row ): string => $row['attachment_id'] . ' ' . $row['kind'],
			(array) $wpdb->get_results( $wpdb->prepare( "SELECT attachment_id, kind FROM $t WHERE post_id = %d", $post_id ), ARRAY_A )
		);
		foreach ( array_diff( $have, $want ) as $row ) {
			list( $id, $kind ) = explode( ' ', $row );
			$wpdb->delete( $t, array( 'attachment_id' => (int) $id, 'post_id' => $post_id, 'kind' => $kind ) );
		}
		foreach ( array_diff( $want, $have ) as $row ) {
			list( $id, $kind ) = explode( ' ', $row );
			$wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $t (attachment_id, post_id, kind) VALUES (%d, %d, %s)", (int) $id, $post_id, $kind ) );
		}
	}

	/** Removes what was found in a post. */
	public function forget_post( int $post_id ): void {
		global $wpdb;
		$wpdb->delete( self::name(), array( 'post_id' => $post_id ) );
	}

	/** Removes every place of an image. */
	public function forget_attachment( int $attachment_id ): void {
		global $wpdb;
		$wpdb->delete( self::name(), array( 'attachment_id' => $attachment_id ) );
	}

	/** @return array<int, string[]> Kinds by post id, newest post first. */
	public function posts_of( int $attachment_id, int $limit ): array {
		global $wpdb;
		$t     = self::name();
		$rows  = (array) $wpdb->get_results( $wpdb->prepare( "SELECT post_id, kind FROM $t WHERE attachment_id = %d ORDER BY post_id DESC, kind LIMIT %d", $attachment_id, $limit ), ARRAY_A );
		$posts = array();
		foreach ( $rows as $row ) {
			$posts[ (int) $row['post_id'] ][] = (string) $row['kind'];
		}
		return $posts;
	}

	/** @return string A condition on the posts table: the image is shown in this way somewhere. */
	public static function is_shown( string $kind ): string {
		global $wpdb;
		$t = self::name();
		return (string) $wpdb->prepare( "{$wpdb->posts}.ID IN ( SELECT attachment_id FROM $t WHERE kind = %s )", $kind );
	}

	/**
	 * In how many posts each attachment is shown, for lists.
	 *
	 * @param int[] $attachment_ids
	 * @return array<int, int> Only those that are shown somewhere.
	 */
	public function count_posts( array $attachment_ids ): array {
		global $wpdb;
		if ( array() === $attachment_ids ) {
			return array();
		}
		$t    = self::name();
		$in   = implode( ',', array_fill( 0, count( $attachment_ids ), '%d' ) );
		$rows = (array) $wpdb->get_results( $wpdb->prepare( "SELECT attachment_id, COUNT(DISTINCT post_id) AS n FROM $t WHERE attachment_id IN ($in) GROUP BY attachment_id", $attachment_ids ), ARRAY_A );
		return array_map( 'intval', array_column( $rows, 'n', 'attachment_id' ) );
	}
}
