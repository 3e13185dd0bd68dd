<?php
declare( strict_types=1 );

namespace Altsmith\Cli;

use Altsmith\Csv\Csv_Error;
use Altsmith\Csv\Library_Export;
use Altsmith\Csv\Library_Import;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.WP.AlternativeFunctions -- the file of the person at the terminal

/** Exports alt text to a CSV file, and imports an edited one. */
final class Csv_Command {
	public function __construct( private readonly Library_Export $export, private readonly Library_Import $import ) {}

	/**
	 * Writes every image of the library into a file.
	 *
	 * ## OPTIONS
	 *
	 * <file>
	 * : The file to write. "-" is the standard output.
	 *
	 * @param string[] $args
	 */
	public function export( array $args ): void {
		$file = $args[0] ?? '';
		$out  = '' === $file ? false : @fopen( '-' === $file ? 'php://stdout' : $file, 'wb' ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- told below
		if ( false === $out ) {
			WP_CLI::error( "The file cannot be written: $file" );
			return;
		}
		$count = $this->export->write( $out );
		if ( '-' !== $file ) {
			WP_CLI::success( sprintf( '%d images written.', $count ) );
		}
	}

	/**
	 * Imports the columns new_alt_text and decorative of an edited export. Needs --user=<login>: the record says whose texts they are.
	 *
	 * ## OPTIONS
	 *
	 * <file>
	 * : The edited file.
	 *
	 * [--dry-run]
	 * : Only say what would change.
	 *
	 * @param string[]                   $args
	 * @param array<string, string|bool> $options
	 */
	public function import( array $args, array $options ): void {
		$user = wp_get_current_user();
		if ( ! $user->exists() ) {
			WP_CLI::error( 'Set --user=<login>: the record says whose texts they are.' );
		}
		$text = is_readable( $args[0] ?? '' ) ? file_get_contents( $args[0] ) : false;
		if ( false === $text ) {
			WP_CLI::error( 'The file cannot be read: ' . ( $args[0] ?? '' ) );
			return;
		}
		$total = array();
		$from  = 1;
		try {
			do {
				$part = $this->import->run( $text, ! empty( $options['dry-run'] ), $from, 10, $user );
				foreach ( $part['items'] as $item ) {
					WP_CLI::line( sprintf( "%d\t%s\t%d\t%s", $item['line'], $item['outcome'], $item['attachment_id'], '' === $item['message'] ? sprintf( '"%s" -> "%s"', $item['before'], $item['decorative'] ? '(decorative)' : $item['after'] ) : $item['message'] ) );
				}
				foreach ( $part['counts'] as $outcome => $count ) {
					$total[ $outcome ] = ( $total[ $outcome ] ?? 0 ) + $count;
				}
				$from = $part['next'];
			} while ( null !== $from );
		} catch ( Csv_Error $error ) {
			WP_CLI::error( $error->getMessage() );
		}
		$said = sprintf( '%d changed, %d unchanged, %d skipped because they have changed since the export, %d failed.', $total['change'] ?? 0, $total['same'] ?? 0, $total['conflict'] ?? 0, $total['error'] ?? 0 );
		if ( empty( $options['dry-run'] ) && ( $total['conflict'] ?? 0 ) + ( $total['error'] ?? 0 ) > 0 ) {
			WP_CLI::error( $said );
		}
		WP_CLI::success( ! empty( $options['dry-run'] ) ? "Nothing was written. $said" : $said );
	}
}
