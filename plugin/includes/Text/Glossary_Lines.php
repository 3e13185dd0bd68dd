<?php
declare( strict_types=1 );

namespace Altsmith\Text;

use InvalidArgumentException;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it

/** The site's own words as lines that a person can write: “child, children = kid”; a name in quotation marks, another language than English in front. */
final class Glossary_Lines {
	private const LINE = '/^(?:\[(?<language>[A-Za-z0-9_-]{2,35})\]\s*)?(?<say>(?!\[)[^=]+?)(?:\s*=\s*(?<others>.*))?$/u';

	/**
	 * @return array<int, array{term: string, forms: string[], instead_of: string[], is_name: bool, language: string}>
	 * @throws InvalidArgumentException Its message names the line.
	 */
	public static function parse( string $text ): array {
		$entries = array();
		foreach ( preg_split( '/\R/u', $text ) ?: array() as $number => $line ) {
			$line = trim( $line );
			if ( '' === $line ) {
				continue;
			}
			$says = 1 === preg_match( self::LINE, $line, $match ) ? self::words( $match['say'] ) : array();
			if ( array() === $says ) {
				/* translators: %d: number of a line */
				throw new InvalidArgumentException( sprintf( __( 'Line %d does not say which word to use.', 'altsmith' ), $number + 1 ) );
			}
			$term      = array_shift( $says );
			$is_name   = 1 === preg_match( '/^["“„«»](.+)["”“«»]$/u', $term, $inside );
			$entries[] = array(
				'term'       => $is_name ? trim( $inside[1] ) : $term,
				'forms'      => $says,
				'instead_of' => self::words( $match['others'] ?? '' ),
				'is_name'    => $is_name,
				'language'   => '' === $match['language'] ? 'en' : $match['language'],
			);
		}
		return $entries;
	}

	/** @param array<int, array<string, mixed>> $entries As the sidecar keeps them. */
	public static function text( array $entries ): string {
		$lines = array();
		foreach ( $entries as $entry ) {
			$term    = $entry['is_name'] ? '"' . $entry['term'] . '"' : $entry['term'];
			$line    = 'en' === $entry['language'] ? '' : '[' . $entry['language'] . '] ';
			$line   .= implode( ', ', array( $term, ...$entry['forms'] ) );
			$lines[] = $line . ( array() === $entry['instead_of'] ? '' : ' = ' . implode( ', ', $entry['instead_of'] ) );
		}
		return implode( "\n", $lines );
	}

	/** @return string[] */
	private static function words( string $text ): array {
		return array_values( array_filter( array_map( 'trim', explode( ',', $text ) ), static fn( string $word ): bool => '' !== $word ) );
	}
}
