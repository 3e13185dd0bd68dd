<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.PreparedSQLPlaceholders -- the only SQL on our own table; $t is its name, and lists are placeholders

/**
 * Who shows which attachment. Only that: what a picture's text is, is read from the post itself each time, so this
 * table can be late but never wrong about a text. `kind` is the name of the reader that found it, `owner` and `post_id` say
 * who shows it (Owner), and a row for attachment 0 says that something there could not be read.
 */
final class Placement_Table {
	public const FEATURED = 'featured';

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
  owner varchar(8) NOT NULL DEFAULT 'post',
  PRIMARY KEY  (attachment_id,post_id,kind),
  KEY post_id (post_id)
) {$wpdb->get_charset_collate()};";
	}

	/**
	 * Keeps what one owner shows. Reads first: most savings change no picture.
	 *
	 * @param array<string, int[]> $numbers Attachments by kind.
	 */
	public function keep( Owner $owner, array $numbers ): void {
		global $wpdb;
		$t    = self::name();
		$want = array();
		foreach ( $numbers as $kind => $ids ) {
			foreach ( array_unique( $ids ) as $id ) {
				$want[] = "$id $kind";
			}
		}
		$have = array_map(
			static fn( array $row ): string => $row['attachment_id'] . ' ' . $row['kind'],
			(array) $wpdb->get_results( $wpdb->prepare( "SELECT attachment_id, kind FROM $t WHERE post_id = %d AND owner = %s", $owner->id, $owner->type ), ARRAY_A )
		);
		foreach ( array_diff( $have, $want ) as $row ) {
			list( $id, $kind ) = explode( ' ', $row );
			$wpdb->delete( $t, array( 'attachment_id' => (int) $id, 'post_id' => $owner->id, 'kind' => $kind ) );
		}
		foreach ( array_diff( $want, $have ) as $row ) {
			list( $id, $kind ) = explode( ' ', $row );
			$wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $t (attachment_id, post_id, kind, owner) VALUES (%d, %d, %s, %s)", (int) $id, $owner->id, $kind, $owner->type ) );
		}
	}

	/** Removes what was found in a post, a term or for a user. */
	public function forget( Owner $owner ): void {
		global $wpdb;
		$wpdb->delete( self::name(), array( 'post_id' => $owner->id, 'owner' => $owner->type ) );
	}

	/** Removes every place of an image. */
	public function forget_attachment( int $attachment_id ): void {
		global $wpdb;
		$wpdb->delete( self::name(), array( 'attachment_id' => $attachment_id ) );
	}

	/**
	 * Who shows an image.
	 *
	 * @param int $attachment_id 0 for everyone of whom something could not be read.
	 * @return Owner[] Posts first, the newest first.
	 */
	public function owners_of( int $attachment_id, int $limit ): array {
		global $wpdb;
		$t    = self::name();
		$rows = (array) $wpdb->get_results( $wpdb->prepare( "SELECT DISTINCT owner, post_id FROM $t WHERE attachment_id = %d ORDER BY owner = 'post' DESC, owner, post_id DESC LIMIT %d", $attachment_id, $limit ), ARRAY_A );
		return array_map( static fn( array $row ): Owner => new Owner( (string) $row['owner'], (int) $row['post_id'] ), $rows );
	}

	/** @return array<int, array{0: Owner, 1: string}> Who shows an image, each with a kind of place. */
	public function kinds_of( int $attachment_id, int $limit ): array {
		global $wpdb;
		$t    = self::name();
		$rows = (array) $wpdb->get_results( $wpdb->prepare( "SELECT owner, post_id, kind FROM $t WHERE attachment_id = %d LIMIT %d", $attachment_id, $limit ), ARRAY_A );
		return array_map( static fn( array $row ): array => array( new Owner( (string) $row['owner'], (int) $row['post_id'] ), (string) $row['kind'] ), $rows );
	}

	/** @return array<int, string[]> Kinds by post id, newest post first. */
	public function posts_of( int $attachment_id, int $limit ): array {
		global $wpdb;
		$t     = self::name();
		$rows  = (array) $wpdb->get_results( $wpdb->prepare( "SELECT post_id, kind FROM $t WHERE attachment_id = %d AND owner = 'post' ORDER BY post_id DESC, kind LIMIT %d", $attachment_id, $limit ), ARRAY_A );
		$posts = array();
		foreach ( $rows as $row ) {
			$posts[ (int) $row['post_id'] ][] = (string) $row['kind'];
		}
		return $posts;
	}

	/** @return string A condition on the posts table: the image is shown somewhere, as a featured image or in another way. */
	public static function is_shown( bool $as_featured ): string {
		global $wpdb;
		$t    = self::name();
		$sign = $as_featured ? '=' : '<>';
		return (string) $wpdb->prepare( "{$wpdb->posts}.ID IN ( SELECT attachment_id FROM $t WHERE attachment_id > 0 AND kind $sign %s )", self::FEATURED );
	}

	/**
	 * Posts that show an image in one of some ways.
	 *
	 * @param string[] $kinds
	 * @return int[]
	 */
	public function posts_of_kinds( int $attachment_id, array $kinds, int $limit ): array {
		global $wpdb;
		$t  = self::name();
		$in = implode( ', ', array_fill( 0, count( $kinds ), '%s' ) );
		return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT post_id FROM $t WHERE attachment_id = %d AND owner = 'post' AND kind IN ( $in ) ORDER BY post_id LIMIT %d", array_merge( array( $attachment_id ), $kinds, array( $limit ) ) ) ) );
	}

	/** In how many places something could not be read, so that an image may be shown there unseen. */
	public function count_unread(): int {
		global $wpdb;
		$t = self::name();
		return (int) $wpdb->get_var( "SELECT COUNT(*) FROM $t WHERE attachment_id = 0" );
	}

	/**
	 * In how many posts, terms and so on each attachment is shown, for lists.
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
		$rows = (array) $wpdb->get_results( $wpdb->prepare( "SELECT attachment_id, owner, COUNT(DISTINCT post_id) AS n FROM $t WHERE attachment_id IN ($in) GROUP BY attachment_id, owner", $attachment_ids ), ARRAY_A );
		$counts = array();
		foreach ( $rows as $row ) {
			$id            = (int) $row['attachment_id'];
			$counts[ $id ] = ( $counts[ $id ] ?? 0 ) + (int) $row['n'];
		}
		return $counts;
	}
}
