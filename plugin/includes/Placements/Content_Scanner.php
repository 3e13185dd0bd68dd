<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** Finds the pictures in a post's content. Reads only what is in the text; whose picture it is, is checked elsewhere. */
final class Content_Scanner {
	/** The attribute that carries the picture's number, of the blocks that have one. */
	private const NUMBERS = array(
		'core/image'      => 'id',
		'core/cover'      => 'id',
		'core/media-text' => 'mediaId',
	);

	private const COVER_BACKGROUND = 'wp-block-cover__image-background';

	/** More pictures in one text are none that a person placed; each takes a thousand bytes of memory. */
	public const MAX_IMAGES = 5000;

	/** @return Found_Image[] In document order; at most one more than MAX_IMAGES. */
	public function scan( string $content ): array {
		// Most posts of most sites end here.
		if ( false === stripos( $content, '<img' ) && ! str_contains( $content, self::COVER_BACKGROUND ) ) {
			return array();
		}
		$map    = Block_Map::of( $content );
		$reader = new Tag_Reader( $content );
		$found  = array();
		$linked = false;
		while ( count( $found ) <= self::MAX_IMAGES && $reader->next_tag( array( 'tag_closers' => 'visit' ) ) ) {
			$tag = $reader->get_tag();
			if ( 'A' === $tag ) {
				$linked = ! $reader->is_tag_closer() && null !== $reader->get_attribute( 'href' );
			} elseif ( ! $reader->is_tag_closer() && ( 'IMG' === $tag || ( 'DIV' === $tag && $this->is_background( $reader ) ) ) ) {
				$span    = $reader->span();
				$found[] = $this->describe( count( $found ), $reader, $span, $map->innermost_at( $span->start ), $linked );
			}
		}
		return $found;
	}

	private function is_background( Tag_Reader $reader ): bool {
		return in_array( self::COVER_BACKGROUND, self::classes( $reader ), true );
	}

	private function describe( int $index, Tag_Reader $reader, Span $span, ?Block_Opener $block, bool $linked ): Found_Image {
		$is_image = 'IMG' === $reader->get_tag();
		$name     = $block->name ?? '';
		$alt      = $reader->get_attribute( $is_image ? 'alt' : 'aria-label' );
		$is_cover = 'core/cover' === $name && $this->is_background( $reader );
		return new Found_Image(
			$index,
			$this->attachment_id( $reader, $block, $is_cover ),
			$name,
			true === $alt ? '' : $alt,
			$this->is_decorative( $reader, $block ),
			$linked,
			$this->locked( $block, $is_cover ),
			$is_image ? (string) $reader->get_attribute( 'src' ) : (string) ( $block->attributes['url'] ?? '' ),
			$span,
			$is_cover ? $block->comment : null,
		);
	}

	/** The block's own number first: it is what the editor uses. In HTML the class or the gallery's data attribute. */
	private function attachment_id( Tag_Reader $reader, ?Block_Opener $block, bool $is_cover ): int {
		$attribute = self::NUMBERS[ $block->name ?? '' ] ?? '';
		$is_own    = null !== $block && '' !== $attribute && ( 'core/cover' !== $block->name || $is_cover );
		$number    = $is_own ? $block->number( $attribute ) : 0;
		if ( $number > 0 ) {
			return $number;
		}
		foreach ( self::classes( $reader ) as $class ) {
			if ( 1 === preg_match( '/^wp-image-(\d+)$/', $class, $match ) ) {
				return (int) $match[1];
			}
		}
		$data = $reader->get_attribute( 'data-id' );
		return is_string( $data ) && ctype_digit( $data ) ? (int) $data : 0;
	}

	private function is_decorative( Tag_Reader $reader, ?Block_Opener $block ): bool {
		$role = $reader->get_attribute( 'role' );
		return in_array( $role, array( 'none', 'presentation' ), true )
			|| 'true' === $reader->get_attribute( 'aria-hidden' )
			|| ( null !== $block && 'core/image' === $block->name && $block->is_on( 'isDecorative' ) );
	}

	private function locked( ?Block_Opener $block, bool $is_cover ): string {
		if ( null === $block ) {
			return '';
		}
		// Core's blocks read alt text from their HTML, and Cover's second copy is ours to change as well. What other
		// plugins' blocks keep where, only they know. A picture in a Cover that is not its background is no saved markup of it.
		if ( ! str_starts_with( $block->name, 'core/' ) || ( 'core/cover' === $block->name && ! $is_cover ) ) {
			return Found_Image::LOCKED_FOREIGN;
		}
		return $block->is_bound( 'core/media-text' === $block->name ? 'mediaAlt' : 'alt' ) ? Found_Image::LOCKED_BOUND : '';
	}

	/** @return string[] */
	private static function classes( Tag_Reader $reader ): array {
		$value = $reader->get_attribute( 'class' );
		return is_string( $value ) ? (array) preg_split( '/\s+/', $value, -1, PREG_SPLIT_NO_EMPTY ) : array();
	}
}
