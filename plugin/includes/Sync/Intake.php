<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Review\Suggestion;
use Altsmith\Review\Write_Back;
use Altsmith\Storage\Request_Status;
use Altsmith\Storage\Request_Store;

defined( 'ABSPATH' ) || exit;

/** Takes in what the sidecar says about one attachment. Taking the same thing in twice changes nothing. */
final class Intake {
	public function __construct( private readonly Request_Store $store, private readonly Write_Back $write_back ) {}

	/**
	 * @param array<string, mixed> $raw       A suggestion, checked against Reply_Schema.
	 * @param bool                 $is_answer See Request_Store::keep_suggestion().
	 */
	public function accept( array $raw, bool $is_answer = false ): void {
		$attachment_id = self::attachment_of( $raw['subject'] );
		$row           = 0 === $attachment_id ? null : $this->store->find( $attachment_id );
		if ( null === $row || Request_Status::GONE === $row->status ) {
			return;
		}
		$suggestion = Suggestion::cleaned( $raw );
		$is_new     = $row->suggestion_id !== $suggestion['id'];
		if ( ! $this->store->keep_suggestion( $attachment_id, $suggestion, $is_answer ) ) {
			return;
		}
		if ( $is_new && 'pending' === $suggestion['state'] ) {
			/**
			 * A suggestion has arrived and waits for a person.
			 *
			 * @param int                  $attachment_id
			 * @param array<string, mixed> $suggestion
			 */
			do_action( 'altsmith_suggestion_ready', $attachment_id, $suggestion );
		}
		// Decided elsewhere (the sidecar's console), or here by a request that died before it could write.
		$this->write_back->carry_out( $attachment_id );
	}

	/**
	 * The run of a suggestion was undone: its text goes, unless it is gone already or somebody changed it.
	 *
	 * @param array<string, mixed> $raw A suggestion, checked against Reply_Schema.
	 */
	public function take_back( array $raw ): void {
		$row = $this->store->find( self::attachment_of( $raw['subject'] ) );
		if ( null !== $row && $row->suggestion_id === $raw['id'] && 'applied' === $row->suggestion_state && null === $row->report ) {
			$this->write_back->undo( $row );
		}
	}

	/** @param array<string, mixed> $job A job that ended without a suggestion. */
	public function accept_job( array $job ): void {
		$attachment_id = self::attachment_of( $job['subject'] );
		$row           = 0 === $attachment_id ? null : $this->store->find( $attachment_id );
		if ( null === $row || $row->job_id !== $job['id'] || Request_Status::SENT !== $row->status || ! in_array( $job['state'], array( 'failed', 'cancelled' ), true ) ) {
			return;
		}
		$this->store->change(
			$attachment_id,
			array(
				'status'        => 'cancelled' === $job['state'] ? Request_Status::SKIPPED : Request_Status::FAILED,
				'error_code'    => 'cancelled' === $job['state'] ? 'CANCELLED' : sanitize_text_field( (string) ( $job['error']['code'] ?? 'INTERNAL' ) ),
				'error_message' => sanitize_text_field( (string) ( $job['error']['message'] ?? '' ) ),
			)
		);
	}

	/** @param array<string, mixed> $subject */
	private static function attachment_of( array $subject ): int {
		return 'attachment' === $subject['type'] && ctype_digit( $subject['id'] ) ? (int) $subject['id'] : 0;
	}
}
