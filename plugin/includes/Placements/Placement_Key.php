<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Placements\Readers\Post_Text;

defined( 'ABSPATH' ) || exit;

/** Names one picture in one post (or another owner), as it was when a person looked at it. In a post's content: without the reader's name. */
final class Placement_Key {
	public const PATTERN = '^(?:[a-z]{1,12}:)?[0-9]{1,19}-[0-9]{1,6}-[0-9a-f]{16}$';

	private function __construct(
		public readonly string $reader,
		public readonly int $owner_id,
		public readonly int $index,
		public readonly string $fingerprint,
	) {}

	public static function of( int $owner_id, string $reader, Found_Image $image ): string {
		return ( Post_Text::NAME === $reader ? '' : $reader . ':' ) . $owner_id . '-' . $image->index . '-' . $image->fingerprint();
	}

	public static function parse( string $key ): ?self {
		if ( 1 !== preg_match( '/' . self::PATTERN . '/D', $key ) ) {
			return null;
		}
		$colon = strpos( $key, ':' );

		list( $owner_id, $index, $fingerprint ) = explode( '-', false === $colon ? $key : substr( $key, $colon + 1 ) );
		return new self( false === $colon ? Post_Text::NAME : substr( $key, 0, $colon ), (int) $owner_id, (int) $index, $fingerprint );
	}

	/**
	 * The same picture in the post as it is now: where it was, or, if exactly one other is just like it, where it moved.
	 *
	 * @param Found_Image[] $images All pictures of one value.
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
