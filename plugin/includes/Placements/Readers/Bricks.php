<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Structures\Node;

defined( 'ABSPATH' ) || exit;

/** Bricks 2: serialised lists of elements. A picture shows the library's text unless its element has an `altText`. */
final class Bricks extends Structured_Reader {
	/** @var array<int, string> Path of the object in which a picture stands, by the picture's number. */
	private array $parents = array();

	public function name(): string {
		return 'bricks';
	}

	public function label(): string {
		return 'Bricks';
	}

	public function keys(): array {
		return array( '_bricks_page_content_2', '_bricks_page_header_2', '_bricks_page_footer_2' );
	}

	public function replaces_content(): bool {
		return true;
	}

	public function find( string $raw, string $key ): array {
		$this->parents = array();
		return parent::find( $raw, $key );
	}

	protected function pictures( Node $node, int $first, string $key ): array {
		$id     = $node->number( 'id' );
		$source = $node->text( 'url' );
		if ( '' === $source || ( 0 === $id && ! isset( $node->leaves['filename'] ) && 'image' !== $node->name() ) ) {
			return array();
		}
		if ( in_array( '_background', $node->path, true ) ) {
			return array( Found_Image::without_copy( $first, $id, $source, $key, Found_Image::NO_TEXT ) );
		}
		$this->parents[ $first ] = implode( "\n", array_slice( $node->path, 0, -1 ) );
		return array( Found_Image::without_copy( $first, $id, $source, $key ) );
	}

	protected function with_parent( array $found, Node $node ): array {
		$text = $node->leaves['altText'] ?? null;
		if ( null === $text || '' === trim( $text->text() ) ) {
			return $found;
		}
		foreach ( array_keys( $this->parents, implode( "\n", $node->path ), true ) as $index ) {
			$image           = $found[ $index ];
			$bound           = str_contains( $text->text(), '{' ); // Dynamic data.
			$found[ $index ] = $bound
				? new Found_Image( $index, $image->attachment_id, '', $text->text(), false, false, Found_Image::LOCKED_BOUND, $image->source, $text->span(), null, Found_Image::COPY, $image->document )
				: self::with_text( $index, $image->attachment_id, $image->source, $image->document, $text );
		}
		return $found;
	}
}
