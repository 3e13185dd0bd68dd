<?php
declare( strict_types=1 );

namespace Altsmith\Backfill;

use Altsmith\Settings;
use Altsmith\Storage\Candidate_Query;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Run_Store;
use Altsmith\Storage\Walk;
use Throwable;

defined( 'ABSPATH' ) || exit;

/**
 * Walks through the library for the open run, a batch at a time, under Worker's lock. It may die anywhere: items are added
 * at most once, and the position moves on only after its batch.
 */
final class Feeder {
	private const BATCH = 100;

	/** So many images of a run wait here unsent; enough to keep the sidecar busy, few enough to pause at once. */
	private const AHEAD = 200;

	public function __construct(
		private readonly Run_Store $runs,
		private readonly Request_Store $requests,
		private readonly Settings $settings,
	) {}

	/** Adds the next batch, if there is room and something left. True when it added or looked at anything. */
	public function feed(): bool {
		$run = $this->runs->open();
		if ( null === $run || Run::RUNNING !== $run->state ) {
			return false;
		}
		if ( $run->looked_through || $this->runs->count_unsent( $run->id ) >= self::AHEAD ) {
			return false;
		}
		$batch = ( new Candidate_Query( $run->choices, $this->settings->types() ) )->after( $run->position, self::BATCH );
		$room  = $run->choices->limit > 0 ? $run->choices->limit - $this->runs->count_taken( $run->id ) : PHP_INT_MAX;
		$last  = $run->position;
		$walk  = new Walk( 'backfill', "$run->id $run->position" );
		foreach ( $batch as $attachment_id => $reason ) {
			if ( $room <= 0 ) {
				break;
			}
			$reason = '' === $reason && ! $walk->may_look_at( (int) $attachment_id ) ? 'another_plugin' : $reason;
			$room  -= '' === $this->take( $run, (int) $attachment_id, $reason ) ? 1 : 0;
			$last  = (int) $attachment_id;
		}
		$this->runs->advance( $run->id, $last, $room <= 0 || count( $batch ) < self::BATCH );
		$walk->end();
		return array() !== $batch;
	}

	/** Ends the open run once nothing of it waits here or at the sidecar. */
	public function end_if_done(): void {
		$run = $this->runs->open();
		if ( null !== $run && Run::RUNNING === $run->state && $run->looked_through && ! $this->runs->has_open_items( $run->id ) ) {
			$this->runs->move( $run->id, array( Run::RUNNING ), Run::DONE );
		}
	}

	/** True while the open run has images it has not looked at. */
	public function has_more(): bool {
		$run = $this->runs->open();
		return null !== $run && Run::RUNNING === $run->state && ! $run->looked_through;
	}

	/** @return string Why the image was skipped after all; '' when it was taken. */
	private function take( Run $run, int $attachment_id, string $reason ): string {
		if ( 'on_the_way' === $reason && $this->requests->find( $attachment_id )?->run_id === $run->id ) {
			$reason = ''; // Taken by a batch whose process died before it could move the position.
		}
		// They had the right to all images when they started it; that they have left since takes nothing back.
		if ( '' === $reason && user_can( $run->started_by, 'edit_others_posts' ) && ! user_can( $run->started_by, 'edit_post', $attachment_id ) ) {
			$reason = 'not_allowed';
		}
		if ( '' === $reason && ! self::is_wanted( $attachment_id ) ) {
			$reason = 'another_plugin';
		}
		$this->runs->add_item( $run->id, $attachment_id, $reason );
		if ( '' === $reason && ! $this->requests->add( $attachment_id, 'backfill', time(), $run->id ) && $this->requests->find( $attachment_id )?->run_id !== $run->id ) {
			$this->requests->requeue( $attachment_id, 'backfill', $run->id );
		}
		return $reason;
	}

	/** Whether the filter `altsmith_should_request` lets the image be requested. A filter that throws excludes this image only. */
	public static function is_wanted( int $attachment_id ): bool {
		try {
			/** Documented in Upload\Request_On_Upload. */
			return (bool) apply_filters( 'altsmith_should_request', true, $attachment_id );
		} catch ( Throwable ) {
			return false;
		}
	}
}
