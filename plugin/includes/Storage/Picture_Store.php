<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- this class is the only SQL on our own table; $t is its name

/** Which file each suggestion was asked for with: enough to see later whether the picture is still the same one. */
final class Picture_Store {
	/** Remembers the file that was sent. */
	public function keep( int $attachment_id, string $file_stamp, string $perceptual_hash ): void {
		global $wpdb;
		$t = Schema::pictures_table();
		$wpdb->query( $wpdb->prepare( "INSERT INTO $t (attachment_id, file_stamp, perceptual_hash, check_at, checks) VALUES (%d, %s, %s, 0, 0) ON DUPLICATE KEY UPDATE file_stamp = VALUES(file_stamp), perceptual_hash = VALUES(perceptual_hash), check_at = 0, checks = 0", $attachment_id, $file_stamp, $perceptual_hash ) );
	}

	/** @return array{file_stamp: string, perceptual_hash: string, checks: int}|null `checks`: comparisons that were begun and did not end. */
	public function find( int $attachment_id ): ?array {
		global $wpdb;
		$t   = Schema::pictures_table();
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT file_stamp, perceptual_hash, checks FROM $t WHERE attachment_id = %d", $attachment_id ), ARRAY_A );
		return is_array( $row ) ? array( 'file_stamp' => (string) $row['file_stamp'], 'perceptual_hash' => (string) $row['perceptual_hash'], 'checks' => (int) $row['checks'] ) : null;
	}

	/** The file has changed and still shows the same picture: stores its new stamp. */
	public function checked( int $attachment_id, string $file_stamp ): void {
		global $wpdb;
		$wpdb->update( Schema::pictures_table(), array( 'file_stamp' => $file_stamp, 'check_at' => 0, 'checks' => 0 ), array( 'attachment_id' => $attachment_id ) );
	}

	/** Something happened to the file. One statement: this runs inside uploads and image editors. */
	public function doubt( int $attachment_id ): bool {
		global $wpdb;
		return 1 === $wpdb->update( Schema::pictures_table(), array( 'check_at' => 1, 'checks' => 0 ), array( 'attachment_id' => $attachment_id ) );
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
