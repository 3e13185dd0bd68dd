<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Structures\Node;

defined( 'ABSPATH' ) || exit;

/**
 * Beaver Builder 2.10: serialised objects, once as published and once as a draft, which becomes the page when somebody publishes
 * it. A photo shows the library's alt text, else its description, its caption or its title.
 */
final class Beaver_Builder extends Structured_Reader {
	public const DRAFT = '_fl_builder_draft';

	public function name(): string {
		return 'beaver';
	}

	public function label(): string {
		return 'Beaver Builder';
	}

	public function keys(): array {
		return array( '_fl_builder_data', self::DRAFT );
	}

	public function replaces_content(): bool {
		return true;
	}

	public function forget_caches( int $owner_id ): void {
		if ( is_callable( array( 'FLBuilderModel', 'delete_all_asset_cache' ) ) ) {
			\FLBuilderModel::delete_all_asset_cache( $owner_id );
		}
	}

	/** `photo` and `photo_src`, `bg_image` and `bg_image_src`: a number, and beside it the address. `data` is an older copy of the library. */
	protected function pictures( Node $node, int $first, string $key ): array {
		if ( 'photos' === $node->key() ) {
			return self::numbered( $node, $first, $key );
		}
		$found = array();
		foreach ( 'data' === $node->key() ? array() : $node->leaves as $name => $leaf ) {
			$source = $node->text( $name . '_src' );
			if ( '' !== $source && $leaf->number() > 0 ) {
				$found[] = Found_Image::without_copy( $first + count( $found ), $leaf->number(), $source, $key, str_contains( (string) $name, 'bg_' ) ? Found_Image::NO_TEXT : Found_Image::LIBRARY );
			}
		}
		return $found;
	}
}
