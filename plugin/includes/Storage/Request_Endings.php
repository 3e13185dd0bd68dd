<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- part of Request_Store; $t is the name of our own table

/** How a row of the requests table ends, or begins again: the part of Request_Store for deleted and changed pictures. */
trait Request_Endings {
	/** The queue of a site that is a copy begins empty. */
	public function clear(): void {
		global $wpdb;
		foreach ( array( Schema::requests_table(), Schema::texts_table(), Schema::pictures_table() ) as $t ) {
			$wpdb->query( "DELETE FROM $t" );
		}
	}

	/** Deletes the row and its texts. */
	public function remove( int $attachment_id ): void {
		global $wpdb;
		$wpdb->delete( Schema::requests_table(), array( 'attachment_id' => $attachment_id ) );
		$wpdb->delete( Schema::texts_table(), array( 'attachment_id' => $attachment_id ) );
	}

	/** Makes the row the last one to be tried again: rows are tried in the order of `updated_at`. */
	public function touch( int $attachment_id ): void {
		global $wpdb;
		$wpdb->update( Schema::requests_table(), array( 'updated_at' => time() ), array( 'attachment_id' => $attachment_id ) );
	}

	/**
	 * Removes a report that the sidecar has accepted. One statement: an undo may be writing the next report at this moment.
	 *
	 * @return bool False when the row holds another report by now, which is still to be sent.
	 */
	public function clear_report( int $attachment_id, string $report ): bool {
		global $wpdb;
		$t     = Schema::requests_table();
		$texts = Schema::texts_table();
		if ( Table_Move::is_on() ) {
			Table_Move::move_one( $attachment_id );
		}
		if ( Schema::is_sqlite() ) {
			return 0 < (int) $wpdb->update( $texts, array( 'report' => '' ), array( 'attachment_id' => $attachment_id, 'report' => $report ) )
				&& false !== $wpdb->update( $t, array( 'has_report' => 0 ), array( 'attachment_id' => $attachment_id ) );
		}
		return 0 < (int) $wpdb->query( $wpdb->prepare( "UPDATE $t r JOIN $texts x ON x.attachment_id = r.attachment_id SET r.has_report = 0, x.report = '' WHERE r.attachment_id = %d AND CAST( x.report AS BINARY ) = %s", $attachment_id, $report ) );
	}

	/** The attachment is gone. Where the sidecar has something of it the row stays until it has been told. */
	public function forget( int $attachment_id ): void {
		global $wpdb;
		$t = Schema::requests_table();
		$wpdb->query( $wpdb->prepare( "UPDATE $t SET status = 'gone', updated_at = %d WHERE attachment_id = %d AND (job_id <> '' OR suggestion_id <> '')", time(), $attachment_id ) );
		if ( 0 < (int) $wpdb->query( $wpdb->prepare( "DELETE FROM $t WHERE attachment_id = %d AND status <> 'gone'", $attachment_id ) ) ) {
			$wpdb->delete( Schema::texts_table(), array( 'attachment_id' => $attachment_id ) );
			Run_Counts::image_deleted( $attachment_id );
		}
	}

	/**
	 * Forgets what was deleted without WordPress's hooks: while the plugin was not active, or in the database itself.
	 *
	 * @param string $rows Condition on our table, `r`.
	 * @return bool False when the database refused it.
	 */
	public static function forget_deleted( string $rows ): bool {
		global $wpdb;
		$t = Schema::requests_table();
		return false !== $wpdb->query( $wpdb->prepare( "UPDATE $t r LEFT JOIN {$wpdb->posts} p ON p.ID = r.attachment_id AND p.post_type = 'attachment' SET r.status = 'gone', r.updated_at = %d WHERE $rows AND r.status <> 'gone' AND p.ID IS NULL", time() ) );
	}

	/**
	 * A new attachment has the number of a deleted one, whose row still waits for the sidecar to be told. It is asked for after that.
	 *
	 * @return bool Whether there is such a row.
	 */
	public function want_after_deletion( int $attachment_id ): bool {
		return $this->change_while( $attachment_id, array( 'error_code' => self::WANTED_AGAIN ), array( 'status' => Request_Status::GONE ) );
	}

	/** A job was made for an attachment that was deleted at that moment: it is to be cancelled like any other's. */
	public function note_orphan( int $attachment_id, string $job_id ): void {
		global $wpdb;
		$t = Schema::requests_table();
		$wpdb->query(
			$wpdb->prepare(
				"INSERT INTO $t (attachment_id, status, job_id, error_message, suggested_alt, created_at, updated_at) VALUES (%d, 'gone', %s, '', '', %d, %d)
				ON DUPLICATE KEY UPDATE job_id = IF(status = 'gone', VALUES(job_id), job_id)",
				$attachment_id,
				$job_id,
				time(),
				time()
			)
		);
	}

	/**
	 * The attachment shows another picture now: it is asked for anew, and nothing that was said of the former one is taken
	 * in any more. What was written stays in the row until there is something newer.
	 *
	 * @return Request_Row|null The row as it was before; null when there is none, or it could not be set back.
	 */
	public function picture_changed( int $attachment_id ): ?Request_Row {
		// Tried again when somebody decided, or a text was written, between reading and writing.
		for ( $try = 0; $try < 3; $try++ ) {
			$row = $this->find( $attachment_id );
			if ( null === $row || Request_Status::GONE === $row->status ) {
				return null;
			}
			$is_done = $this->change_while(
				$attachment_id,
				array(
					'status'          => Request_Status::QUEUED,
					// A run that is over or paused sends no more images, and this one is asked for because of the picture.
					'run_id'          => '',
					'attempts'        => 0,
					'next_attempt_at' => time(),
					'source_sha256'   => '',
					'image_sha256'    => '',
					'job_id'          => '',
					'error_code'      => '',
					'error_message'   => '',
					'seen_alt'        => '',
				) + ( $row->is_written() ? array( 'suggestion_state' => 'applied' ) : array( 'suggestion' => '', 'suggestion_id' => '', 'suggestion_state' => '', 'suggested_alt' => '' ) ),
				array( 'suggestion_id' => $row->suggestion_id, 'suggestion_state' => $row->suggestion_state, 'has_report' => (int) ( null !== $row->report ) )
			);
			if ( $is_done ) {
				return $row;
			}
		}
		return null;
	}
}
