<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Structures;

use Altsmith\Placements\Content_Rewriter;
use Altsmith\Placements\Content_Scanner;
use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Span;
use Altsmith\Placements\Unreadable;
use Generator;

defined( 'ABSPATH' ) || exit;

/** What builders keep in meta and options: JSON or serialised PHP. */
final class Structure {
	/** @return Generator<int, Node> @throws Unreadable */
	public static function nodes( string $raw ): Generator {
		if ( 1 === preg_match( '/^\s*+[\[{]/', $raw ) ) {
			yield from Json::nodes( $raw );
		} elseif ( '' !== trim( $raw ) ) {
			yield from Serialized::nodes( $raw );
		}
	}

	/**
	 * Pictures in HTML that is kept as a string.
	 *
	 * @param int $first Number of the first of them.
	 * @return Found_Image[]
	 */
	public static function images_in( Leaf $leaf, string $document, int $first, string $block = '' ): array {
		if ( ! $leaf->is_string || $leaf->bytes < 5 || false === stripos( $leaf->raw(), 'img' ) ) {
			return array();
		}
		$text  = $leaf->text();
		$found = array();
		foreach ( ( new Content_Scanner() )->scan( $text ) as $image ) {
			list( $start, $end ) = $leaf->raw_offsets( array( $image->tag->start, $image->tag->end() ) );
			$found[]             = new Found_Image(
				$first + count( $found ),
				$image->attachment_id,
				'' === $image->block ? $block : $image->block,
				$image->alt,
				$image->decorative,
				$image->linked,
				// A Cover keeps its text twice.
				null !== $image->opener && '' === $image->locked ? Found_Image::LOCKED_FORM : $image->locked,
				$image->source,
				new Span( $leaf->start + $start, substr( $leaf->raw(), $start, $end - $start ) ),
				null,
				Found_Image::COPY,
				$document,
				static fn( string $new ): string => $leaf->encode( Content_Rewriter::tag_with_text( $image, $new ) ),
				$leaf->length
			);
		}
		return $found;
	}
}
