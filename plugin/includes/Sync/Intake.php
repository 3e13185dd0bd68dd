<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Identity\Instance;
use Altsmith\Review\Suggestion;
use Altsmith\Review\Write_Back;
use Altsmith\Sidecar\Attachment_Locale;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Sidecar\Subject;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Status;
use Altsmith\Storage\Request_Store;
use Altsmith\Video\Video_Words;
use Altsmith\Writeback\Provenance;
use Altsmith\Writeback\Write_Result;
use Throwable;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Takes in what the sidecar says about one attachment. Taking the same thing in twice changes nothing. */
final class Intake {
	public function __construct(
		private readonly Request_Store $store,
		private readonly Write_Back $write_back,
		private readonly Instance $instance,
	) {}

	/**
	 * @param array<string, mixed> $raw       A suggestion, checked against Reply_Schema.
	 * @param bool                 $is_answer See Request_Store::keep_suggestion().
	 */
	public function accept( array $raw, bool $is_answer = false ): void {
		$kept = $this->keep( $raw, $is_answer );
		if ( null !== $kept ) {
			$this->follow( $kept );
		}
	}

	/**
	 * Writes a suggestion into its row, and calls no code but ours.
	 *
	 * @param array<string, mixed> $raw       A suggestion, checked against Reply_Schema.
	 * @param bool                 $is_answer See Request_Store::keep_suggestion().
	 * @return array{id: int, is_new: bool, suggestion: array<string, mixed>}|null What follow() is for; null when it was no news.
	 */
	public function keep( array $raw, bool $is_answer = false ): ?array {
		$attachment_id = Subject::attachment_of( $raw['subject'] );
		$row           = 0 === $attachment_id ? null : $this->store->find( $attachment_id );
		if ( null === $row || Request_Status::GONE === $row->status || ! $this->is_ours( $row, $raw ) ) {
			return null;
		}
		$suggestion = Suggestion::cleaned( $raw );
		$is_new     = $row->suggestion_id !== $suggestion['id'];
		// The picture for which the latest text was approved is there again, as after a crop was undone.
		if ( $is_answer && 'applied' === $suggestion['state'] && ( Provenance::latest( $attachment_id )['suggestion_id'] ?? '' ) === $suggestion['id'] ) {
			Provenance::set_picture_changed( $attachment_id, '' );
		}
		return $this->store->keep_suggestion( $attachment_id, $suggestion, $is_answer ) ? array( 'id' => $attachment_id, 'is_new' => $is_new, 'suggestion' => $suggestion ) : null;
	}

	/**
	 * Tells other plugins, and writes what was decided elsewhere (the sidecar's console), or here by a request that died
	 * before it could write. What a filter of another plugin throws stays with this image: Worker tries it again.
	 *
	 * @param array{id: int, is_new: bool, suggestion: array<string, mixed>} $kept As keep() gave it.
	 */
	public function follow( array $kept ): void {
		if ( $kept['is_new'] && 'pending' === $kept['suggestion']['state'] ) {
			try {
				/**
				 * A suggestion has arrived and waits for a person.
				 *
				 * @param int                  $attachment_id
				 * @param array<string, mixed> $suggestion
				 */
				do_action( 'altsmith_suggestion_ready', $kept['id'], $kept['suggestion'] );
			} catch ( Throwable $error ) {
				$this->write_back->note_error( $kept['id'], $error );
			}
		}
		$this->write_back->carry_out_safely( $kept['id'] );
	}

	/**
	 * The run of a suggestion was undone: its text goes, unless it is gone already or somebody changed it. This only notes it in
	 * the row, because the feed tells it once; carry_out_undo() does it.
	 *
	 * @param array<string, mixed> $raw A suggestion, checked against Reply_Schema.
	 * @return int The attachment; 0 when there is nothing to take back.
	 */
	public function take_back( array $raw ): int {
		$row = $this->store->find( Subject::attachment_of( $raw['subject'] ) );
		if ( null === $row || $row->suggestion_id !== $raw['id'] || ! $this->is_ours( $row, $raw ) || 'applied' !== $raw['state'] || Write_Result::UNDONE === ( $row->report['outcome'] ?? '' ) ) {
			return 0;
		}
		$this->write_back->note_undo_asked( $row );
		return $row->attachment_id;
	}

	/** Takes the text of an attachment back that take_back() has noted. */
	public function carry_out_undo( int $attachment_id ): void {
		$this->write_back->undo_asked( $attachment_id );
	}

	/**
	 * The sidecar asks about this picture again, with another model, and no longer has it. It goes through the ordinary queue;
	 * what a person has decided meanwhile needs no other text.
	 *
	 * @param array<string, mixed> $raw A suggestion, checked against Reply_Schema.
	 */
	public function send_again( array $raw ): void {
		$row = $this->store->find( Subject::attachment_of( $raw['subject'] ) );
		if ( null !== $row && $row->suggestion_id === $raw['id'] && $this->is_ours( $row, $raw ) && 'pending' === $row->display_status() ) {
			$this->store->requeue( $row->attachment_id, 'backfill' );
		}
	}

	/** @param array<string, mixed> $job A job that ended without a suggestion. */
	public function accept_job( array $job ): void {
		$attachment_id = Subject::attachment_of( $job['subject'] );
		$row           = 0 === $attachment_id ? null : $this->store->find( $attachment_id );
		if ( null === $row || $row->job_id !== $job['id'] || Request_Status::SENT !== $row->status || ! in_array( $job['state'], array( 'failed', 'cancelled' ), true ) ) {
			return;
		}
		$known = Video_Words::of_error( (string) ( $job['error']['code'] ?? '' ) );
		$this->store->change_while(
			$attachment_id,
			array(
				'status'        => 'cancelled' === $job['state'] ? Request_Status::SKIPPED : Request_Status::FAILED,
				'error_code'    => 'cancelled' === $job['state'] ? 'CANCELLED' : sanitize_text_field( (string) ( $job['error']['code'] ?? 'INTERNAL' ) ),
				'error_message' => '' !== $known ? $known : sanitize_text_field( (string) ( $job['error']['message'] ?? '' ) ),
			),
			array( 'status' => Request_Status::SENT, 'job_id' => $job['id'] )
		);
	}

	/**
	 * An entry of the feed that this version cannot read: the row of its image says so.
	 *
	 * @param array<mixed> $change
	 */
	public function note_unknown( array $change, Sidecar_Error $error ): void {
		$about   = $change['suggestion'] ?? $change['job'] ?? null;
		$subject = is_array( $about ) ? ( $about['subject'] ?? null ) : null;
		if ( is_array( $subject ) && is_string( $subject['type'] ?? null ) && is_string( $subject['id'] ?? null ) && $this->instance->id() === ( $about['instance'] ?? $this->instance->id() ) ) {
			$this->write_back->note_error( Subject::attachment_of( $subject ), $error );
		}
	}

	/**
	 * Whether something in the feed is about this installation, this attachment and this picture, in the language asked
	 * for. Numbers alone say nothing: a copy of the site has the same ones, and so has a backup that was restored.
	 *
	 * @param array<string, mixed> $raw A suggestion, checked against Reply_Schema.
	 */
	private function is_ours( Request_Row $row, array $raw ): bool {
		$instance = $raw['instance'] ?? null;
		$language = $raw['language'] ?? null;
		if ( is_string( $instance ) && $instance !== $this->instance->id() ) {
			return false;
		}
		if ( is_string( $language ) && '' !== $row->language && $language !== $row->language && ! self::is_wanted( $row, $language ) ) {
			return false;
		}
		$told  = array_filter( array( $raw['source_sha256'] ?? null, $raw['image_sha256'] ?? null ), 'is_string' );
		$known = array_filter( array( $row->source_sha256, $row->image_sha256 ) );
		if ( array() !== $told && array() !== $known ) {
			return array() !== array_intersect( $told, $known );
		}
		// A row that was never sent has asked for nothing; one from before pictures were remembered knows its job.
		return '' !== $row->job_id && $row->job_id === $raw['job_id'];
	}

	/** A run has translated what was asked for in another language: the attachment's own is the one that is wanted. */
	private static function is_wanted( Request_Row $row, string $language ): bool {
		$post = get_post( $row->attachment_id );
		return $post instanceof WP_Post && Attachment_Locale::is_in( $post, $language );
	}
}
