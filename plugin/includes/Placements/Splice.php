<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** Puts bytes in the place of others. */
final class Splice {
	/**
	 * From the back to the front, so that offsets stay true. Where a piece is inside a serialised string, the number that
	 * says how long the string is changes with it.
	 *
	 * @param Edit[] $edits
	 */
	public static function apply( string $raw, array $edits ): string {
		$pieces  = array();
		$lengths = array();
		foreach ( $edits as $edit ) {
			$pieces[ $edit->old->start ] = array( strlen( $edit->old->html ), $edit->html );
			if ( null !== $edit->length ) {
				$at             = $edit->length->start;
				$lengths[ $at ] = array( strlen( $edit->length->html ), ( $lengths[ $at ][1] ?? (int) $edit->length->html ) + strlen( $edit->html ) - strlen( $edit->old->html ) );
			}
		}
		$pieces += $lengths;
		krsort( $pieces );
		foreach ( $pieces as $start => list( $length, $new ) ) {
			$raw = substr_replace( $raw, (string) $new, $start, $length );
		}
		return $raw;
	}
}
