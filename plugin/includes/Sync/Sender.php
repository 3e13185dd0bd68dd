<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Backfill\Run;
use Altsmith\Languages\Language_Versions;
use Altsmith\Sidecar\Attachment_File;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Job_Request;
use Altsmith\Sidecar\Perceptual_Hash;
use Altsmith\Sidecar\Rendition;
use Altsmith\Sidecar\Rendition_Error;
use Altsmith\Sidecar\Retry_Policy;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Sidecar\Source_Picture;
use Altsmith\Sidecar\Way_Check;
use Altsmith\Shop\Kept_Back;
use Altsmith\Storage\Picture_Store;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Status;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Run_Store;
use Altsmith\Text\Utf8;
use Altsmith\Video\Video_File;
use Altsmith\Video\Video_Upload;
use Altsmith\Writeback\Main_Text;
use Throwable;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Hands one noted image or video to the sidecar: bytes first, if it does not have them, then the job. Runs under Worker's lock. */
final class Sender {
	public function __construct(
		private readonly Request_Store $store,
		private readonly Picture_Store $pictures,
		private readonly Client $client,
		private readonly Intake $intake,
		private readonly Run_Store $runs,
		private readonly Video_Upload $videos,
	) {}

	/**
	 * Sends one row. Trouble of this image alone is written into its row, whatever it is: a filter of another plugin that
	 * throws stops nobody else. The attempt is counted first; one that kills PHP leaves its mark in the row.
	 *
	 * @param callable(): bool $alive Called while a large file is sent; false ends that.
	 * @throws Sidecar_Error When the trouble concerns every image; the row then stays as it is.
	 */
	public function send( Request_Row $row, callable $alive ): void {
		if ( Request_Store::INTERRUPTED === $row->error_code && $row->attempts >= Retry_Policy::MAX_CRASHES ) {
			$this->give_up_on_interrupted( $row );
			return;
		}
		if ( ! $this->store->begin( $row, time() + Retry_Policy::after_crash_seconds( $row->attempts + 1 ) ) ) {
			return;
		}
		try {
			$this->send_begun( $row, $alive );
		} catch ( Rendition_Error $error ) {
			$this->fail( $row, new Sidecar_Error( $error->error, $error->getMessage(), 0, $error->retryable ) );
		} catch ( Sidecar_Error $error ) {
			if ( Sidecar_Error::NOT_CONFIGURED === $error->error || ( $error->concerns_all() && ! $this->is_of_this_image( $row, $error ) ) ) {
				// The cause may be this image alone. It is tried after the others, which show whether they get through.
				$this->store->give_back( $row, $error->is_of_the_way() ? $error->error : $row->error_code, $error->is_of_the_way() ? $error->getMessage() : $row->error_message );
				throw $error;
			}
			$this->fail( $row, $error );
		} catch ( Throwable $error ) {
			$this->fail( $row, Sidecar_Error::of_this_site( $error ) );
		}
	}

	/** Whether the image failed like this before while other requests get through: then the attempt counts as its own failure. */
	private function is_of_this_image( Request_Row $row, Sidecar_Error $error ): bool {
		return $error->is_of_the_way() && '' !== $row->error_code && ( new Way_Check( $this->client ) )->is_open();
	}

	/** @param callable(): bool $alive @throws Sidecar_Error|Rendition_Error */
	private function send_begun( Request_Row $row, callable $alive ): void {
		$attachment = get_post( $row->attachment_id );
		if ( ! $attachment instanceof WP_Post || 'attachment' !== $attachment->post_type ) {
			$this->store->forget( $row->attachment_id );
			return;
		}
		if ( 'trash' === $attachment->post_status || ! ( wp_attachment_is_image( $attachment ) || Video_File::is_one( $attachment ) ) ) {
			$this->skip( $row, 'NOT_AN_IMAGE', __( 'Not an image or video, or in the trash.', 'altsmith' ) );
			return;
		}
		// From the file's own metadata, an importer, or the image it was cropped from. Read now: at the upload it may come later.
		$text = Main_Text::read( $attachment->ID )->text();
		if ( 'upload' === $row->priority && '' === $row->suggestion_id && '' !== trim( $text ) && ! Language_Versions::is_copied( $attachment->ID, $text ) ) {
			$this->skip( $row, 'HAS_TEXT', Video_File::is_one( $attachment ) ? __( 'It already had a description when it was uploaded.', 'altsmith' ) : __( 'It already had alt text when it was uploaded.', 'altsmith' ) );
			return;
		}
		if ( Kept_Back::is_paid( $attachment->ID ) ) {
			$this->skip( $row, 'PAID_FILE', __( 'A file that customers pay for is not sent.', 'altsmith' ) );
			return;
		}
		$this->hand_over( $row, $attachment, $alive );
	}

	/** @param callable(): bool $alive @throws Sidecar_Error|Rendition_Error */
	private function hand_over( Request_Row $row, WP_Post $attachment, callable $alive ): void {
		// Stamped before it is read: a file that changes meanwhile is looked at again.
		$file  = Source_Picture::of( $attachment->ID );
		$stamp = $file->stamp();
		$sent  = Video_File::is_one( $attachment ) ? $this->send_video( $file, $alive ) : $this->send_image( $row, $file );
		$this->ask( $row, $attachment, $stamp, $sent );
	}

	/**
	 * The sidecar has the bytes: asks for the suggestion.
	 *
	 * @param string $stamp Of the file when it was read.
	 * @param array{sha256: string, source: string, hash: string, what?: array<string, mixed>} $sent `what`: the part of the job that
	 *        says what was sent, where that is no image.
	 * @throws Sidecar_Error
	 */
	public function ask( Request_Row $row, WP_Post $attachment, string $stamp, array $sent ): void {
		list( 'sha256' => $sha256, 'source' => $source, 'hash' => $hash ) = $sent;
		$job = $this->create_job( $row, Job_Request::body( $row, $attachment, $sent['what'] ?? array( 'image_sha256' => $sha256 ), $source ) );
		if ( null === $job ) {
			return;
		}
		$kept = $this->store->change_begun(
			$row,
			array(
				'status'          => Request_Status::SENT,
				'image_sha256'    => $sha256,
				'words'           => mb_substr( Utf8::scrub( trim( $attachment->post_title . ' ' . Attachment_File::name( $attachment->ID ) . ' ' . Main_Text::read( $attachment->ID )->text() ) ), 0, Request_Store::WORDS_LENGTH ),
				'source_sha256'   => $source,
				'language'        => is_string( $job['language'] ?? null ) ? substr( sanitize_text_field( $job['language'] ), 0, 35 ) : $row->language,
				'job_id'          => $job['id'],
				'next_attempt_at' => time() + Request_Store::LOOK_AFTER,
				'error_code'      => '',
				'error_message'   => '',
			)
		);
		if ( ! $kept ) {
			$this->leave_alone( $row, $job['id'] );
			return;
		}
		$this->pictures->keep( $attachment->ID, $stamp, $hash );
		if ( 'failed' === $job['state'] || 'cancelled' === $job['state'] ) {
			$this->ask_again( $job, $row );
		}
		// The same image was described before: the feed has told it already and will not tell it again.
		if ( is_string( $job['suggestion_id'] ?? null ) ) {
			$this->intake->accept( $this->client->suggestion( $job['suggestion_id'] ), true );
		}
	}

	/** @return array{sha256: string, source: string, hash: string} @throws Sidecar_Error|Rendition_Error */
	private function send_image( Request_Row $row, Source_Picture $file ): array {
		$rendition = Rendition::of( $row->attachment_id );
		$sha256    = $rendition->sha256();
		$hash      = Perceptual_Hash::of( $rendition->bytes );
		$source    = $this->source_of( $row, $file->sha256(), $sha256, $hash );
		if ( ! $this->client->has_image( $sha256 ) ) {
			$this->client->put_image( $sha256, $rendition->bytes, $rendition->media_type );
		}
		return array( 'sha256' => $sha256, 'source' => $source, 'hash' => $hash );
	}

	/**
	 * A video is what its bytes are: there is nothing to compare two of them by.
	 *
	 * @param callable(): bool $alive
	 * @return array{sha256: string, source: string, hash: string, what: array<string, mixed>}
	 * @throws Sidecar_Error|Rendition_Error
	 */
	private function send_video( Source_Picture $file, callable $alive ): array {
		$sha256 = $this->videos->send( $file, $alive );
		return array( 'sha256' => $sha256, 'source' => $sha256, 'hash' => '', 'what' => array( 'video_sha256' => $sha256 ) );
	}

	/** Which picture this is. Bytes that an optimiser changed since it was asked for first are still that picture. */
	private function source_of( Request_Row $row, string $of_file, string $of_rendition, string $hash ): string {
		$found = '' === $of_file ? $of_rendition : $of_file;
		$known = '' === $row->source_sha256 || $row->source_sha256 === $found ? null : $this->pictures->find( $row->attachment_id );
		return null !== $known && Perceptual_Hash::is_same( $known['perceptual_hash'], $hash ) ? $row->source_sha256 : $found;
	}

	/** The row changed while its image was on the way: deleted, then the job is cancelled; asked for anew, then that is sent next. */
	private function leave_alone( Request_Row $row, string $job_id ): void {
		$now = $this->store->find( $row->attachment_id );
		if ( null === $now || Request_Status::GONE === $now->status ) {
			$this->store->note_orphan( $row->attachment_id, $job_id );
		}
	}

	/**
	 * A run that the sidecar has lost, or that is over, is no reason to leave its images alone. One that goes on here and was
	 * ended at the sidecar ends here as well.
	 *
	 * @param array<string, mixed> $body
	 * @return array<string, mixed>|null The job; null when the run has ended here, and with it what waited of it.
	 * @throws Sidecar_Error
	 */
	private function create_job( Request_Row $row, array $body ): ?array {
		try {
			return $this->client->create_job( $body );
		} catch ( Sidecar_Error $error ) {
			if ( ! isset( $body['run_id'] ) || ! ( $error->is_unknown() || 'RUN_NOT_POSSIBLE' === $error->error ) ) {
				throw $error;
			}
			if ( ! $error->is_unknown() && $this->runs->end( $row->run_id, 'undone' === ( $error->details['state'] ?? '' ) ? Run::UNDONE : Run::CANCELLED ) ) {
				return null;
			}
			unset( $body['run_id'] );
			return $this->client->create_job( $body );
		}
	}

	/**
	 * The sidecar knows this very job, and it ended badly. A person who asks gets another try; a machine does not insist.
	 *
	 * @param array<string, mixed> $job
	 * @throws Sidecar_Error
	 */
	private function ask_again( array $job, Request_Row $row ): void {
		if ( 'interactive' === $row->priority ) {
			$this->client->retry_job( $job['id'] );
			return;
		}
		$this->intake->accept_job( $job );
	}

	private function fail( Request_Row $row, Sidecar_Error $error ): void {
		$attempts = $row->attempts + 1;
		$given_up = Retry_Policy::gives_up( $error, $attempts );
		$this->store->change_begun(
			$row,
			array(
				'status'          => $given_up ? Request_Status::FAILED : Request_Status::QUEUED,
				'next_attempt_at' => time() + Retry_Policy::row_delay_seconds( $attempts, $error->retry_after, wp_rand( 0, 1000 ) / 1000 ),
				'error_code'      => $error->error,
				'error_message'   => $error->getMessage(),
			)
		);
	}

	/** PHP ended in the middle of this image each time: memory, a time limit, or a stopped server. */
	private function give_up_on_interrupted( Request_Row $row ): void {
		$this->store->change_while(
			$row->attachment_id,
			array(
				'status'        => Request_Status::FAILED,
				'error_message' => sprintf(
					Video_File::is_one( $row->attachment_id )
						/* translators: %d: number of attempts */
						? __( 'PHP stopped %d times while this video was being sent; most often a time limit of the server is too short for its size.', 'altsmith' )
						/* translators: %d: number of attempts */
						: __( 'PHP stopped %d times while this image was being prepared; most often the memory limit is too low for its size.', 'altsmith' ),
					$row->attempts
				),
			),
			array( 'status' => Request_Status::QUEUED, 'attempts' => $row->attempts )
		);
	}

	private function skip( Request_Row $row, string $code, string $sentence ): void {
		$this->store->change_begun( $row, array( 'status' => Request_Status::SKIPPED, 'error_code' => $code, 'error_message' => $sentence ) );
	}
}
