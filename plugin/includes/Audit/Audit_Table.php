<?php
declare( strict_types=1 );

namespace Altsmith\Audit;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared, WordPress.DB.PreparedSQLPlaceholders -- the only SQL on our own table; $t is its name

/** What the latest audit found on each page. The front page is number 0 where it is no page of its own. */
final class Audit_Table {
	public static function name(): string {
		global $wpdb;
		return $wpdb->prefix . 'altsmith_audit';
	}

	/** For Schema, whose version is to be raised with every change of it. */
	public static function statement(): string {
		global $wpdb;
		$t = self::name();
		return "CREATE TABLE $t (
  post_id bigint(20) unsigned NOT NULL,
  audit int(11) NOT NULL DEFAULT 0,
  outcome varchar(20) NOT NULL DEFAULT '',
  message varchar(400) NOT NULL DEFAULT '',
  images int(11) NOT NULL DEFAULT 0,
  problems int(11) NOT NULL DEFAULT 0,
  found longtext NOT NULL,
  PRIMARY KEY  (post_id),
  KEY problems (problems)
) {$wpdb->get_charset_collate()};";
	}

	/**
	 * @param int $audit Number of the audit, counted up.
	 * @param array<int, array{rule: string, src: string, alt: string, attachment_id: int}> $found
	 */
	public function keep( int $audit, int $post_id, string $outcome, string $message, int $images, array $found ): void {
		global $wpdb;
		$wpdb->replace(
			self::name(),
			array(
				'post_id'    => $post_id,
				'audit'    => $audit,
				'outcome'    => $outcome,
				'message'    => mb_substr( $message, 0, 400 ),
				'images'     => $images,
				'problems'   => count( $found ),
				'found'      => (string) wp_json_encode( $found, JSON_INVALID_UTF8_SUBSTITUTE ),
			)
		);
	}

	/** Removes pages that this audit did not come by: they are no longer published. */
	public function forget_others( int $audit ): void {
		global $wpdb;
		$t = self::name();
		$wpdb->query( $wpdb->prepare( "DELETE FROM $t WHERE audit <> %d", $audit ) );
	}

	/** @return array{pages: int, images: int, fine: int, found: int, unread: int} `pages`: that were read. */
	public function counts(): array {
		global $wpdb;
		$t   = self::name();
		$row = (array) $wpdb->get_row( "SELECT COALESCE(SUM(outcome = 'read'), 0) AS pages, COALESCE(SUM(images), 0) AS images, COALESCE(SUM(outcome = 'read' AND problems = 0), 0) AS fine, COALESCE(SUM(problems), 0) AS found, COALESCE(SUM(outcome <> 'read'), 0) AS unread FROM $t", ARRAY_A );
		return array_map( 'intval', $row + array( 'pages' => 0, 'images' => 0, 'fine' => 0, 'found' => 0, 'unread' => 0 ) );
	}

	/**
	 * Pages with problems, those with most first, and then those that could not be read.
	 *
	 * @return array<int, array{post_id: int, outcome: string, message: string, images: int, found: array<int, array{rule: string, src: string, alt: string, attachment_id: int}>}>
	 */
	public function list( int $page, int $per_page ): array {
		global $wpdb;
		$t    = self::name();
		$rows = (array) $wpdb->get_results( $wpdb->prepare( "SELECT * FROM $t WHERE problems > 0 OR outcome <> 'read' ORDER BY problems DESC, post_id LIMIT %d OFFSET %d", $per_page, ( $page - 1 ) * $per_page ), ARRAY_A );
		return array_map(
			static fn( array $row ): array => array(
				'post_id' => (int) $row['post_id'],
				'outcome' => (string) $row['outcome'],
				'message' => (string) $row['message'],
				'images'  => (int) $row['images'],
				'found'   => (array) json_decode( (string) $row['found'], true ),
			),
			$rows
		);
	}

	public function count_listed(): int {
		global $wpdb;
		$t = self::name();
		return (int) $wpdb->get_var( "SELECT COUNT(*) FROM $t WHERE problems > 0 OR outcome <> 'read'" );
	}
}
