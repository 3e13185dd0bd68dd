<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Span;
use Altsmith\Placements\Structures\Json;
use Altsmith\Placements\Structures\Leaf;
use Altsmith\Placements\Structures\Node;

defined( 'ABSPATH' ) || exit;

/** Divi 5: blocks whose settings have the picture's address (`src`) and a text of its own (`alt`), in the comment that opens the block. */
final class Divi_Blocks extends Place_Reader {
	public function name(): string {
		return 'diviblocks';
	}

	public function label(): string {
		return 'Divi';
	}

	public function keys(): array {
		return array( self::CONTENT );
	}

	public function find( string $raw, string $key ): array {
		$found = array();
		foreach ( Block_Settings::in( $raw, 'divi/[a-z0-9-]+' ) as list( $name, $json, $start ) ) {
			foreach ( Json::nodes( $json ) as $node ) {
				if ( isset( $node->leaves['src'] ) && '' !== $node->text( 'src' ) ) {
					$found[] = self::picture( count( $found ), $name, $node, new Span( $start + $node->start, substr( $json, $node->start, $node->end - $node->start ) ) );
				}
			}
		}
		return $found;
	}

	private static function picture( int $index, string $block, Node $node, Span $bytes ): Found_Image {
		$alt = $node->leaves['alt'] ?? null;
		$id  = $node->number( 'id' );
		if ( 'image' !== ( $node->path[0] ?? '' ) && null === $alt ) {
			return Found_Image::without_copy( $index, $id, $node->text( 'src' ), self::CONTENT, Found_Image::NO_TEXT, $block );
		}
		// $variable(…)$ stands for dynamic content.
		$locked = null !== $alt && str_contains( $alt->text(), '$variable(' ) ? Found_Image::LOCKED_BOUND : '';
		return new Found_Image( $index, $id, $block, null === $alt ? null : $alt->text(), false, false, $locked, $node->text( 'src' ), $bytes, null, Found_Image::COPY, self::CONTENT, static fn( string $new ): string => self::with_text( $node, $bytes, $new ) );
	}

	private static function with_text( Node $node, Span $bytes, string $text ): string {
		$alt = $node->leaves['alt'] ?? null;
		if ( null !== $alt ) {
			return substr_replace( $bytes->html, self::encode( $text ), $alt->start - $node->start, $alt->bytes );
		}
		/** @var Leaf $source Without one it would be no picture. */
		$source = $node->leaves['src'];
		return substr_replace( $bytes->html, '","alt":"' . self::encode( $text ), $source->start + $source->bytes - $node->start, 0 );
	}

	/** The escapes of serialize_block_attributes(): nothing in it may end the comment. */
	private static function encode( string $text ): string {
		$json = substr( (string) wp_json_encode( $text, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ), 1, -1 );
		return strtr( $json, array( '\\\\' => '\\u005c', '\\"' => '\\u0022', '--' => '\\u002d\\u002d', '<' => '\\u003c', '>' => '\\u003e', '&' => '\\u0026' ) );
	}
}
