<?php
declare( strict_types=1 );

namespace Altsmith\Audit;

use WP_HTML_Tag_Processor;

defined( 'ABSPATH' ) || exit;

/**
 * Reads the images out of a page's HTML, as it was sent: no script runs. Tags are read by WordPress's own HTML API; elements that end without a
 * closing tag end with the element around them, which is as near to a browser as this needs.
 */
final class Page_Reader {
	/** Images of one page that are looked at; a page with more is a list that nobody reads to its end. */
	private const MOST_IMAGES = 2000;

	/** Elements within a line: they do not end a text. */
	private const IN_LINE = array( 'A', 'ABBR', 'B', 'BDI', 'BDO', 'BUTTON', 'CITE', 'CODE', 'EM', 'FONT', 'I', 'IMG', 'INPUT', 'KBD', 'LABEL', 'MARK', 'PICTURE', 'Q', 'S', 'SMALL', 'SOURCE', 'SPAN', 'STRONG', 'SUB', 'SUP', 'TIME', 'U', 'VAR', 'WBR' );

	private const VOID = array( 'AREA', 'BASE', 'BR', 'COL', 'EMBED', 'HR', 'IMG', 'INPUT', 'LINK', 'META', 'PARAM', 'SOURCE', 'TRACK', 'WBR' );

	/** Their content is no part of the page, or none that is shown while scripts run. */
	private const NOT_SHOWN = array( 'NOSCRIPT', 'TEMPLATE', 'HEAD' );

	/** Tags whose content the HTML API reads together with them. */
	private const WHOLE = array( 'IFRAME', 'NOEMBED', 'NOFRAMES', 'SCRIPT', 'STYLE', 'TEXTAREA', 'TITLE', 'XMP' );

	/** Elements inside each other; those deeper down count as part of the last one. */
	private const MOST_DEPTH = 1000;

	/** @var array<int, array{tag: string, hidden: bool, caption: bool, link: ?Page_Link, figure: ?Page_Figure, ends: array<int, Page_Link|Page_Figure>}> Open elements, outermost first; each knows what it is in. */
	private array $open = array();

	/** @var array<string, int> How many elements of each name are open. */
	private array $count = array();

	/** @var array<int, Page_Image> */
	private array $images = array();

	/** @var Page_Image[] Seen since the last text, which have none after them yet. */
	private array $waiting = array();

	/** The text of the present block so far, and the one before the next image; '' once an image has come after it. */
	private string $text   = '';
	private string $before = '';

	/** @return Page_Image[] Those that somebody may see or hear, in the order of the page. */
	public static function images( string $html ): array {
		$reader = new self();
		$tags   = new WP_HTML_Tag_Processor( $html );
		while ( count( $reader->images ) < self::MOST_IMAGES && $tags->next_token() ) {
			match ( $tags->get_token_type() ) {
				'#text' => $reader->text( $tags->get_modifiable_text() ),
				'#tag'  => $tags->is_tag_closer() ? $reader->close( (string) $tags->get_tag() ) : $reader->open( $tags ),
				default => null,
			};
		}
		$reader->end_text();
		$reader->end_to( 0 );
		return $reader->images;
	}

	private function open( WP_HTML_Tag_Processor $tags ): void {
		$tag = (string) $tags->get_tag();
		// Both end without a closing tag as well.
		if ( 'BODY' === $tag || 'A' === $tag ) {
			$this->close( 'A' === $tag ? 'A' : 'HEAD' );
		}
		$hidden = $this->is_hidden() || in_array( $tag, self::NOT_SHOWN, true ) || self::hides( $tags );
		if ( ! in_array( $tag, self::IN_LINE, true ) ) {
			$this->end_text();
		}
		$image = $hidden ? null : self::image( $tag, $tags );
		if ( null !== $image ) {
			$this->add( $image );
		}
		if ( 'TITLE' === $tag && ! $hidden ) {
			$this->text( $tags->get_modifiable_text() ); // Of an SVG: it names the link around it.
		}
		if ( in_array( $tag, self::VOID, true ) || in_array( $tag, self::WHOLE, true ) || ( $tags->has_self_closing_flag() && ! ctype_upper( $tag[0] ) ) ) {
			return;
		}
		// A screen reader still hears a link that only its content is hidden in; one that is hidden itself it does not.
		$is_link = ! $hidden && ( ( 'A' === $tag && null !== $tags->get_attribute( 'href' ) ) || 'BUTTON' === $tag );
		if ( count( $this->open ) >= self::MOST_DEPTH ) {
			return;
		}
		$around = end( $this->open );
		$link   = $is_link ? new Page_Link( self::other_name( $tags ) ) : null;
		$figure = 'FIGURE' === $tag ? new Page_Figure() : null;

		$this->count[ $tag ] = ( $this->count[ $tag ] ?? 0 ) + 1;
		$this->open[]        = array(
			'tag'     => $tag,
			'hidden'  => $hidden || 'true' === $tags->get_attribute( 'aria-hidden' ),
			'caption' => 'FIGCAPTION' === $tag || ( is_array( $around ) && $around['caption'] && null === $figure ),
			'link'    => $link ?? ( is_array( $around ) ? $around['link'] : null ),
			'figure'  => $figure ?? ( is_array( $around ) ? $around['figure'] : null ),
			'ends'    => array_filter( array( $link, $figure ) ),
		);
	}

	private function close( string $tag ): void {
		if ( ! in_array( $tag, self::IN_LINE, true ) ) {
			$this->end_text();
		}
		for ( $at = count( $this->open ) - 1; $at >= 0 && ( $this->count[ $tag ] ?? 0 ) > 0; $at-- ) {
			if ( $tag === $this->open[ $at ]['tag'] ) {
				$this->end_to( $at );
				return;
			}
		}
	}

	/** Ends the elements from this depth on. */
	private function end_to( int $depth ): void {
		foreach ( array_reverse( array_splice( $this->open, $depth ) ) as $element ) {
			--$this->count[ $element['tag'] ];
			array_map( static fn( Page_Link|Page_Figure $one ) => $one->end(), $element['ends'] );
		}
	}

	private function text( string $text ): void {
		if ( $this->is_hidden() ) {
			return;
		}
		$this->text .= $text;
		$around      = end( $this->open );
		if ( is_array( $around ) ) {
			$around['link']?->add_text( $text );
			if ( $around['caption'] ) {
				$around['figure']?->add_caption( $text );
			}
		}
	}

	/** A text is complete: it stands after the images before it, and before the next one. */
	private function end_text(): void {
		$text       = self::plain( $this->text );
		$this->text = '';
		if ( '' === $text ) {
			return;
		}
		foreach ( $this->waiting as $image ) {
			$image->after = $text;
		}
		$this->waiting = array();
		$this->before  = $text;
	}

	private function add( Page_Image $image ): void {
		$this->end_text();
		$this->images[] = $image;
		$around         = end( $this->open );
		$link           = is_array( $around ) ? $around['link'] : null;
		if ( null === $link ) {
			$image->before   = $this->before;
			$this->waiting[] = $image;
		} else {
			$link->add_image( $image ); // What stands outside of a link is read as something else than the link.
		}
		$this->before = '';
		if ( is_array( $around ) ) {
			$around['figure']?->add_image( $image );
		}
	}

	private function is_hidden(): bool {
		$last = end( $this->open );
		return is_array( $last ) && $last['hidden'];
	}

	/** Whether nobody sees or hears it: what aria-hidden hides is still seen, and an image says it of itself as well. */
	private static function hides( WP_HTML_Tag_Processor $tags ): bool {
		$style = $tags->get_attribute( 'style' );
		return null !== $tags->get_attribute( 'hidden' ) || ( is_string( $style ) && 1 === preg_match( '/(^|;)\s*(display\s*:\s*none|visibility\s*:\s*hidden)/i', $style ) );
	}

	private static function image( string $tag, WP_HTML_Tag_Processor $tags ): ?Page_Image {
		$role  = strtolower( self::attribute( $tags, 'role' ) );
		$is_it = 'IMG' === $tag || ( 'INPUT' === $tag && 'image' === strtolower( self::attribute( $tags, 'type' ) ) ) || ( 'AREA' === $tag && null !== $tags->get_attribute( 'href' ) );
		if ( ! $is_it ) {
			return null;
		}
		$alt = $tags->get_attribute( 'alt' );
		preg_match( '/(?:^|\s)wp-image-(\d+)(?:\s|$)/', self::attribute( $tags, 'class' ), $found );
		$id = $found[1] ?? self::attribute( $tags, 'data-id' );
		return new Page_Image(
			self::source( $tags ),
			null === $alt ? null : ( true === $alt ? '' : self::plain( (string) $alt, true ) ),
			self::other_name( $tags ),
			in_array( $role, array( 'presentation', 'none' ), true ) || 'true' === $tags->get_attribute( 'aria-hidden' ),
			'IMG' !== $tag,
			ctype_digit( $id ) ? (int) $id : 0
		);
	}

	/** Scripts that load images late keep the real address elsewhere. */
	private static function source( WP_HTML_Tag_Processor $tags ): string {
		foreach ( array( 'src', 'data-src', 'data-lazy-src' ) as $name ) {
			$address = self::attribute( $tags, $name );
			if ( '' !== $address && ! str_starts_with( $address, 'data:' ) ) {
				return $address;
			}
		}
		return '';
	}

	private static function other_name( WP_HTML_Tag_Processor $tags ): string {
		return '' !== self::attribute( $tags, 'aria-labelledby' ) ? '…' : self::plain( self::attribute( $tags, 'aria-label' ) . ' ' . self::attribute( $tags, 'title' ) );
	}

	private static function attribute( WP_HTML_Tag_Processor $tags, string $name ): string {
		$value = $tags->get_attribute( $name );
		return is_string( $value ) ? $value : '';
	}

	/** Single spaces. @param bool $keep_blank A text of spaces only stays one space: it is not the same as an empty one. */
	public static function plain( string $text, bool $keep_blank = false ): string {
		$plain = trim( (string) preg_replace( '/[\s\x{00a0}]+/u', ' ', wp_check_invalid_utf8( $text, true ) ) );
		return '' === $plain && $keep_blank && '' !== $text ? ' ' : $plain;
	}
}
