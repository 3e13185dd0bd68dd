<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;

defined( 'ABSPATH' ) || exit;

/** Reads the sidecar's change feed from where it stopped last. The cursor moves on only after a page has been taken in. */
final class Change_Reader {
	private const CURSOR_OPTION = 'altsmith_cursor';
	private const PAGE          = 100;

	public function __construct( private readonly Client $client, private readonly Intake $intake, private readonly Lost_Work $lost ) {}

	/**
	 * @param int  $wait       Seconds the sidecar may hold an empty answer back.
	 * @param bool $takes_turn Whether this is the first reading of a run: see Identity\Turn.
	 * @return array{count: int, more: bool} How much was read, and whether there is more to read at once.
	 * @throws Sidecar_Error
	 */
	public function read_page( int $wait, bool $takes_turn = false ): array {
		try {
			$page = $this->client->changes( (string) get_option( self::CURSOR_OPTION, '' ), self::PAGE, $wait, $takes_turn );
		} catch ( Sidecar_Error $error ) {
			return $this->go_on_from_lists( $error );
		}
		foreach ( $page['unknown'] as $unknown ) {
			$this->intake->note_unknown( $unknown['change'], $unknown['error'] );
		}
		$kept   = array();
		$undone = array();
		foreach ( $page['items'] as $change ) {
			if ( is_array( $change['suggestion'] ) ) {
				$kept[] = $this->intake->keep( $change['suggestion'] );
				if ( 'suggestion.undo_asked' === $change['type'] ) {
					$undone[] = $this->intake->take_back( $change['suggestion'] );
				} elseif ( 'picture_wanted' === $change['type'] ) {
					$this->intake->send_again( $change['suggestion'] );
				}
			} elseif ( is_array( $change['job'] ) ) {
				$this->intake->accept_job( $change['job'] );
			}
		}
		update_option( self::CURSOR_OPTION, $page['next'], false );
		update_option( 'altsmith_last_sync', time(), false );
		// Only now: what other plugins do may end PHP, and the same page would do it again in every run. A text that is not
		// written now is written by the next run.
		array_map( array( $this->intake, 'follow' ), array_filter( $kept ) );
		array_map( array( $this->intake, 'carry_out_undo' ), array_filter( $undone ) );
		return array( 'count' => count( $page['items'] ) + count( $page['unknown'] ), 'more' => $page['more'] );
	}

	/**
	 * The sidecar no longer has the entries since our cursor. Every open row is then asked about one by one, and the feed is read
	 * on from the cursor in the error.
	 *
	 * @return array{count: int, more: bool}
	 * @throws Sidecar_Error Any other.
	 */
	private function go_on_from_lists( Sidecar_Error $error ): array {
		$next = $error->details['next'] ?? null;
		if ( 'CURSOR_EXPIRED' !== $error->error || ! is_string( $next ) || '' === $next || get_option( self::CURSOR_OPTION ) === $next ) {
			throw $error;
		}
		update_option( self::CURSOR_OPTION, $next, false );
		$this->lost->doubt();
		return array( 'count' => 0, 'more' => true );
	}

	/** Another site at a sidecar has another feed. */
	public static function start_over(): void {
		delete_option( self::CURSOR_OPTION );
		Pause::forget();
	}
}
