<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** Names one picture in one post, as it was when a person looked at it. */
final class Placement_Key {
	public const PATTERN = '^[0-9]{1,19}-[0-9]{1,6}-[0-9a-f]{16}$';

	private function __construct(
		public readonly int $post_id,
		public readonly int $index,
		public readonly string $fingerprint,
	) {}

	public static function of( int $post_id, Found_Image $image ): string {
		return $post_id . '-' . $image->index . '-' . $image->fingerprint();
	}

	public static function parse( string $key ): ?self {
		if ( 1 !== preg_match( '/' . self::PATTERN . '/D', $key ) ) {
			return null;
		}
		list( $post_id, $index, $fingerprint ) = explode( '-', $key );
		return new self( (int) $post_id, (int) $index, $fingerprint );
	}

	/**
	 * The same picture in the post as it is now: where it was, or, if exactly one other is just like it, where it moved.
	 *
	 * @param Found_Image[] $images All pictures of the post.
	 */
	public function find_in( array $images ): ?Found_Image {
		$alike = array_values( array_filter( $images, fn( Found_Image $image ): bool => $image->fingerprint() === $this->fingerprint ) );
		foreach ( $alike as $image ) {
			if ( $image->index === $this->index ) {
				return $image;
			}
		}
		return 1 === count( $alike ) ? $alike[0] : null;
	}
}
