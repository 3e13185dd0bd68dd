<?php
declare( strict_types=1 );

namespace Altsmith\Cli;

use Altsmith\Review\Decision;
use Altsmith\Review\Review_Service;
use Altsmith\Review\Suggestion;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Suggestion_Query;
use Altsmith\Text\Plain_Text;
use Altsmith\Writeback\Main_Text;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/** The review queue on the command line. Decisions need `--user=<login>`: the record says who decided. */
final class Review_Command {
	public function __construct(
		private readonly Suggestion_Query $query,
		private readonly Request_Store $store,
		private readonly Review_Service $review,
	) {}

	/**
	 * Lists suggestions.
	 *
	 * ## OPTIONS
	 *
	 * [--state=<state>]
	 * : pending, conflict, approved, applied, rejected, decorative or superseded.
	 * ---
	 * default: pending
	 * ---
	 *
	 * [--min-confidence=<number>]
	 * : 0 to 1.
	 *
	 * [--limit=<number>]
	 * : At most 100.
	 * ---
	 * default: 100
	 * ---
	 *
	 * [--format=<format>]
	 * : table, json or ids.
	 * ---
	 * default: table
	 * ---
	 *
	 * @subcommand list
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function list_suggestions( array $args, array $options ): void {
		$state = $options['state'] ?? 'pending';
		if ( ! in_array( $state, Suggestion::STATES, true ) ) {
			WP_CLI::error( 'There is no such state: ' . $state );
		}
		$found = $this->query->find( array( 'states' => array( $state ), 'min_confidence' => (float) ( $options['min-confidence'] ?? 0 ), 'per_page' => (int) ( $options['limit'] ?? 100 ) ) );
		$shown = array_map( array( self::class, 'summary' ), array_filter( $found['rows'], static fn( Request_Row $row ): bool => null !== $row->suggestion ) );
		match ( $options['format'] ?? 'table' ) {
			'json'  => WP_CLI::line( (string) wp_json_encode( $shown, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) ),
			'ids'   => WP_CLI::line( implode( ' ', array_column( $shown, 'suggestion_id' ) ) ),
			default => array_map( static fn( array $one ) => WP_CLI::line( implode( "\t", $one ) ), $shown ),
		};
	}

	/**
	 * Approves suggestions as they are, or with another text.
	 *
	 * ## OPTIONS
	 *
	 * <suggestion>...
	 * : Ids of suggestions.
	 *
	 * [--text=<text>]
	 * : Another text; for one suggestion only.
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function approve( array $args, array $options ): void {
		if ( isset( $options['text'] ) && 1 !== count( $args ) ) {
			WP_CLI::error( '--text is for one suggestion.' );
		}
		$text = isset( $options['text'] ) ? Plain_Text::from_person( $options['text'] ) : null;
		if ( '' === $text ) {
			WP_CLI::error( 'An approved text cannot be empty; use "decorative".' );
		}
		$this->decide_all( $args, 'approve', null === $text ? array() : array( 'alt_text' => $text ), '' );
	}

	/**
	 * Rejects suggestions.
	 *
	 * ## OPTIONS
	 *
	 * <suggestion>...
	 * : Ids of suggestions.
	 *
	 * [--reason=<reason>]
	 * : Why.
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function reject( array $args, array $options ): void {
		$this->decide_all( $args, 'reject', array(), Plain_Text::from_person( $options['reason'] ?? '', 500 ) );
	}

	/**
	 * Marks images as decorative.
	 *
	 * ## OPTIONS
	 *
	 * <suggestion>...
	 * : Ids of suggestions.
	 *
	 * @param string[] $args
	 */
	public function decorative( array $args ): void {
		$this->decide_all( $args, 'decorative', array(), '' );
	}

	/**
	 * @param string[]              $ids
	 * @param array<string, string> $values
	 */
	private function decide_all( array $ids, string $action, array $values, string $reason ): void {
		$user = wp_get_current_user();
		if ( ! $user->exists() ) {
			WP_CLI::error( 'Set --user=<login>: the record says who decided.' );
		}
		$failed = 0;
		foreach ( $ids as $id ) {
			$problem = $this->decide( $id, $action, $values, $reason );
			if ( '' !== $problem ) {
				++$failed;
				WP_CLI::warning( "$id: $problem" );
			}
		}
		if ( $failed > 0 ) {
			WP_CLI::error( sprintf( '%d of %d failed.', $failed, count( $ids ) ) );
		}
		WP_CLI::success( sprintf( '%d done.', count( $ids ) ) );
	}

	/**
	 * @param array<string, string> $values
	 * @return string What is in the way; '' when it is done.
	 */
	private function decide( string $id, string $action, array $values, string $reason ): string {
		$row = $this->store->find_by_suggestion( $id );
		if ( null === $row || ! current_user_can( 'edit_post', $row->attachment_id ) ) {
			return 'suggestion not found, or you cannot edit its image';
		}
		try {
			$seen = Main_Text::read( $row->attachment_id )->text();
			$row  = $this->review->decide( $row, new Decision( $action, $values, $reason, $seen, $row->suggestion_version ), wp_get_current_user() );
		} catch ( Sidecar_Error $error ) {
			return $error->getMessage();
		}
		return 'conflict' === $row->suggestion_state ? 'someone changed the alt text in the meantime' : '';
	}

	/** @return array<string, string> */
	private static function summary( Request_Row $row ): array {
		return array(
			'suggestion_id' => $row->suggestion_id,
			'attachment_id' => (string) $row->attachment_id,
			'state'         => $row->suggestion_state,
			'confidence'    => true === ( $row->suggestion['model']['calibrated'] ?? false ) ? number_format( (float) $row->suggestion['confidence'], 2 ) : 'not measured',
			'alt_text'      => (string) ( $row->suggestion['fields']['alt_text'] ?? '' ),
		);
	}
}
