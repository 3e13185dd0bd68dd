<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL -- this class is the only SQL on our own tables; $t and $x are their names

/** The only SQL on the requests table. Lists for the review screen are in Suggestion_Query. */
final class Request_Store {
	use Request_Attempts;
	use Request_Counts;
	use Request_Endings;

	/** After so many seconds without news the sidecar is asked about a job: it may have lost it. */
	public const LOOK_AFTER = 600;

	/** Columns of the table of texts. */
	private const TEXTS = array( 'suggestion' => true, 'seen_alt' => true, 'report' => true );

	/** Columns with text in any script: see storable(). */
	private const WORDS = array( 'suggested_alt' => true, 'error_message' => true, 'words' => true );

	/** Most characters of the column `words`. */
	public const WORDS_LENGTH = 1000;

	/** Error code of a row while it is being sent. It stays where PHP ended during the attempt. */
	public const INTERRUPTED = 'INTERRUPTED';

	/** Error code of a deleted attachment's row: see want_after_deletion(). */
	public const WANTED_AGAIN = 'WANTED_AGAIN';

	/**
	 * Notes that an attachment wants a suggestion. One statement, no reading: this runs inside uploads. It names only columns
	 * that every version had: an upload during an update of the tables is noted as well.
	 *
	 * @return bool Whether a row was added; false when the attachment has one already.
	 */
	public function add( int $attachment_id, string $priority, int $due_at, string $run_id = '' ): bool {
		global $wpdb;
		$t   = Schema::requests_table();
		$now = time();
		return 1 === $wpdb->query(
			$wpdb->prepare(
				"INSERT IGNORE INTO $t (attachment_id, status, priority, run_id, next_attempt_at, error_message, created_at, updated_at)
				VALUES (%d, %s, %s, %s, %d, '', %d, %d)",
				$attachment_id,
				Request_Status::QUEUED,
				$priority,
				$run_id,
				$due_at,
				$now,
				$now
			)
		);
	}

	/** Puts an attachment back at the start, keeping the row and its suggestion until a new one comes. */
	public function requeue( int $attachment_id, string $priority, string $run_id = '' ): void {
		$this->change(
			$attachment_id,
			array(
				'status'          => Request_Status::QUEUED,
				'priority'        => $priority,
				'run_id'          => $run_id,
				'attempts'        => 0,
				'next_attempt_at' => time(),
				'error_code'      => '',
				'error_message'   => '',
			)
		);
	}

	/** A row that waits for its sub-sizes may be sent now. True when there was one. */
	public function make_due( int $attachment_id ): bool {
		global $wpdb;
		$t = Schema::requests_table();
		return 0 < (int) $wpdb->query( $wpdb->prepare( "UPDATE $t SET next_attempt_at = %d WHERE attachment_id = %d AND status = 'queued' AND attempts = 0 AND next_attempt_at > %d", time(), $attachment_id, time() ) );
	}

	/** @return Request_Row[] What the sidecar has had for so long that it is time to ask about it. */
	public function overdue( int $limit ): array {
		return $this->many( "r.status = 'sent' AND r.next_attempt_at <= %d ORDER BY r.id LIMIT %d", array( time(), $limit ) );
	}

	/** @return Request_Row[] Suggestions that wait for a person, by id. */
	public function open_after( int $id, int $limit ): array {
		return $this->many( "r.status = 'ready' AND r.suggestion_state IN ('pending', 'conflict') AND r.id > %d ORDER BY r.id LIMIT %d", array( $id, $limit ) );
	}

	/** Asks about a sent row again only after LOOK_AFTER seconds. */
	public function look_again_later( int $attachment_id ): void {
		$this->change( $attachment_id, array( 'next_attempt_at' => time() + self::LOOK_AFTER ) );
	}

	/** Makes every sent row due: the next run asks the sidecar about its job. */
	public function look_at_sent_now(): void {
		global $wpdb;
		$wpdb->update( Schema::requests_table(), array( 'next_attempt_at' => 0 ), array( 'status' => Request_Status::SENT ) );
	}

	/** @return Request_Row[] Rows whose write-back, or whose deletion, the sidecar has not heard of. */
	public function unreported( int $limit ): array {
		$gone = $this->many( "r.status = 'gone' ORDER BY r.updated_at LIMIT %d", array( $limit ) );
		return array_merge( $gone, $this->many( "r.has_report = 1 AND r.status <> 'gone' ORDER BY r.updated_at LIMIT %d", array( $limit ) ) );
	}

	/** @return int[] Attachments with a person's yes that was not carried out: the process died, or another one held the lock. */
	public function unwritten( int $limit ): array {
		global $wpdb;
		$t = Schema::requests_table();
		return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT attachment_id FROM $t WHERE status = 'ready' AND suggestion_state IN ('approved', 'decorative') AND has_report = 0 ORDER BY updated_at LIMIT %d", $limit ) ) );
	}

	public function find( int $attachment_id ): ?Request_Row {
		return $this->one( 'attachment_id', '%d', $attachment_id );
	}

	/**
	 * @param int[] $attachment_ids
	 * @return array<int, Request_Row> By attachment.
	 */
	public function find_many( array $attachment_ids ): array {
		if ( array() === $attachment_ids ) {
			return array();
		}
		$marks = implode( ', ', array_fill( 0, count( $attachment_ids ), '%d' ) );
		$rows  = array();
		foreach ( $this->many( "r.attachment_id IN ($marks)", $attachment_ids ) as $row ) {
			$rows[ $row->attachment_id ] = $row;
		}
		return $rows;
	}

	public function find_by_suggestion( string $suggestion_id ): ?Request_Row {
		return '' === $suggestion_id ? null : $this->one( 'suggestion_id', '%s', $suggestion_id );
	}

	/**
	 * A deleted attachment's row is only reported and removed: nothing brings it back.
	 *
	 * @param array<string, string|int|float> $values
	 */
	public function change( int $attachment_id, array $values ): void {
		$this->write( $attachment_id, $values, "status <> 'gone'" );
	}

	/**
	 * @param array<string, string|int|float> $values
	 * @param array<string, string|int>       $while What must still be in the row.
	 * @return bool Whether it was.
	 */
	public function change_while( int $attachment_id, array $values, array $while ): bool {
		return $this->write( $attachment_id, $values, self::list_of( $while, ' AND ' ) );
	}

	/**
	 * One statement for the row and its texts: of two processes, or where the database refuses, no row is left with the texts of
	 * another suggestion.
	 *
	 * @param array<string, string|int|float> $values
	 * @param string                          $while Condition on our table.
	 */
	private function write( int $attachment_id, array $values, string $while ): bool {
		global $wpdb;
		$t     = Schema::requests_table();
		$x     = Schema::texts_table();
		$texts = array_intersect_key( $values, self::TEXTS );
		$set   = self::list_of( self::columns_of( $values ) + array( 'updated_at' => time() ), ', ' );
		$is    = $wpdb->prepare( 'attachment_id = %d', $attachment_id );
		if ( array() === $texts ) {
			return 0 < (int) $wpdb->query( "UPDATE $t SET $set WHERE $is AND $while" );
		}
		if ( Table_Move::is_on() ) {
			Table_Move::move_one( $attachment_id );
		}
		$wpdb->query( "INSERT IGNORE INTO $x (attachment_id, suggestion, seen_alt, report) SELECT attachment_id, '', '', '' FROM $t WHERE $is" );
		if ( Schema::is_sqlite() ) {
			$done = 0 < (int) $wpdb->query( "UPDATE $t SET $set WHERE $is AND $while" );
			return $done && false !== $wpdb->query( "UPDATE $x SET " . self::list_of( $texts, ', ' ) . " WHERE $is" );
		}
		$set .= ', ' . self::list_of( $texts, ', ', 'x.' );
		return 0 < (int) $wpdb->query( "UPDATE $t r JOIN $x x ON x.attachment_id = r.attachment_id SET $set WHERE r.$is AND $while" );
	}

	/**
	 * What of these values is in the requests table itself.
	 *
	 * @param array<string, string|int|float> $values
	 * @return array<string, string|int|float>
	 */
	private static function columns_of( array $values ): array {
		$columns = array_diff_key( $values, self::TEXTS );
		foreach ( array_intersect_key( $columns, self::WORDS ) as $column => $text ) {
			$columns[ $column ] = self::storable( $column, (string) $text );
		}
		return isset( $values['report'] ) ? $columns + array( 'has_report' => (int) ( '' !== $values['report'] ) ) : $columns;
	}

	/** Without the characters that the column cannot hold: tables of old databases know none of four bytes, and refuse the row. */
	public static function storable( string $column, string $text ): string {
		global $wpdb;
		if ( 1 !== preg_match( '/[\xF0-\xF4]/', $text ) ) {
			return $text;
		}
		$kept = $wpdb->strip_invalid_text_for_column( Schema::requests_table(), $column, $text );
		return is_string( $kept ) ? $kept : '';
	}

	/**
	 * Reads title, file name and present alt text from the attachments again: a search looks for them here.
	 *
	 * @param string $rows Condition on our table, `r`.
	 * @return bool False when the database refused it.
	 */
	public static function read_words( string $rows ): bool {
		if ( Schema::is_sqlite() ) {
			return true; // It has none of these functions: a search looks in suggested texts alone.
		}
		global $wpdb;
		$t      = Schema::requests_table();
		$length = self::WORDS_LENGTH;
		return false !== $wpdb->query( "UPDATE $t r JOIN $wpdb->posts p ON p.ID = r.attachment_id LEFT JOIN $wpdb->postmeta m ON m.post_id = p.ID AND m.meta_key = '_wp_attached_file' LEFT JOIN $wpdb->postmeta a ON a.post_id = p.ID AND a.meta_key = '_wp_attachment_image_alt' SET r.words = LEFT( CONCAT_WS( ' ', p.post_title, SUBSTRING_INDEX( m.meta_value, '/', -1 ), a.meta_value ), $length ) WHERE $rows" );
	}

	/**
	 * @param array<string, string|int|float> $values Columns of ours by name.
	 * @return string Each with its value, for SET or WHERE.
	 */
	private static function list_of( array $values, string $between, string $table = '' ): string {
		global $wpdb;
		$list = array();
		foreach ( $values as $column => $value ) {
			$list[] = $wpdb->prepare( "$table$column = %s", (string) $value );
		}
		return implode( $between, $list );
	}

	/**
	 * Keeps what the sidecar says about an attachment. A suggestion that is older than the one held is left alone, so that
	 * the change feed may be read again from any point.
	 *
	 * @param array<string, mixed> $suggestion Checked and cleaned.
	 * @param bool                 $is_answer  It answers a question of ours: then it holds even if it is older, as it is
	 *                                         after a sidecar was restored from a backup.
	 * @return bool Whether it was news.
	 */
	public function keep_suggestion( int $attachment_id, array $suggestion, bool $is_answer = false ): bool {
		// Tried again when the row changed between reading and writing; the feed will not tell it a second time.
		for ( $try = 0; $try < 3; $try++ ) {
			$row = $this->find( $attachment_id );
			if ( null === $row || Request_Status::GONE === $row->status || ! Suggestion_News::is_news( $row, $suggestion, $is_answer ) ) {
				return false;
			}
			if ( $this->change_while( $attachment_id, Suggestion_News::columns( $row, $suggestion, $is_answer ), array( 'status' => $row->status, 'job_id' => $row->job_id, 'suggestion_id' => $row->suggestion_id, 'suggestion_version' => $row->suggestion_version ) ) ) {
				return true;
			}
		}
		return false;
	}

	/** Remembers, before the decision leaves for the sidecar, which text the person had before their eyes; null when nobody has decided. */
	public function remember_seen( int $attachment_id, ?string $seen ): void {
		$this->change( $attachment_id, array( 'seen_alt' => null === $seen ? '' : '=' . $seen ) );
	}

	/** The row with its texts. */
	private static function select(): string {
		return 'SELECT r.*, x.suggestion AS x_suggestion, x.seen_alt AS x_seen_alt, x.report AS x_report FROM ' . Schema::requests_table() . ' r LEFT JOIN ' . Schema::texts_table() . ' x ON x.attachment_id = r.attachment_id';
	}

	/**
	 * @param string       $rest   What comes after WHERE.
	 * @param array<mixed> $values
	 * @return Request_Row[]
	 */
	private function many( string $rest, array $values ): array {
		global $wpdb;
		if ( ! Schema::is_current() ) {
			return array();
		}
		return array_map( array( Request_Row::class, 'from_database' ), (array) $wpdb->get_results( $wpdb->prepare( self::select() . " WHERE $rest", $values ), ARRAY_A ) ); // phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared, WordPress.DB.PreparedSQLPlaceholders -- names of tables; $rest has the placeholders
	}

	private function one( string $column, string $format, int|string $value ): ?Request_Row {
		global $wpdb;
		if ( ! Schema::is_current() ) {
			return null;
		}
		$row = $wpdb->get_row( $wpdb->prepare( self::select() . " WHERE r.$column = $format", $value ), ARRAY_A ); // phpcs:ignore WordPress.DB.PreparedSQLPlaceholders, WordPress.DB.PreparedSQL.NotPrepared -- names of tables; the format is one of the two above
		return is_array( $row ) ? Request_Row::from_database( $row ) : null;
	}
}
