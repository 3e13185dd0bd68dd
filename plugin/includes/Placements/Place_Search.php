<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Placements\Readers\Place_Reader;
use Altsmith\Placements\Readers\Post_Text;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Looks through everything that one owner shows, with every reader there is. */
final class Place_Search {
	public function __construct( public readonly Place_Readers $readers, private readonly Attachment_Check $check ) {}

	public function of( Owner $owner ): Found_Places {
		$post   = Owner::POST === $owner->type ? get_post( $owner->id ) : null;
		$sizes  = Stored_Value::sizes( $owner, $this->readers->keys( $owner->type ) );
		$images = array();
		$unread = array();
		$is_own = false;
		foreach ( $this->readers->of( $owner->type ) as $name => $reader ) {
			foreach ( $reader->keys() as $key ) {
				$raw = Place_Reader::CONTENT === $key ? ( $post instanceof WP_Post ? $post->post_content : '' ) : '';
				if ( '' === $raw && ! isset( $sizes[ $key ] ) ) {
					continue;
				}
				try {
					$raw             = '' === $raw ? self::read( $owner, $key, $sizes[ $key ] ) : $raw;
					$found           = $this->check->own( $reader->find( $raw, $key ) );
					$images[ $name ] = array_merge( $images[ $name ] ?? array(), $found );
					$is_own          = $is_own || ( $reader->replaces_content() && array() !== $found );
				} catch ( Unreadable ) {
					$unread[] = $name;
				}
				unset( $raw );
			}
		}
		return new Found_Places( array_filter( self::without_echoes( $images, $is_own ) ), array_values( array_unique( $unread ) ) );
	}

	/**
	 * What stands in one value, as rewriting needs it.
	 *
	 * @return Found_Image[]
	 * @throws Unreadable
	 */
	public function in_value( Place_Reader $reader, string $raw, string $key ): array {
		return $this->check->own( $reader->find( $raw, $key ) );
	}

	/** @throws Unreadable When it is too long. */
	private static function read( Owner $owner, string $key, int $size ): string {
		if ( $size > Stored_Value::MAX_BYTES ) {
			throw new Unreadable( 'It is too long.' );
		}
		return (string) ( new Stored_Value( $owner, $key ) )->read();
	}

	/**
	 * A picture whose mere address was found is left out where it was found in a better way; and one in a post's content
	 * where a builder shows something else in its place, unless the builder does not show it.
	 *
	 * @param array<string, Found_Image[]> $images By reader.
	 * @return array<string, Found_Image[]>
	 */
	private static function without_echoes( array $images, bool $is_built ): array {
		$known = array();
		foreach ( $images as $name => $some ) {
			foreach ( $some as $image ) {
				if ( Found_Image::UNKNOWN !== $image->shows && ( ! $is_built || Post_Text::NAME !== $name ) ) {
					$known[ $image->attachment_id ] = true;
				}
			}
		}
		foreach ( $images as $name => $some ) {
			$is_echo         = static fn( Found_Image $image ): bool => isset( $known[ $image->attachment_id ] ) && ( Found_Image::UNKNOWN === $image->shows || ( $is_built && Post_Text::NAME === $name ) );
			$images[ $name ] = array_values( array_filter( $some, static fn( Found_Image $image ): bool => ! $is_echo( $image ) ) );
		}
		return $images;
	}
}
