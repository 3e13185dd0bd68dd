<?php
declare( strict_types=1 );

namespace Altsmith\Review;

use Altsmith\Sidecar\Attachment_Locale;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Sidecar\Way_Check;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Status;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Picture_Watch;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Alt_Text_Writer;
use Altsmith\Writeback\Main_Text;
use Altsmith\Writeback\Write_Request;
use Altsmith\Writeback\Write_Result;
use stdClass;
use Throwable;

defined( 'ABSPATH' ) || exit;

/** Carries out what a person decided, and tells the sidecar what came of it. The report waits in the row until it is heard. */
final class Write_Back {
	/** Outcome of a report that is not made yet: the sidecar asks for the text to be taken back. */
	private const UNDO_ASKED = 'undo_asked';

	/** After so many reports that a server on the way refused, the others wait for the next run. */
	private const MOST_REFUSED = 3;

	public function __construct(
		private readonly Request_Store $store,
		private readonly Alt_Text_Writer $writer,
		private readonly Client $client,
		private readonly Picture_Watch $watch,
	) {}

	/** Writes an approved or decorative suggestion, if there is one to write. Safe to call at any time. */
	public function carry_out( int $attachment_id ): ?Write_Result {
		$row = $this->store->find( $attachment_id );
		if ( null === $row || Request_Status::READY !== $row->status || null !== $row->report || ! in_array( $row->suggestion_state, array( 'approved', 'decorative' ), true ) ) {
			return null;
		}
		if ( null === $row->suggestion ) {
			$this->store->requeue( $attachment_id, $row->priority ); // Its texts were lost; the sidecar has them.
			return null;
		}
		// Not the picture that a person said yes to: the row is set back, and asked for anew.
		if ( $this->watch->has_changed( $row ) ) {
			return null;
		}
		// Decided elsewhere, for a language that the image no longer has: a person looks at it again.
		$result = 'approved' === $row->suggestion_state && Attachment_Locale::is_known_to_differ( $attachment_id, $row->suggested_language() )
			? Write_Result::conflict_with( Alt_Text_Meta::read( $attachment_id )->text() )
			: $this->writer->write( self::write_request( $row, $row->suggestion ) );
		if ( Write_Result::BUSY === $result->outcome || $this->note( $row, $result, $row->suggestion_id ) ) {
			return $result;
		}
		// Another process saw meanwhile that the picture is another one.
		if ( Write_Result::APPLIED === $result->outcome && ! $result->was_before ) {
			$this->writer->undo( $row->attachment_id, $row->suggestion_id );
		}
		return null;
	}

	/** Carries out what was left over. The longest untouched first, and touched before it is tried: none blocks the rest. */
	public function carry_out_open(): void {
		foreach ( $this->store->unwritten( 200 ) as $attachment_id ) {
			$this->store->change( $attachment_id, array() );
			$this->carry_out_safely( $attachment_id );
		}
	}

	/** For background work: a filter that throws is noted in the image's row, and the next image goes on. */
	public function carry_out_safely( int $attachment_id ): void {
		try {
			$this->carry_out( $attachment_id );
		} catch ( Throwable $error ) {
			$this->note_error( $attachment_id, $error );
		}
	}

	/** Stores an error in the row of an image. */
	public function note_error( int $attachment_id, Throwable $error ): void {
		$told = $error instanceof Sidecar_Error ? $error : Sidecar_Error::of_this_site( $error );
		$this->store->change( $attachment_id, array( 'error_code' => $told->error, 'error_message' => $told->getMessage() ) );
	}

	/** Takes back what the row's suggestion wrote, or another one that the row was about before. */
	public function undo( Request_Row $row, ?string $suggestion_id = null ): Write_Result {
		$id     = $suggestion_id ?? $row->suggestion_id;
		$result = $this->writer->undo( $row->attachment_id, $id );
		if ( Write_Result::UNDONE === $result->outcome && ! $this->note( $row, $result, $id ) ) {
			$this->tell_quietly( $id, $result->body() );
		}
		if ( null !== $result->late ) {
			$this->note_error( $row->attachment_id, $result->late );
		}
		return $result;
	}

	/** Notes in the row that the text is to be taken back. It stays noted until that is done, or somebody has changed the text. */
	public function note_undo_asked( Request_Row $row ): void {
		$this->store->change( $row->attachment_id, array( 'report' => (string) wp_json_encode( array( 'suggestion_id' => $row->suggestion_id, 'outcome' => self::UNDO_ASKED ) ) ) );
	}

	/** Takes the text back if note_undo_asked() was called for it. What a hook of another plugin throws is noted in the row. */
	public function undo_asked( int $attachment_id ): void {
		$row = $this->store->find( $attachment_id );
		if ( null === $row || self::UNDO_ASKED !== ( $row->report['outcome'] ?? '' ) ) {
			return;
		}
		try {
			$outcome = $this->undo( $row, $row->reported_id() )->outcome;
		} catch ( Throwable $error ) {
			$this->note_error( $attachment_id, $error );
			return;
		}
		if ( Write_Result::CONFLICT === $outcome ) {
			$this->store->clear_report( $attachment_id, (string) wp_json_encode( $row->report ) );
		}
	}

	/**
	 * Sends every open report, the least recently tried first. A row is touched before it is tried, so that a report which the
	 * sidecar cannot process does not block the others.
	 *
	 * @throws Sidecar_Error When the trouble concerns every report.
	 */
	public function report_open( Lock $lock ): void {
		$refused = 0;
		foreach ( $this->store->unreported( 200 ) as $row ) {
			if ( ! $lock->renew() || $refused >= self::MOST_REFUSED ) {
				return;
			}
			$this->store->touch( $row->attachment_id );
			try {
				$this->report( $row );
			} catch ( Sidecar_Error $error ) {
				if ( $error->concerns_all() ) {
					if ( ! $this->is_of_its_content( $error ) ) {
						throw $error;
					}
					++$refused;
				}
				$this->note_error( $row->attachment_id, $error );
			}
		}
	}

	/** @throws Sidecar_Error When the sidecar could not be asked; the report stays. */
	public function report( Request_Row $row ): void {
		if ( Request_Status::GONE === $row->status ) {
			$this->report_gone( $row );
			return;
		}
		if ( self::UNDO_ASKED === ( $row->report['outcome'] ?? '' ) ) {
			$this->undo_asked( $row->attachment_id );
			$row = $this->store->find( $row->attachment_id ) ?? $row;
		}
		$report = $row->report;
		if ( null === $report || self::UNDO_ASKED === $report['outcome'] ) {
			return;
		}
		// Another suggestion may have come since.
		$of      = $row->reported_id();
		$is_past = $of !== $row->suggestion_id;
		try {
			$raw = '' === $of ? null : $this->tell( $of, array_diff_key( $report, array( 'suggestion_id' => '' ) ) );
			$this->store->clear_report( $row->attachment_id, (string) wp_json_encode( $report ) );
			if ( null !== $raw && ! $is_past ) {
				$this->store->keep_suggestion( $row->attachment_id, Suggestion::cleaned( $raw ) );
			}
		} catch ( Sidecar_Error $error ) {
			if ( $error->retryable ) {
				throw $error;
			}
			// The sidecar refuses the report or has lost the suggestion. The text stays written, and the row gets the state of the report.
			$state = array( 'applied' => 'applied', 'conflict' => 'conflict', 'undone' => 'pending' )[ $report['outcome'] ] ?? $row->suggestion_state;
			if ( $this->store->clear_report( $row->attachment_id, (string) wp_json_encode( $report ) ) && ! $is_past ) {
				$this->store->change( $row->attachment_id, array( 'suggestion_state' => $state ) );
			}
		}
	}

	/**
	 * A firewall on the way may take the texts for an attack. That something was written matters more than the texts.
	 *
	 * @param array<string, mixed> $report
	 * @return array<string, mixed> The suggestion in its new state.
	 * @throws Sidecar_Error
	 */
	private function tell( string $suggestion_id, array $report ): array {
		try {
			return $this->client->write_back( $suggestion_id, $report );
		} catch ( Sidecar_Error $error ) {
			if ( ! $this->is_of_its_content( $error ) ) {
				throw $error;
			}
			return $this->client->write_back( $suggestion_id, array( 'before' => new stdClass(), 'after' => new stdClass() ) + $report );
		}
	}

	/** @param array<string, mixed> $report One that no row can keep. Where the sidecar does not hear it, its suggestion stays as decided. */
	private function tell_quietly( string $suggestion_id, array $report ): void {
		try {
			$this->tell( $suggestion_id, $report );
		} catch ( Sidecar_Error ) {
			return;
		}
	}

	/** Whether a server on the way refused this request, and lets others through. */
	private function is_of_its_content( Sidecar_Error $error ): bool {
		return $error->is_of_the_way() && ( new Way_Check( $this->client ) )->is_open();
	}

	/** @throws Sidecar_Error When the sidecar could not be asked; the row stays. */
	private function report_gone( Request_Row $row ): void {
		$body        = ( new Write_Result( Write_Result::GONE, '', '' ) )->body();
		$suggestions = array( $row->suggestion_id );
		if ( '' !== $row->job_id && $row->job_id !== ( $row->suggestion['job_id'] ?? '' ) && ! $this->is_told( fn() => $this->client->cancel_job( $row->job_id ) ) ) {
			// Too late to cancel: it may have made a suggestion.
			$this->is_told( function () use ( $row, &$suggestions ): void {
				$suggestions[] = (string) $this->client->job( $row->job_id )['suggestion_id'];
			} );
		}
		foreach ( array_filter( array_unique( $suggestions ) ) as $id ) {
			$this->is_told( fn() => $this->client->write_back( $id, $body ) );
		}
		$is_wanted = Request_Store::WANTED_AGAIN === ( $this->store->find( $row->attachment_id )?->error_code ?? '' );
		$this->store->remove( $row->attachment_id );
		if ( $is_wanted ) {
			$this->store->add( $row->attachment_id, 'upload', time() );
		}
	}

	/**
	 * @param callable(): mixed $request
	 * @return bool False when the sidecar says no for good: it has lost it, or it knows already.
	 * @throws Sidecar_Error
	 */
	private function is_told( callable $request ): bool {
		try {
			$request();
			return true;
		} catch ( Sidecar_Error $error ) {
			if ( $error->retryable || $error->concerns_all() ) {
				throw $error;
			}
			return false;
		}
	}

	/**
	 * Notes the result in the row, for its suggestion. Where the row is about another suggestion by now and holds that one's
	 * report, the sidecar is told at once.
	 *
	 * @return bool Whether the row is still about the picture that the result is about; else nothing is noted.
	 */
	private function note( Request_Row $row, Write_Result $result, string $suggestion_id ): bool {
		$picture = array( 'source_sha256' => $row->source_sha256, 'image_sha256' => $row->image_sha256 );
		$report  = array( 'suggestion_id' => $suggestion_id ) + $result->body();
		foreach ( array( array( 'suggestion_id' => $row->suggestion_id ), array( 'has_report' => 0 ) ) as $while ) {
			if ( $this->store->change_while( $row->attachment_id, array( 'report' => (string) wp_json_encode( $report ) ), $picture + $while ) ) {
				return true;
			}
		}
		$now = $this->store->find( $row->attachment_id );
		if ( null === $now || array( $now->source_sha256, $now->image_sha256 ) !== array_values( $picture ) ) {
			return false;
		}
		// It changes nothing either where another process has noted the same.
		if ( $now->reported_id() !== $suggestion_id ) {
			$this->tell_quietly( $suggestion_id, $result->body() );
		}
		return true;
	}

	/** @param array<string, mixed> $suggestion */
	private static function write_request( Request_Row $row, array $suggestion ): Write_Request {
		$decorative = 'decorative' === $row->suggestion_state;
		return new Write_Request(
			$row->attachment_id,
			// What the person saw on our screen; for a decision made elsewhere, what the sidecar was told when it was asked.
			$row->seen_alt ?? (string) ( $suggestion['current']['alt_text'] ?? '' ),
			$decorative ? '' : Main_Text::approved( $suggestion ),
			$decorative,
			(array) $suggestion['values'],
			array(
				'suggestion_id' => $suggestion['id'],
				'version'       => $suggestion['version'],
				'model'         => $suggestion['model'],
				'by'            => $suggestion['decided_by'],
			) + ( isset( $suggestion['video']['duration'] ) ? array( 'duration' => $suggestion['video']['duration'] ) : array() )
		);
	}
}
