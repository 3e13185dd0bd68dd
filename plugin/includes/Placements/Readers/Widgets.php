<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Owner;
use Altsmith\Placements\Structures\Node;

defined( 'ABSPATH' ) || exit;

/** Widgets, each kind of which is an option: the image widget shows its own text, else the library's; the gallery the library's; blocks, text and HTML are picture tags. */
final class Widgets extends Structured_Reader {
	public function name(): string {
		return 'widget';
	}

	public function label(): string {
		return '';
	}

	public function title( string $key ): string {
		return __( 'Widgets', 'altsmith' );
	}

	public function owner(): string {
		return Owner::SITE;
	}

	public function keys(): array {
		return array_values( array_filter( array_map( 'strval', array_keys( wp_load_alloptions() ) ), static fn( string $name ): bool => str_starts_with( $name, 'widget_' ) ) );
	}

	protected function pictures( Node $node, int $first, string $key ): array {
		if ( 'ids' === $node->key() ) {
			return self::numbered( $node, $first, $key );
		}
		$id   = $node->number( 'attachment_id' );
		$text = $node->leaves['alt'] ?? null;
		if ( 0 === $id && ! ( 'widget_media_image' === $key && '' !== $node->text( 'url' ) ) ) {
			return array();
		}
		return array( null !== $text && '' !== trim( $text->text() ) ? self::with_text( $first, $id, $node->text( 'url' ), $key, $text ) : Found_Image::without_copy( $first, $id, $node->text( 'url' ), $key ) );
	}
}
