<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Structures\Leaf;
use Altsmith\Placements\Structures\Node;
use Altsmith\Placements\Structures\Structure;
use Altsmith\Placements\Unreadable;

defined( 'ABSPATH' ) || exit;

/** A builder that keeps its page as JSON or serialised PHP: pictures that it names, and picture tags in the texts people wrote in it. */
abstract class Structured_Reader extends Place_Reader {
	/** More pictures in one value are none that a person placed. */
	private const MAX_IMAGES = 5_000;

	/**
	 * @param int $first Number of the first picture.
	 * @return Found_Image[] Pictures that an object or a list of the structure names.
	 */
	abstract protected function pictures( Node $node, int $first, string $key ): array;

	public function find( string $raw, string $key ): array {
		$found = array();
		foreach ( Structure::nodes( $raw ) as $node ) {
			// Not merged: that would copy the whole list at each of a hundred thousand nodes.
			foreach ( $this->pictures( $node, count( $found ), $key ) as $picture ) {
				$found[] = $picture;
			}
			foreach ( $node->leaves as $leaf ) {
				foreach ( Structure::images_in( $leaf, $key, count( $found ) ) as $picture ) {
					$found[] = $picture;
				}
			}
			$found = $this->with_parent( $found, $node );
			if ( count( $found ) > self::MAX_IMAGES ) {
				throw new Unreadable( 'It has too many pictures.' );
			}
		}
		return $found;
	}

	/**
	 * For builders that keep a picture's text beside it: called when the object ends in which the pictures stand.
	 *
	 * @param Found_Image[] $found
	 * @return Found_Image[]
	 */
	protected function with_parent( array $found, Node $node ): array { // phpcs:ignore Generic.CodeAnalysis.UnusedFunctionParameter -- for those that need it
		return $found;
	}

	/** @return Found_Image[] Of a list of mere numbers, as galleries have them. */
	protected static function numbered( Node $node, int $first, string $key ): array {
		$ids = array_values( array_filter( array_map( static fn( Leaf $leaf ): int => $leaf->number(), $node->leaves ) ) );
		return array_map( static fn( int $i, int $id ): Found_Image => Found_Image::without_copy( $first + $i, $id, '', $key ), array_keys( $ids ), $ids );
	}

	/** A picture whose text is a string of its own. */
	protected static function with_text( int $index, int $id, string $source, string $key, Leaf $text ): Found_Image {
		return new Found_Image( $index, $id, '', $text->text(), false, false, '', $source, $text->span(), null, Found_Image::COPY, $key, $text->encode( ... ), $text->length );
	}
}
