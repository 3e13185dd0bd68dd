<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Owner;

defined( 'ABSPATH' ) || exit;

/** WordPress's shortcode `[gallery]`: the pictures it names, or those that were uploaded to the post. It shows the library's text. */
final class Gallery extends Place_Reader {
	/** Uploaded to one post. */
	private const MAX_CHILDREN = 1000;

	public function name(): string {
		return 'gallery';
	}

	public function label(): string {
		return '';
	}

	public function keys(): array {
		return array( self::CONTENT );
	}

	public function find( string $raw, string $key ): array {
		return $this->find_of( new Owner( Owner::POST, 0 ), $raw, $key );
	}

	public function find_of( Owner $owner, string $raw, string $key ): array {
		if ( ! str_contains( $raw, '[gallery' ) ) {
			return array();
		}
		$ids = array();
		foreach ( Shortcodes::in( $raw, 'gallery' ) as list( , $attributes ) ) {
			$named  = (string) ( $attributes['ids'] ?? $attributes['include'] ?? '' );
			$parent = (int) ( $attributes['id'] ?? $owner->id );
			$ids    = array_merge( $ids, '' === $named ? array_diff( self::uploaded_to( $parent ), Shortcodes::numbers( (string) ( $attributes['exclude'] ?? '' ) ) ) : Shortcodes::numbers( $named ) );
		}
		$ids = array_values( array_unique( $ids ) );
		return array_map( static fn( int $i, int $id ): Found_Image => Found_Image::without_copy( $i, $id, '', $key ), array_keys( $ids ), $ids );
	}

	/** @return int[] */
	private static function uploaded_to( int $post_id ): array {
		return $post_id < 1 ? array() : array_map(
			'intval',
			get_posts( array( 'post_parent' => $post_id, 'post_type' => 'attachment', 'post_mime_type' => 'image', 'post_status' => 'inherit', 'fields' => 'ids', 'numberposts' => self::MAX_CHILDREN, 'suppress_filters' => true ) ) // phpcs:ignore WordPressVIPMinimum -- all languages
		);
	}
}
