<?php
declare( strict_types=1 );

namespace Altsmith\Cli;

use Altsmith\Backfill\Backfill;
use Altsmith\Backfill\Backfill_Error;
use Altsmith\Backfill\Choices;
use Altsmith\Backfill\Run;
use Altsmith\Backfill\Run_View;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Run_Store;
use Altsmith\Sync\Worker;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/** Suggestions for the images that are in the library already. */
final class Backfill_Command {
	public function __construct(
		private readonly Backfill $backfill,
		private readonly Run_Store $runs,
		private readonly Run_View $view,
		private readonly Worker $worker,
	) {}

	/**
	 * Starts a run. Needs --user=<login>: only images that this person may edit are taken.
	 *
	 * ## OPTIONS
	 *
	 * [--overwrite]
	 * : Also ask for images that have an alt text. It stays until a person approves another one.
	 *
	 * [--include-decided]
	 * : Also ask for images whose suggestion was rejected.
	 *
	 * [--limit=<number>]
	 * : Ask for at most this many images.
	 *
	 * [--from=<day>]
	 * : Only images uploaded on this day or later, as 2026-05-31.
	 *
	 * [--to=<day>]
	 * : Only images uploaded on this day or before.
	 *
	 * [--used=<where>]
	 * : any, content (shown in a post), featured or products (WooCommerce).
	 * ---
	 * default: any
	 * ---
	 *
	 * [--kind=<kind>]
	 * : image or video.
	 * ---
	 * default: image
	 * ---
	 *
	 * [--dry-run]
	 * : Only say what would be done.
	 *
	 * [--wait]
	 * : Wait until the run has ended.
	 *
	 * @param string[]                   $args
	 * @param array<string, string|bool> $options
	 */
	public function start( array $args, array $options ): void {
		foreach ( array_intersect_key( $options, array( 'from' => 0, 'to' => 0 ) ) as $name => $day ) {
			if ( ! Choices::is_day( $day ) ) {
				WP_CLI::error( "--$name must be a date such as 2026-05-31." );
			}
		}
		if ( ! in_array( $options['used'] ?? 'any', Choices::USES, true ) ) {
			WP_CLI::error( '--used must be any, content, featured or products.' );
		}
		if ( ! in_array( $options['kind'] ?? 'image', Choices::KINDS, true ) ) {
			WP_CLI::error( '--kind must be image or video.' );
		}
		if ( isset( $options['limit'] ) && (int) $options['limit'] < 1 ) {
			WP_CLI::error( '--limit must be 1 or more.' );
		}
		$choices = Choices::from_array( array( 'include_decided' => ! empty( $options['include-decided'] ) ) + $options );
		if ( ! empty( $options['dry-run'] ) ) {
			$preview = $this->backfill->preview( $choices );
			WP_CLI::line( sprintf( 'video' === $choices->kind ? '%d videos would be sent.' : '%d images would be sent.', $preview[''] ?? 0 ) );
			self::print_reasons( Run_View::in_words( $preview ) );
			return;
		}
		if ( ! current_user_can( 'edit_others_posts' ) ) {
			WP_CLI::error( 'Set --user=<login> to an editor or administrator: the record says who started the run.' );
		}
		$run = $this->attempt( fn(): Run => $this->backfill->start( $choices, get_current_user_id() ) );
		WP_CLI::line( 'Started ' . $run->id );
		if ( ! empty( $options['wait'] ) ) {
			$this->wait( $run );
		}
	}

	/**
	 * Shows the open run, or the latest.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : table or json.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function status( array $args, array $options ): void {
		$run = $this->runs->open() ?? $this->runs->ended( 1 )[0] ?? null;
		if ( null === $run ) {
			WP_CLI::line( 'There has been no run yet.' );
			return;
		}
		$shown = $this->view->show( $run );
		unset( $shown['csv_url'] );
		if ( 'json' === ( $options['format'] ?? 'table' ) ) {
			WP_CLI::line( (string) wp_json_encode( $shown, JSON_UNESCAPED_UNICODE ) );
			return;
		}
		WP_CLI::line( sprintf( '%s: %s, %d of %d done, %d suggested, %d failed.', $shown['id'], $shown['state'], $shown['ended'], $shown['expected'], $shown['suggested'], $shown['failed'] ) );
		self::print_reasons( $shown['skipped'] );
	}

	/**
	 * Pauses the open run.
	 */
	public function pause(): void {
		$run = $this->open();
		$this->attempt( fn(): Run => $this->backfill->pause( $run->id ) );
		WP_CLI::success( 'Paused.' );
	}

	/**
	 * Resumes a paused run.
	 */
	public function resume(): void {
		$run = $this->open();
		$this->attempt( fn(): Run => $this->backfill->resume( $run->id ) );
		WP_CLI::success( 'Resumed.' );
	}

	/**
	 * Ends the open run. Its suggestions stay.
	 */
	public function cancel(): void {
		$run = $this->open();
		$this->attempt( fn(): Run => $this->backfill->cancel( $run->id ) );
		WP_CLI::success( 'Cancelled.' );
	}

	/**
	 * Undoes a run: restores every text it replaced, unless someone changed it since.
	 *
	 * ## OPTIONS
	 *
	 * <run>
	 * : Id of the run.
	 *
	 * [--yes]
	 * : Skip the question.
	 *
	 * @param string[]                   $args
	 * @param array<string, string|bool> $options
	 */
	public function undo( array $args, array $options ): void {
		$run = $this->runs->find( $args[0] ?? '' );
		if ( null === $run ) {
			WP_CLI::error( 'Run not found.' );
			return;
		}
		WP_CLI::confirm( sprintf( 'Undo run %s?', $run->id ), $options );
		$this->attempt( fn(): Run => $this->backfill->undo( $run->id ) );
		$this->worker->run( 60, 5, true );
		WP_CLI::success( 'Undone.' );
	}

	private function wait( Run $run ): void {
		do {
			$result = $this->worker->run( 60, 10, true );
			if ( '' !== $result['error'] ) {
				WP_CLI::warning( $result['error'] );
			}
			if ( '' !== $result['error'] || ! $result['ran'] ) {
				sleep( 5 );
			}
			$now   = $this->runs->find( $run->id ) ?? $run;
			$shown = $this->view->show( $now );
			WP_CLI::line( sprintf( '%d of %d', $shown['ended'], $shown['expected'] ) );
		} while ( Run::RUNNING === $now->state );
		if ( $shown['failed'] > 0 ) {
			WP_CLI::error( sprintf( '%d suggested, %d failed.', $shown['suggested'], $shown['failed'] ) );
		}
		WP_CLI::success( sprintf( '%d suggested.', $shown['suggested'] ) );
	}

	private function open(): Run {
		$run = $this->runs->open();
		if ( null === $run ) {
			WP_CLI::error( 'No run is in progress.' );
			exit( 1 ); // WP_CLI::error() ends the process; this is for the analyser.
		}
		return $run;
	}

	/** @param callable(): Run $task */
	private function attempt( callable $task ): Run {
		try {
			return $task();
		} catch ( Sidecar_Error | Backfill_Error $error ) {
			WP_CLI::error( $error->getMessage() );
			exit( 1 ); // The same.
		}
	}

	/** @param array<int, array{reason: string, label: string, count: int}> $reasons */
	private static function print_reasons( array $reasons ): void {
		foreach ( $reasons as $one ) {
			WP_CLI::line( sprintf( '%d skipped: %s', $one['count'], $one['label'] ) );
		}
	}
}
