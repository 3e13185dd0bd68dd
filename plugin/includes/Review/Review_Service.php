<?php
declare( strict_types=1 );

namespace Altsmith\Review;

use Altsmith\Sidecar\Attachment_Locale;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Intake;
use Altsmith\Sync\Lost_Work;
use Altsmith\Sync\Picture_Watch;
use Altsmith\Video\Poster;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Database_Refusal;
use Altsmith\Writeback\Write_Result;
use Throwable;
use WP_User;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it

/** A person's yes or no: to the sidecar first, which keeps decisions, then to the text. */
final class Review_Service {
	/** Longer than the three requests of a decision may take together; a lock this old belongs to a process that died. */
	private const LOCK_SECONDS = 45;
	private const LOCK_WAIT_MS = 5000;

	public function __construct(
		private readonly Request_Store $store,
		private readonly Client $client,
		private readonly Intake $intake,
		private readonly Write_Back $write_back,
		private readonly Lost_Work $lost,
		private readonly Picture_Watch $watch,
		private readonly Poster $poster,
	) {}

	/**
	 * Decisions about one image are carried out one after the other, so that what a person saw stays with their own decision.
	 *
	 * @param Decision $decision What the person chose.
	 * @return Request_Row The row afterwards.
	 * @throws Sidecar_Error 409 when somebody else was faster; unreachable or busy when nothing was decided.
	 */
	public function decide( Request_Row $row, Decision $decision, WP_User $by ): Request_Row {
		$lock = new Lock( 'decide_' . $row->attachment_id, self::LOCK_SECONDS );
		if ( ! $lock->acquire_within( self::LOCK_WAIT_MS ) ) {
			throw self::busy();
		}
		try {
			$this->decide_alone( $this->unchanged( $row ), $decision, $by );
		} catch ( Throwable $error ) {
			throw $this->noted( $row, $error );
		} finally {
			$lock->release();
		}
		return $this->decided( $row );
	}

	/**
	 * The row after a decision.
	 *
	 * @throws Sidecar_Error When the picture turned out to be another one while the text was to be written.
	 */
	public function decided( Request_Row $row ): Request_Row {
		$now = $this->store->find( $row->attachment_id ) ?? $row;
		return '' === $now->suggestion_id ? throw self::picture_changed() : $now;
	}

	/**
	 * The row of a suggestion that a person decides about, as it is now. Both suggestions of an image begin with version 1: the
	 * sidecar could not tell that the person has seen another one.
	 *
	 * @throws Sidecar_Error When another suggestion has taken its place since the row was read.
	 */
	public function unchanged( Request_Row $row ): Request_Row {
		$now = $this->store->find( $row->attachment_id );
		if ( null !== $now && $now->suggestion_id !== $row->suggestion_id ) {
			throw '' === $now->suggestion_id ? self::picture_changed() : new Sidecar_Error( 'SUGGESTION_CHANGED', __( 'A newer suggestion took its place.', 'altsmith' ), 409 );
		}
		return $now ?? $row;
	}

	private static function picture_changed(): Sidecar_Error {
		return new Sidecar_Error( 'PICTURE_CHANGED', __( 'The picture has changed since this text was suggested. A new suggestion has been requested.', 'altsmith' ), 409 );
	}

	/**
	 * Takes a decision back: an applied text is restored, a rejection reopened.
	 *
	 * @throws Sidecar_Error
	 */
	public function undo( Request_Row $row, WP_User $by ): ?Write_Result {
		if ( 'applied' === $row->suggestion_state ) {
			if ( null !== $row->report ) {
				$this->write_back->report( $row ); // An undo can only be reported for a text that was reported as applied.
			}
			try {
				$result = $this->write_back->undo( $this->unchanged( $row ) );
			} catch ( Throwable $error ) {
				throw $this->noted( $row, $error );
			}
			$this->report_quietly( $row->attachment_id );
			return $result;
		}
		$this->decide( $row, new Decision( 'reopen', array(), '', '', $row->suggestion_version ), $by );
		return null;
	}

	/**
	 * Before the sidecar is asked: is this the picture that was shown, and can this database keep the text?
	 *
	 * @throws Sidecar_Error
	 */
	public function refuse_impossible( Request_Row $row, Decision $decision ): void {
		if ( self::is_video( $row ) && 'decorative' === $decision->action ) {
			throw new Sidecar_Error( 'NOT_DECORATIVE', __( 'A video cannot be marked as decorative.', 'altsmith' ), 422 );
		}
		if ( self::is_video( $row ) && 'approve' === $decision->action && 'bulk' === $decision->mode ) {
			throw new Sidecar_Error( 'NOT_IN_BULK', __( 'Videos are approved one by one.', 'altsmith' ), 422 );
		}
		if ( in_array( $decision->action, array( 'approve', 'decorative' ), true ) && $this->watch->has_changed( $row ) ) {
			throw self::picture_changed();
		}
		if ( 'approve' === $decision->action && Attachment_Locale::is_known_to_differ( $row->attachment_id, $row->suggested_language() ) ) {
			$this->store->requeue( $row->attachment_id, 'interactive' );
			throw new Sidecar_Error( 'LANGUAGE_CHANGED', __( 'This text is in another language than the image has now. A new suggestion has been requested.', 'altsmith' ), 409 );
		}
		if ( 'approve' === $decision->action && ! Alt_Text_Meta::can_hold( (string) ( $decision->values['alt_text'] ?? $row->suggestion['fields']['alt_text'] ?? '' ) ) ) {
			throw new Sidecar_Error( 'DATABASE_REFUSED', Database_Refusal::of_character()->getMessage(), 422 );
		}
		if ( 'approve' === $decision->action && null !== $decision->poster_alt ) {
			$this->poster->must_be_there( $row );
		}
	}

	/** Remembers what the person saw, before the network call: if this process dies right after it, the next one still knows. */
	public function begin( Request_Row $row, Decision $decision ): void {
		if ( self::is_video( $row ) ) {
			$this->poster->want( $row, 'approve' === $decision->action ? $decision->poster_alt : null );
		}
		$this->store->remember_seen( $row->attachment_id, 'reopen' === $decision->action ? null : $decision->seen );
	}

	/** The sidecar refused this decision because of an earlier one, which may still have to be written: restores what that person saw. */
	public function withdraw( Request_Row $row ): void {
		$this->store->remember_seen( $row->attachment_id, $row->seen_alt );
	}

	/**
	 * Stores the suggestion as it was decided, and writes its text. Where another process has read it from the change feed first
	 * and is writing it, this waits for that.
	 *
	 * @param array<string, mixed> $suggestion As the sidecar answered.
	 * @throws Throwable What the database, or code of another plugin, threw: see noted().
	 */
	public function finish( Request_Row $row, array $suggestion ): void {
		$this->intake->accept( $suggestion );
		$this->write_back->carry_out( $row->attachment_id );
	}

	/** Gives what prevented a decision as an error for the caller. Anything that the sidecar did not answer itself is stored in the row, too. */
	public function noted( Request_Row $row, Throwable $error ): Sidecar_Error {
		if ( $error instanceof Sidecar_Error ) {
			return $error;
		}
		$this->write_back->note_error( $row->attachment_id, $error );
		return Sidecar_Error::of_this_site( $error );
	}

	/** The error while somebody else decides about the same image. */
	public static function busy(): Sidecar_Error {
		return new Sidecar_Error( Sidecar_Error::BUSY, __( 'Someone else is reviewing this image right now. Try again.', 'altsmith' ), 503, true );
	}

	/**
	 * The sidecar refused a decision: reads the suggestion as it is now, or asks for a new one where the sidecar has lost it.
	 *
	 * @return Sidecar_Error What to tell the person.
	 */
	public function refused( Request_Row $row, Sidecar_Error $error ): Sidecar_Error {
		if ( $error->is_unknown() ) {
			$this->lost->ask_again( $row );
			return new Sidecar_Error( 'SUGGESTION_LOST', __( 'The sidecar no longer has this suggestion. A new one has been requested.', 'altsmith' ), 404 );
		}
		if ( 409 !== $error->status ) {
			return $error;
		}
		$this->withdraw( $row );
		try {
			$this->intake->accept( $this->client->suggestion( $row->suggestion_id ), true );
		} catch ( Sidecar_Error $unread ) {
			return $unread;
		}
		$this->report_quietly( $row->attachment_id );
		return $error;
	}

	private static function is_video( Request_Row $row ): bool {
		return 'video' === ( $row->suggestion['kind'] ?? '' );
	}

	/**
	 * Of a video the sentence that is approved is the description: WordPress has no alt text for videos.
	 *
	 * @param array<string, mixed> $body
	 * @return array<string, mixed>
	 */
	private static function body( Request_Row $row, array $body ): array {
		if ( self::is_video( $row ) && isset( $body['values']['alt_text'] ) ) {
			$body['values']['description'] = $body['values']['alt_text'];
		}
		return $body;
	}

	/** @throws Throwable */
	private function decide_alone( Request_Row $row, Decision $decision, WP_User $by ): void {
		$this->refuse_impossible( $row, $decision );
		$this->begin( $row, $decision );
		try {
			$suggestion = $this->client->decide( $row->suggestion_id, self::body( $row, $decision->body( $by ) ) );
		} catch ( Sidecar_Error $error ) {
			throw $this->refused( $row, $error );
		}
		$this->finish( $row, $suggestion );
		if ( $this->report_quietly( $row->attachment_id ) ) {
			$this->write_back->carry_out( $row->attachment_id );
			$this->report_quietly( $row->attachment_id );
		}
	}

	/**
	 * The text is written; that the sidecar hears of it only later is no reason to show the person an error.
	 *
	 * @return bool Whether a report about another suggestion was sent: while it waited, nothing was written for this one.
	 */
	private function report_quietly( int $attachment_id ): bool {
		$row = $this->store->find( $attachment_id );
		if ( null === $row || null === $row->report ) {
			return false;
		}
		try {
			$this->write_back->report( $row );
		} catch ( Sidecar_Error ) {
			return false; // The row keeps the report; the worker sends it.
		}
		return $row->reported_id() !== $row->suggestion_id;
	}
}
