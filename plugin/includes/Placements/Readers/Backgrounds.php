<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Structures\Json;
use Altsmith\Placements\Structures\Node;
use Altsmith\Placements\Unreadable;

defined( 'ABSPATH' ) || exit;

/** Background images of WordPress's blocks, and of the whole site (global styles): they have no text. */
final class Backgrounds extends Place_Reader {
	public function name(): string {
		return 'background';
	}

	public function label(): string {
		return '';
	}

	public function keys(): array {
		return array( self::CONTENT );
	}

	public function find( string $raw, string $key ): array {
		if ( ! str_contains( $raw, '"backgroundImage"' ) ) {
			return array();
		}
		$found = array();
		foreach ( str_starts_with( ltrim( $raw ), '{' ) ? array( $raw ) : self::settings( $raw ) as $json ) {
			try {
				foreach ( Json::nodes( $json ) as $node ) {
					if ( 'backgroundImage' === $node->key() ) {
						$found[] = self::background( count( $found ), $node, $key );
					}
				}
			} catch ( Unreadable ) {
				continue; // WordPress does not read such a block's settings either.
			}
		}
		return $found;
	}

	private static function background( int $index, Node $node, string $key ): Found_Image {
		return Found_Image::without_copy( $index, $node->number( 'id' ), $node->text( 'url' ), $key, Found_Image::NO_TEXT );
	}

	/** @return iterable<string> The settings of blocks that have a background. */
	private static function settings( string $content ): iterable {
		foreach ( Block_Settings::in( $content, '[a-z][a-z0-9_/-]*' ) as list( , $json ) ) {
			if ( str_contains( $json, '"backgroundImage"' ) ) {
				yield $json;
			}
		}
	}
}
