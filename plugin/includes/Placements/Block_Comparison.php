<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use WP_HTML_Tag_Processor;

defined( 'ABSPATH' ) || exit;

/** Compares two block trees and looks away from alternative texts. */
final class Block_Comparison {
	/**
	 * @param array<int, array<string, mixed>> $before As parse_blocks() gives them.
	 * @param array<int, array<string, mixed>> $after
	 */
	public static function differ_only_in_alt( array $before, array $after ): bool {
		return count( $before ) === count( $after ) && array_reduce(
			array_keys( $before ),
			static fn( bool $same, int $i ): bool => $same && isset( $after[ $i ] ) && self::same_block( $before[ $i ], $after[ $i ] ),
			true
		);
	}

	/**
	 * @param array<string, mixed> $before
	 * @param array<string, mixed> $after
	 */
	private static function same_block( array $before, array $after ): bool {
		if ( $before['blockName'] !== $after['blockName'] ) {
			return false;
		}
		$is_cover = 'core/cover' === $before['blockName'];
		$ignored  = $is_cover ? array( 'alt' => true ) : array();
		// phpcs:ignore Universal.Operators.StrictComparisons -- `==`: the order of settings is no difference
		return array_diff_key( (array) $before['attrs'], $ignored ) == array_diff_key( (array) $after['attrs'], $ignored )
			&& array_map( array( self::class, 'without_texts' ), $before['innerContent'] ) === array_map( array( self::class, 'without_texts' ), $after['innerContent'] )
			&& self::differ_only_in_alt( $before['innerBlocks'], $after['innerBlocks'] );
	}

	/** @param string|null $html A piece of a block; null stands for an inner block. */
	private static function without_texts( ?string $html ): ?string {
		if ( null === $html ) {
			return null;
		}
		$tags = new WP_HTML_Tag_Processor( $html );
		while ( $tags->next_tag() ) {
			if ( 'IMG' === $tags->get_tag() ) {
				$tags->remove_attribute( 'alt' );
			} elseif ( $tags->has_class( 'wp-block-cover__image-background' ) ) {
				$tags->remove_attribute( 'role' );
				$tags->remove_attribute( 'aria-label' );
			}
		}
		// Where an attribute went, its white space stayed.
		return (string) preg_replace( '/\s+(?=\s|\/?>)/', '', $tags->get_updated_html() );
	}
}
