<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** Addresses of files in the uploads folder anywhere in a value, whatever its form: blocks and shortcodes of other plugins, styles, links to files. */
final class Mentions {
	/** More addresses in one value are none that a person placed. */
	private const MAX = 2000;

	/** Of an address, in bytes. */
	private const LONGEST = 1000;

	private const ENDS = " \t\r\n\"'()<>[]{}|,;";

	/** @return string[] Each once. */
	public static function in( string $raw ): array {
		$folder    = self::folder();
		$addresses = array();
		$at        = 0;
		while ( count( $addresses ) < self::MAX ) {
			$at = strpos( $raw, $folder, $at );
			if ( false === $at ) {
				break;
			}
			$from   = max( 0, $at - self::LONGEST );
			$before = substr( $raw, $from, $at - $from );
			$start  = $at - strcspn( strrev( $before ), self::ENDS );
			$end    = $at + strcspn( $raw, self::ENDS, $at, self::LONGEST );
			$at     = $end;

			$address = self::plain( substr( $raw, $start, $end - $start ) );
			if ( 1 === preg_match( '/\.(?:jpe?g|png|gif|webp|avif|svg|heic)(?:[?#]|$)/i', $address ) ) {
				$addresses[ $address ] = true;
			}
		}
		return array_map( 'strval', array_keys( $addresses ) );
	}

	/** Without the escapes of JSON, and of JSON in an attribute. */
	private static function plain( string $written ): string {
		$written = (string) preg_replace( '/(?:&quot|&#0*34)$/', '', $written );
		$written = (string) preg_replace_callback( '/\\\\+u([0-9a-fA-F]{4})/', static fn( array $code ): string => (string) mb_chr( (int) hexdec( $code[1] ), 'UTF-8' ), $written );
		return str_replace( '\\', '', html_entity_decode( $written, ENT_QUOTES, 'UTF-8' ) );
	}

	/** A part of every address in the uploads folder. */
	private static function folder(): string {
		$parts = array_filter( explode( '/', (string) wp_parse_url( (string) wp_get_upload_dir()['baseurl'], PHP_URL_PATH ) ), static fn( string $part ): bool => '' !== $part && ! ctype_digit( $part ) );
		return in_array( 'uploads', $parts, true ) ? 'uploads' : (string) end( $parts );
	}
}
