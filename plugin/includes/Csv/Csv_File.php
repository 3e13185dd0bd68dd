<?php
declare( strict_types=1 );

namespace Altsmith\Csv;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it
// phpcs:disable WordPress.WP.AlternativeFunctions -- streams, not files

/**
 * CSV as spreadsheet programs write and read it: UTF-8 with a byte order mark, no cell that would be run as a formula. What
 * is written here is read back unchanged.
 */
final class Csv_File {
	/** Byte order mark. Without it Excel reads UTF-8 as the code page of its language. */
	private const BOM = "\xEF\xBB\xBF";

	/** A cell that begins like this may be run as a formula: it gets an apostrophe in front. So does one that has an apostrophe there, and reading removes exactly one. */
	private const FORMULA = '/^[\'=+\-@\t\r]/';

	/** Which of them separates cells depends on the language of the program that saved the file. */
	private const DELIMITERS = array( ',', ';', "\t" );

	/**
	 * Writes the byte order mark.
	 *
	 * @param resource $out
	 */
	public static function begin( $out ): void {
		fwrite( $out, self::BOM );
	}

	/**
	 * Writes one line.
	 *
	 * @param resource $out
	 * @param string[] $cells
	 */
	public static function write( $out, array $cells ): void {
		$safe = array_map( static fn( string $cell ): string => 1 === preg_match( self::FORMULA, $cell ) ? "'" . $cell : $cell, $cells );
		fputcsv( $out, $safe, ',', '"', '' );
	}

	/** Removes PHP's time limit where the host allows it: a download of 100,000 lines takes longer than the usual 30 seconds. */
	public static function lift_time_limit(): void {
		if ( function_exists( 'set_time_limit' ) ) {
			@set_time_limit( 0 ); // phpcs:ignore WordPress.PHP.NoSilencedErrors, Squiz.PHP.DiscouragedFunctions -- some hosts forbid it
		}
	}

	/** Prepares a download: time limit and HTTP headers. */
	public static function begin_download( string $name ): void {
		self::lift_time_limit();
		nocache_headers();
		header( 'Content-Type: text/csv; charset=utf-8' );
		header( 'Content-Disposition: attachment; filename="' . sanitize_file_name( $name ) . '"' );
		header( 'X-Content-Type-Options: nosniff' );
	}

	/** Empties WordPress's cache in memory, which keeps every post that was read: over a whole library that is too much. */
	public static function forget_read_posts(): void {
		if ( wp_cache_supports( 'flush_runtime' ) ) {
			wp_cache_flush_runtime();
		}
	}

	/**
	 * The lines of a file, each by the names in its first line.
	 *
	 * @param string[] $needed Names that must be there.
	 * @return \Generator<int, array<string, string>> By the number of the line, the first after the names being 1.
	 * @throws Csv_Error When it is no such file.
	 */
	public static function read( string $text, array $needed ): \Generator {
		$text = str_starts_with( $text, self::BOM ) ? substr( $text, 3 ) : $text;
		if ( 1 !== preg_match( '//u', $text ) ) {
			throw new Csv_Error( self::not_utf8() );
		}
		$stream = fopen( 'php://temp', 'w+b' );
		if ( false === $stream ) {
			throw new Csv_Error( __( 'The server could not keep the file for reading.', 'altsmith' ) );
		}
		fwrite( $stream, $text );
		rewind( $stream );
		$delimiter = self::delimiter_of( (string) fgets( $stream ) );
		rewind( $stream );
		$names   = self::cells( $stream, $delimiter ) ?? array();
		$missing = array_diff( $needed, $names );
		if ( array() !== $missing ) {
			/* translators: %s: names of columns */
			throw new Csv_Error( sprintf( __( 'These columns are missing in the first line: %s. Export the file from here and keep its first line.', 'altsmith' ), implode( ', ', $missing ) ) );
		}
		for ( $number = 1; null !== $cells = self::cells( $stream, $delimiter ); $number++ ) {
			if ( array( '' ) !== $cells ) {
				yield $number => array_combine( $names, array_slice( array_pad( $cells, count( $names ), '' ), 0, count( $names ) ) );
			}
		}
		fclose( $stream );
	}

	/** What to do about a file, or a cell, with characters that were lost. */
	public static function not_utf8(): string {
		return __( 'The file is not UTF-8. Save it as “CSV UTF-8” in your spreadsheet program.', 'altsmith' );
	}

	private static function delimiter_of( string $line ): string {
		$counts = array_map( static fn( string $sign ): int => substr_count( $line, $sign ), array_combine( self::DELIMITERS, self::DELIMITERS ) );
		arsort( $counts );
		return (string) array_key_first( $counts );
	}

	/**
	 * @param resource $stream
	 * @return string[]|null
	 */
	private static function cells( $stream, string $delimiter ): ?array {
		$cells = fgetcsv( $stream, null, $delimiter, '"', '' );
		return is_array( $cells ) ? array_map( static fn( ?string $cell ): string => self::without_apostrophe( (string) $cell ), $cells ) : null;
	}

	private static function without_apostrophe( string $cell ): string {
		return str_starts_with( $cell, "'" ) && 1 === preg_match( self::FORMULA, substr( $cell, 1 ) ) ? substr( $cell, 1 ) : $cell;
	}
}
