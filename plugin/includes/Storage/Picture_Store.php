<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- this class is the only SQL on our own table; $t is its name

/** Which file each suggestion was asked for with: enough to see later whether the picture is still the same one. */
final class Picture_Store {
	/** Instead of a stamp: the file changed before its first stamp was taken. */
	public const CHANGED_BEFORE = 'changed';

	/** Instead of a time: see doubt_all(). */
	public const STAMP_ONLY = 2;

	/** Remembers the file that was sent. */
	public function keep( int $attachment_id, string $file_stamp, string $perceptual_hash ): void {
		global $wpdb;
		$t = Schema::pictures_table();
		$wpdb->query( $wpdb->prepare( "INSERT INTO $t (attachment_id, file_stamp, perceptual_hash, check_at, checks) VALUES (%d, %s, %s, 0, 0) ON DUPLICATE KEY UPDATE file_stamp = VALUES(file_stamp), perceptual_hash = VALUES(perceptual_hash), check_at = 0, checks = 0", $attachment_id, $file_stamp, $perceptual_hash ) );
	}

	/** @return array{file_stamp: string, perceptual_hash: string, check_at: int, checks: int}|null `checks`: comparisons that were begun and did not end. */
	public function find( int $attachment_id ): ?array {
		global $wpdb;
		$t   = Schema::pictures_table();
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT file_stamp, perceptual_hash, check_at, checks FROM $t WHERE attachment_id = %d", $attachment_id ), ARRAY_A );
		return is_array( $row ) ? array( 'file_stamp' => (string) $row['file_stamp'], 'perceptual_hash' => (string) $row['perceptual_hash'], 'check_at' => (int) $row['check_at'], 'checks' => (int) $row['checks'] ) : null;
	}

	/** The file has changed and still shows the same picture: stores its new stamp. */
	public function checked( int $attachment_id, string $file_stamp ): void {
		global $wpdb;
		$wpdb->update( Schema::pictures_table(), array( 'file_stamp' => $file_stamp, 'check_at' => 0, 'checks' => 0 ), array( 'attachment_id' => $attachment_id ) );
	}

	/** Nothing has happened to the file. */
	public function unchanged( int $attachment_id ): void {
		global $wpdb;
		$wpdb->update( Schema::pictures_table(), array( 'check_at' => 0, 'checks' => 0 ), array( 'attachment_id' => $attachment_id ) );
	}

	/**
	 * Something happened to the file. One statement: this runs inside uploads and image editors. Where nothing is known of the
	 * file that was sent, as in what version 0.1 left and after a process that died, the row says so.
	 */
	public function doubt( int $attachment_id ): bool {
		global $wpdb;
		$t    = Schema::pictures_table();
		$rows = Schema::requests_table();
		return 0 < (int) $wpdb->query( $wpdb->prepare( "INSERT INTO $t (attachment_id, file_stamp, perceptual_hash, check_at, checks) SELECT attachment_id, %s, '', 1, 0 FROM $rows WHERE attachment_id = %d AND image_sha256 <> '' ON DUPLICATE KEY UPDATE file_stamp = IF($t.perceptual_hash = '' AND $t.file_stamp = '', VALUES(file_stamp), $t.file_stamp), check_at = 1, checks = 0", self::CHANGED_BEFORE, $attachment_id ) );
	}

	/**
	 * Files may have been replaced while nobody listened: the plugin was not active, or a backup was restored. Background runs
	 * look at the stamp of each, and compare only what has another one.
	 */
	public function doubt_all(): void {
		global $wpdb;
		$wpdb->update( Schema::pictures_table(), array( 'check_at' => self::STAMP_ONLY, 'checks' => 0 ), array( 'check_at' => 0 ) );
	}

	/**
	 * Version 0.1 kept no stamps: those of its answers are taken by background runs.
	 *
	 * @param int $after Of the rows of the requests table with ids above this.
	 * @param int $last  The last id.
	 * @return bool False when the database refused.
	 */
	public static function plan_first_looks( int $after, int $last ): bool {
		global $wpdb;
		$t    = Schema::pictures_table();
		$rows = Schema::requests_table();
		return false !== $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO $t (attachment_id, file_stamp, perceptual_hash, check_at, checks) SELECT attachment_id, '', '', 1, 0 FROM $rows WHERE id > %d AND id <= %d AND image_sha256 <> '' AND ( status = 'sent' OR ( status = 'ready' AND suggestion_state IN ('pending', 'conflict', 'approved', 'applied') ) )", $after, $last ) );
	}

	/** Counts a comparison before it begins, so that one which kills PHP is counted too; until `$again_at` others have their turn. */
	public function begin_check( int $attachment_id, int $again_at ): void {
		global $wpdb;
		$t = Schema::pictures_table();
		$wpdb->query( $wpdb->prepare( "UPDATE $t SET checks = checks + 1, check_at = %d WHERE attachment_id = %d", $again_at, $attachment_id ) );
	}

	/** @return int[] Attachments whose file is to be looked at now. */
	public function doubted( int $limit ): array {
		global $wpdb;
		$t = Schema::pictures_table();
		return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT attachment_id FROM $t WHERE check_at BETWEEN 1 AND %d ORDER BY check_at, attachment_id LIMIT %d", time(), $limit ) ) );
	}

	/** @return int When the next file is to be looked at; PHP_INT_MAX: none. */
	public function next_check_at(): int {
		global $wpdb;
		$t    = Schema::pictures_table();
		$next = Schema::is_current() ? $wpdb->get_var( "SELECT MIN( check_at ) FROM $t WHERE check_at > 0" ) : null;
		return null === $next ? PHP_INT_MAX : (int) $next;
	}

	/** The attachment is gone, or shows another picture: what was known of its file says nothing any more. */
	public function remove( int $attachment_id ): void {
		global $wpdb;
		$wpdb->delete( Schema::pictures_table(), array( 'attachment_id' => $attachment_id ) );
	}
}
