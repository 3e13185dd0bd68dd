<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Placements\Readers\Place_Reader;
use Altsmith\Placements\Readers\Post_Text;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Looks through everything that one owner shows, with every reader there is. */
final class Place_Search {
	/** Kind of a place where only the address of a picture was found. */
	public const MENTION = 'mention';

	/** Longer values are read, and not changed: a request has 64 MB. */
	private const MAX_WRITTEN_BYTES = 2_000_000;

	public function __construct( public readonly Place_Readers $readers, private readonly Attachment_Check $check ) {}

	public function of( Owner $owner ): Found_Places {
		$sizes     = Stored_Value::sizes( $owner, $this->readers->keys( $owner->type ) );
		$by_key    = array();
		$images    = array();
		$unread    = array();
		$addresses = array();
		foreach ( $this->readers->of( $owner->type ) as $reader ) {
			foreach ( $reader->keys() as $key ) {
				$by_key[ $key ][] = $reader;
			}
		}
		foreach ( $by_key as $key => $readers ) {
			$size = Place_Reader::CONTENT === $key ? 1 : $sizes[ $key ] ?? 0;
			$raw  = $size > 0 && $size <= Stored_Value::MAX_BYTES ? self::read( $owner, (string) $key ) : '';
			foreach ( '' === $raw && $size < 2 ? array() : $readers as $reader ) {
				try {
					if ( '' === $raw ) {
						throw new Unreadable( 'It is too long.' );
					}
					$images[ $reader->name() ] = array_merge( $images[ $reader->name() ] ?? array(), self::writable( $raw, $reader->find_of( $owner, $raw, (string) $key ) ) );
					if ( ! $reader->finds_all() ) {
						$unread[] = $reader->name();
					}
				} catch ( Unreadable ) {
					$unread[] = $reader->name();
				}
			}
			$addresses = array_merge( $addresses, Mentions::in( $raw ) );
		}
		return $this->found( $images, $unread, $addresses );
	}

	/**
	 * @param array<string, Found_Image[]> $images    By reader, whoever they belong to.
	 * @param string[]                     $unread
	 * @param string[]                     $addresses Of files that are mentioned.
	 */
	private function found( array $images, array $unread, array $addresses ): Found_Places {
		$sources                 = array_map( static fn( Found_Image $image ): string => $image->source, array_merge( ...array_values( $images ), ...array( array() ) ) );
		$others                  = array_values( array_diff( array_unique( $addresses ), $sources ) );
		$images[ self::MENTION ] = array_map( static fn( int $i, string $address ): Found_Image => Found_Image::without_copy( $i, 0, $address, '', Found_Image::UNKNOWN ), array_keys( $others ), $others );

		$own = array_filter( array_map( array( $this->check, 'own' ), $images ) );
		return new Found_Places( array_filter( $this->without_echoes( $own ) ), array_values( array_unique( $unread ) ) );
	}

	/**
	 * What stands in one value, as rewriting needs it.
	 *
	 * @return Found_Image[]
	 * @throws Unreadable
	 */
	public function in_value( Place_Reader $reader, string $raw, string $key ): array {
		return $this->check->own( self::writable( $raw, $reader->find( $raw, $key ) ) );
	}

	/**
	 * To change a value takes about ten times its memory.
	 *
	 * @param Found_Image[] $images
	 * @return Found_Image[]
	 */
	private static function writable( string $raw, array $images ): array {
		return strlen( $raw ) <= self::MAX_WRITTEN_BYTES ? $images : array_map( static fn( Found_Image $image ): Found_Image => $image->as_locked( Found_Image::LOCKED_FORM ), $images );
	}

	private static function read( Owner $owner, string $key ): string {
		$post = Place_Reader::CONTENT === $key ? get_post( $owner->id ) : null;
		if ( Place_Reader::CONTENT === $key ) {
			return $post instanceof WP_Post ? $post->post_content : '';
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
	private function without_echoes( array $images ): array {
		$is_built = array() !== array_filter( array_keys( $images ), fn( string $name ): bool => true === $this->readers->named( $name )?->replaces_content() );
		$is_weak  = static fn( string $name ): bool => self::MENTION === $name || ( $is_built && Post_Text::NAME === $name );
		$known    = array();
		foreach ( $images as $name => $some ) {
			foreach ( $is_weak( $name ) ? array() : $some as $image ) {
				$known[ $image->attachment_id ] = true;
			}
		}
		foreach ( array_filter( array_keys( $images ), $is_weak ) as $name ) {
			$seen            = array();
			$images[ $name ] = array_values(
				array_filter(
					$images[ $name ],
					static function ( Found_Image $image ) use ( $known, $name, &$seen ): bool {
						$is_new = ! isset( $known[ $image->attachment_id ] ) && ( self::MENTION !== $name || ! isset( $seen[ $image->attachment_id ] ) );
						$seen[ $image->attachment_id ] = true;
						return $is_new;
					}
				)
			);
		}
		// In a built page's content a picture is found as a tag, and its address with it.
		$tags                    = array_map( static fn( Found_Image $image ): int => $image->attachment_id, $images[ Post_Text::NAME ] ?? array() );
		$images[ self::MENTION ] = array_values( array_filter( $images[ self::MENTION ] ?? array(), static fn( Found_Image $image ): bool => ! in_array( $image->attachment_id, $tags, true ) ) );
		return $images;
	}
}
