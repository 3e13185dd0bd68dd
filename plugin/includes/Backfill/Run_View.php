<?php
declare( strict_types=1 );

namespace Altsmith\Backfill;

use Altsmith\Storage\Run_Counts;
use Altsmith\Storage\Run_Store;

defined( 'ABSPATH' ) || exit;

/** How a run is shown: counts, reasons in words, and a time left that says when it does not know. */
final class Run_View {
	/** Before so many images are done a rate says nothing. */
	private const ENOUGH = 5;

	public function __construct( private readonly Run_Store $runs ) {}

	/**
	 * Runs that are over, the newest first, with the counts that are kept of them.
	 *
	 * @return array<int, array<string, mixed>>
	 */
	public function history( int $limit ): array {
		$runs   = $this->runs->ended( $limit );
		$counts = ( new Run_Counts( $this->runs ) )->of( $runs );
		return array_map( fn( Run $run ): array => self::described( $run, $counts[ $run->id ] ), $runs );
	}

	/** @return array<string, mixed> The run as it stands at this moment. */
	public function show( Run $run ): array {
		return self::described( $run, $this->runs->progress( $run->id ) );
	}

	/**
	 * @param array{skipped: array<string, int>, taken: array<string, int>} $progress
	 * @return array<string, mixed>
	 */
	private static function described( Run $run, array $progress ): array {
		$taken    = $progress['taken'];
		$all      = array_sum( $taken );
		$waiting  = ( $taken['queued'] ?? 0 ) + ( $taken['held'] ?? 0 );
		$working  = $taken['sent'] ?? 0;
		$ended    = $all - $waiting - $working;
		// Images may come and go while the run walks through the library: what it has found is surer than what it expected.
		$expected = $run->looked_through ? $all : max( $run->expected, $all );
		return array(
			'id'           => $run->id,
			'state'        => $run->state,
			'choices'      => $run->choices->to_array(),
			'expected'     => $expected,
			'waiting'      => $waiting,
			'working'      => $working,
			'ended'        => $ended,
			'suggested'    => $ended - ( $taken['failed'] ?? 0 ) - ( $taken['skipped'] ?? 0 ) - ( $taken['gone'] ?? 0 ),
			'failed'       => $taken['failed'] ?? 0,
			'applied'      => $taken['applied'] ?? 0,
			'skipped'      => self::in_words( $progress['skipped'] ),
			'seconds_left' => $run->is_open() ? self::seconds_left( $expected - $ended, $ended, time() - $run->created_at ) : null,
			'started_at'   => gmdate( 'Y-m-d\TH:i:s\Z', $run->created_at ),
			'finished_at'  => $run->finished_at > 0 ? gmdate( 'Y-m-d\TH:i:s\Z', $run->finished_at ) : null,
			'csv_url'      => Csv_Export::url( $run->id ),
		);
	}

	/**
	 * @param array<string, int> $counts
	 * @return array<int, array{reason: string, label: string, count: int}>
	 */
	public static function in_words( array $counts ): array {
		$words = self::words();
		$shown = array();
		foreach ( $counts as $reason => $count ) {
			if ( '' !== $reason ) {
				$shown[] = array( 'reason' => $reason, 'label' => $words[ $reason ] ?? $reason, 'count' => $count );
			}
		}
		return $shown;
	}

	/** Why an image was skipped, as shown on the screens. */
	public static function reason_in_words( string $reason ): string {
		return self::words()[ $reason ] ?? $reason;
	}

	/** From what this run itself has done so far; null when that is too little to say. */
	private static function seconds_left( int $left, int $ended, int $elapsed ): ?int {
		return $ended < self::ENOUGH ? null : (int) ceil( $left * max( 1, $elapsed ) / $ended );
	}

	/** @return array<string, string> */
	private static function words(): array {
		return array(
			'type'           => __( 'image type is turned off in the settings or cannot be read', 'altsmith' ),
			'decorative'     => __( 'marked as decorative', 'altsmith' ),
			'has_text'       => __( 'already has alt text', 'altsmith' ),
			'waiting'        => __( 'already has a suggestion that needs review', 'altsmith' ),
			'on_the_way'     => __( 'already requested', 'altsmith' ),
			'decided'        => __( 'a suggestion was rejected', 'altsmith' ),
			'approved'       => __( 'a suggestion was approved', 'altsmith' ),
			'not_allowed'    => __( 'you cannot edit it', 'altsmith' ),
			'another_plugin' => __( 'skipped by a filter', 'altsmith' ),
		);
	}
}
