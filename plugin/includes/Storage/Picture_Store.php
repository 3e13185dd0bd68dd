<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- this class is the only SQL on our own table; $t is its name

/** Which file each suggestion was asked for with: enough to see later whether the picture is still the same one. */
final class Picture_Store {
	/** Remembers the file that was sent. */
	public function keep( int $attachment_id, string $mark, string $look ): void {
		global $wpdb;
		$t = Schema::pictures_table();
		$wpdb->query( $wpdb->prepare( "INSERT INTO $t (attachment_id, mark, look, to_check) VALUES (%d, %s, %s, 0) ON DUPLICATE KEY UPDATE mark = VALUES(mark), look = VALUES(look), to_check = 0", $attachment_id, $mark, $look ) );
	}

	/** @return array{mark: string, look: string}|null */
	public function find( int $attachment_id ): ?array {
		global $wpdb;
		$t   = Schema::pictures_table();
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT mark, look FROM $t WHERE attachment_id = %d", $attachment_id ), ARRAY_A );
		return is_array( $row ) ? array( 'mark' => (string) $row['mark'], 'look' => (string) $row['look'] ) : null;
	}

	/** The file is not what it was, but the picture is. */
	public function checked( int $attachment_id, string $mark ): void {
		global $wpdb;
		$wpdb->update( Schema::pictures_table(), array( 'mark' => $mark, 'to_check' => 0 ), array( 'attachment_id' => $attachment_id ) );
	}

	/** Something happened to the file. One statement: this runs inside uploads and image editors. */
	public function doubt( int $attachment_id ): bool {
		global $wpdb;
		return 1 === $wpdb->update( Schema::pictures_table(), array( 'to_check' => 1 ), array( 'attachment_id' => $attachment_id ) );
	}

	/** @return int[] Attachments whose file is to be looked at. */
	public function doubted( int $limit ): array {
		global $wpdb;
		$t = Schema::pictures_table();
		return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT attachment_id FROM $t WHERE to_check = 1 ORDER BY attachment_id LIMIT %d", $limit ) ) );
	}

	public function remove( int $attachment_id ): void {
		global $wpdb;
		$wpdb->delete( Schema::pictures_table(), array( 'attachment_id' => $attachment_id ) );
	}
}
