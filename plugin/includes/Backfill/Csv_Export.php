<?php
declare( strict_types=1 );

namespace Altsmith\Backfill;

use Altsmith\Csv\Csv_File;
use Altsmith\Sidecar\Attachment_File;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Run_Store;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;

defined( 'ABSPATH' ) || exit;

/** A run as a table: every image it looked at, what became of it, and its alt text before and after. */
final class Csv_Export {
	private const ACTION = 'altsmith_run_csv';
	private const PAGE   = 200;

	public function __construct( private readonly Run_Store $runs, private readonly Request_Store $requests ) {}

	public function register(): void {
		add_action( 'admin_post_' . self::ACTION, array( $this, 'download' ) );
	}

	/** Address of the download of a run, with a nonce of the current user. */
	public static function url( string $run_id ): string {
		return add_query_arg(
			array( 'action' => self::ACTION, 'run' => rawurlencode( $run_id ), '_wpnonce' => wp_create_nonce( self::ACTION ) ),
			admin_url( 'admin-post.php' )
		);
	}

	public function download(): void {
		check_admin_referer( self::ACTION );
		$run = $this->runs->find( sanitize_text_field( wp_unslash( (string) ( $_GET['run'] ?? '' ) ) ) ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- sanitised here
		if ( null === $run || ! current_user_can( 'edit_others_posts' ) ) {
			wp_die( esc_html__( 'Run not found, or you are not allowed to see it.', 'altsmith' ), '', array( 'response' => 404 ) );
		}
		Csv_File::begin_download( 'altsmith-' . $run->id . '.csv' );
		$out = fopen( 'php://output', 'wb' ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- a stream, not a file
		if ( false !== $out ) {
			$this->write( $run, $out );
			fclose( $out ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- the same
		}
		exit;
	}

	/** @param resource $out */
	public function write( Run $run, $out ): void {
		Csv_File::begin( $out );
		Csv_File::write( $out, array( 'attachment_id', 'file', 'title', 'outcome', 'reason', 'before', 'now', 'suggested', 'confidence', 'decided_by' ) );
		$position = 0;
		do {
			$items = $this->runs->items_after( $run->id, $position, self::PAGE );
			$rows  = $this->requests->find_many( array_keys( $items ) );
			$texts = Alt_Text_Meta::texts_of( array_keys( $items ) );
			_prime_post_caches( array_keys( $items ), false, true );
			foreach ( $items as $id => $reason ) {
				$row    = $rows[ $id ] ?? null;
				$latest = Provenance::latest( $id );
				$ours   = null !== $latest && null !== $row && ( $latest['suggestion_id'] ?? '' ) === $row->suggestion_id;
				$now    = $texts[ $id ] ?? '';
				$given  = '' === $reason ? $row?->suggestion : null;
				Csv_File::write(
					$out,
					array(
						(string) $id,
						Attachment_File::name( $id ),
						(string) get_post_field( 'post_title', $id, 'raw' ),
						'' === $reason ? ( $row?->display_status() ?? 'gone' ) : 'skipped',
						'' === $reason ? (string) $row?->error_message : Run_View::reason_in_words( $reason ),
						$ours ? (string) ( $latest['before'] ?? '' ) : $now,
						$now,
						(string) ( $given['fields']['alt_text'] ?? '' ),
						true === ( $given['model']['calibrated'] ?? false ) ? (string) round( (float) $given['confidence'], 3 ) : '',
						(string) ( $given['decided_by']['name'] ?? '' ),
					)
				);
				$position = $id;
			}
			Csv_File::forget_read_posts();
		} while ( count( $items ) === self::PAGE );
	}
}
