<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Owner;
use Altsmith\Placements\Structures\Structure;

defined( 'ABSPATH' ) || exit;

/** Avatars from the library: WordPress itself has none (it asks Gravatar). Simple Local Avatars and WP User Avatar keep a number for each user; shown is the user's name. */
final class Avatars extends Place_Reader {
	public function name(): string {
		return 'avatar';
	}

	public function label(): string {
		return '';
	}

	public function owner(): string {
		return Owner::USER;
	}

	public function keys(): array {
		global $wpdb;
		return array( 'simple_local_avatar', $wpdb->get_blog_prefix() . 'user_avatar' );
	}

	public function find( string $raw, string $key ): array {
		if ( ctype_digit( $raw ) ) {
			return array( Found_Image::without_copy( 0, (int) $raw, '', $key, Found_Image::NO_TEXT ) );
		}
		$found = array();
		foreach ( Structure::nodes( $raw ) as $node ) {
			if ( $node->number( 'media_id' ) > 0 ) {
				$found[] = Found_Image::without_copy( count( $found ), $node->number( 'media_id' ), '', $key, Found_Image::NO_TEXT );
			}
		}
		return $found;
	}
}
