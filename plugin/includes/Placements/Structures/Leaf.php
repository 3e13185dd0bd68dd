<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Structures;

use Altsmith\Placements\Span;

defined( 'ABSPATH' ) || exit;

/** One string or number in a structure, as the bytes that are there. */
final class Leaf {
	/**
	 * @param string    $document The whole value.
	 * @param int       $start    Of the bytes without quotes.
	 * @param Span|null $length   In serialised PHP: the digits that say how many bytes a string has.
	 */
	public function __construct(
		private readonly string $document,
		public readonly int $start,
		public readonly int $bytes,
		public readonly bool $is_string,
		public readonly bool $is_json,
		public readonly ?Span $length = null,
	) {}

	public function raw(): string {
		return substr( $this->document, $this->start, $this->bytes );
	}

	public function text(): string {
		$raw = $this->raw();
		return $this->is_json && str_contains( $raw, '\\' ) ? (string) json_decode( '"' . $raw . '"' ) : $raw;
	}

	/** A whole number above 0, also one that is kept as a string; else 0. */
	public function number(): int {
		$raw = $this->bytes < 20 ? $this->raw() : '';
		return ctype_digit( $raw ) ? (int) $raw : 0;
	}

	public function span(): Span {
		return new Span( $this->start, $this->raw() );
	}

	/** The bytes that stand for a text here, written in the way in which its neighbours are. */
	public function encode( string $text ): string {
		if ( ! $this->is_json ) {
			return $text;
		}
		$raw   = $this->raw();
		$flags = 1 === preg_match( '#(?<!\\\\)/#', $raw ) ? JSON_UNESCAPED_SLASHES : 0;
		$flags |= 1 === preg_match( '/[\x80-\xff]/', $raw ) ? JSON_UNESCAPED_UNICODE : 0;
		return substr( (string) wp_json_encode( $text, $flags ), 1, -1 );
	}

	/**
	 * Where pieces of the text stand among its bytes.
	 *
	 * @param int[] $offsets Bytes into text(), ascending.
	 * @return int[] Bytes into raw().
	 */
	public function raw_offsets( array $offsets ): array {
		if ( ! $this->is_json ) {
			return $offsets;
		}
		$raw   = $this->raw();
		$found = array();
		$at    = 0;
		$read  = 0;
		foreach ( $offsets as $offset ) {
			while ( $read < $offset ) {
				$plain = min( strcspn( $raw, '\\', $at ), $offset - $read );
				$at   += $plain;
				$read += $plain;
				if ( $read < $offset ) {
					// A character beyond U+FFFF is written as two escapes.
					preg_match( '/\G(?:\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\\\u[0-9a-fA-F]{4}|\\\\.)/s', $raw, $escape, 0, $at );
					$at   += max( 1, strlen( $escape[0] ?? '' ) );
					$read += max( 1, strlen( (string) json_decode( '"' . ( $escape[0] ?? '' ) . '"' ) ) );
				}
			}
			$found[] = $at;
		}
		return $found;
	}
}
