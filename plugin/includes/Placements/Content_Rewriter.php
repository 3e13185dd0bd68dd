<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use WP_HTML_Tag_Processor;

defined( 'ABSPATH' ) || exit;

/**
 * Gives pictures in a post's content another alt text, and touches no other byte: only the tag itself is replaced, and for
 * a Cover the comment that opens the block, because its editor compares the two.
 */
final class Content_Rewriter {
	public function __construct( private readonly Content_Scanner $scanner ) {}

	/**
	 * @param array<int, string> $texts New text by the picture's number in the post.
	 * @throws Rewrite_Error When the result is not what was asked for.
	 */
	public function rewrite( string $content, array $texts ): Rewrite {
		$texts = array_map( array( self::class, 'without_entities' ), $texts );
		$edits = array();
		foreach ( $this->scanner->scan( $content ) as $image ) {
			if ( isset( $texts[ $image->index ] ) && '' === $image->locked ) {
				$edits[] = new Edit( $image->index, $image->tag, self::tag_with_text( $image, $texts[ $image->index ] ) );
				if ( null !== $image->opener ) {
					$edits[] = new Edit( $image->index, $image->opener, self::opener_with_text( $image->opener->html, $texts[ $image->index ] ) );
				}
			}
		}
		$rewrite = new Rewrite( $content, self::apply( $content, $edits ), $edits );
		$this->check( $rewrite, $texts );
		return $rewrite;
	}

	/**
	 * Puts the bytes of an earlier rewrite back, wherever they still are what it left.
	 *
	 * @param array<int, array<string, mixed>> $edits index, before and after of each piece, as Change_Log keeps them.
	 * @throws Rewrite_Error When one of the pieces has been changed since.
	 */
	public function restore( string $content, array $edits ): Rewrite {
		$places = array();
		foreach ( $this->scanner->scan( $content ) as $image ) {
			foreach ( array_filter( array( $image->tag, $image->opener ) ) as $span ) {
				$places[] = array( $image->index, $span );
			}
		}
		$back = array();
		foreach ( $edits as $edit ) {
			$alike = array_filter( $places, static fn( array $place ): bool => $place[1]->html === $edit['after'] );
			$exact = array_filter( $alike, static fn( array $place ): bool => $place[0] === $edit['index'] );
			$found = array() !== $exact ? $exact : $alike;
			if ( 1 !== count( $found ) ) {
				throw new Rewrite_Error( 'The picture has been changed since.' );
			}
			$key    = array_key_first( $found );
			$back[] = new Edit( (int) $places[ $key ][0], $places[ $key ][1], (string) $edit['before'] );
			unset( $places[ $key ] );
		}
		$rewrite = new Rewrite( $content, self::apply( $content, $back ), $back );
		if ( ! Block_Comparison::differ_only_in_alt( parse_blocks( $rewrite->before ), parse_blocks( $rewrite->after ) ) ) {
			throw new Rewrite_Error( 'A block would change in more than its alternative text.' );
		}
		return $rewrite;
	}

	/**
	 * "AT&amp;amp;T" as people see it on a page. Both WordPress and its editor leave what looks like an entity as it is when they
	 * write an attribute, so such a text cannot be kept letter for letter; as the sign it stands for it can.
	 */
	public static function without_entities( string $text ): string {
		do {
			$before = $text;
			$text   = html_entity_decode( $text, ENT_QUOTES | ENT_HTML5, 'UTF-8' );
		} while ( $before !== $text );
		return $text;
	}

	/**
	 * Puts bytes in the place of others, from the back to the front, so that offsets stay true.
	 *
	 * @param Edit[] $edits
	 */
	private static function apply( string $content, array $edits ): string {
		usort( $edits, static fn( Edit $a, Edit $b ): int => $b->old->start <=> $a->old->start );
		foreach ( $edits as $edit ) {
			$content = substr_replace( $content, $edit->html, $edit->old->start, strlen( $edit->old->html ) );
		}
		return $content;
	}

	/** The tag with another text, every other byte as it was. */
	public static function tag_with_text( Found_Image $image, string $text ): string {
		$tag = new WP_HTML_Tag_Processor( $image->tag->html );
		$tag->next_tag();
		if ( $image->is_picture_tag() ) {
			$tag->set_attribute( 'alt', $text );
		} elseif ( '' === $text ) {
			$tag->remove_attribute( 'role' );
			$tag->remove_attribute( 'aria-label' );
		} else {
			// A Cover with a fixed background has no picture tag; its editor names the box instead.
			$tag->set_attribute( 'role', 'img' );
			$tag->set_attribute( 'aria-label', $text );
		}
		return $tag->get_updated_html();
	}

	/** @throws Rewrite_Error When the comment's settings are no JSON object. */
	private static function opener_with_text( string $comment, string $text ): string {
		if ( 1 !== preg_match( '/^(<!--\s+wp:\S+\s+)(?:(\{.*\})\s+)?(-->)$/s', $comment, $parts ) ) {
			throw new Rewrite_Error( 'The opening comment of a Cover block could not be read.' );
		}
		// Objects stay objects here: read as arrays, `{}` would be written back as `[]`.
		$settings = '' === $parts[2] ? new \stdClass() : json_decode( $parts[2] );
		if ( ! $settings instanceof \stdClass ) {
			throw new Rewrite_Error( 'The settings of a Cover block could not be read.' );
		}
		if ( '' === $text ) {
			unset( $settings->alt ); // The default is not saved.
		} else {
			$settings->alt = $text;
		}
		return $parts[1] . ( array() === get_object_vars( $settings ) ? '' : self::json( $settings ) . ' ' ) . $parts[3];
	}

	/** The escapes of serialize_block_attributes(), which takes arrays only: nothing in it may end the comment. */
	private static function json( \stdClass $settings ): string {
		$json = (string) wp_json_encode( $settings, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION );
		// One pass from left to right: the backslash of a pair must not be read as the escape of a quote that follows it.
		return strtr(
			$json,
			array(
				'\\\\' => '\\u005c',
				'\\"'  => '\\u0022',
				'--'   => '\\u002d\\u002d',
				'<'    => '\\u003c',
				'>'    => '\\u003e',
				'&'    => '\\u0026',
			)
		);
	}

	/**
	 * Reads the result again, as WordPress will: the same pictures, the same blocks, and no difference but the texts.
	 *
	 * @param array<int, string> $texts
	 * @throws Rewrite_Error
	 */
	private function check( Rewrite $rewrite, array $texts ): void {
		$before = $this->scanner->scan( $rewrite->before );
		$after  = $this->scanner->scan( $rewrite->after );
		if ( count( $before ) !== count( $after ) ) {
			throw new Rewrite_Error( 'The number of pictures would change.' );
		}
		foreach ( $after as $i => $image ) {
			$wanted = isset( $texts[ $i ] ) && '' === $image->locked ? $texts[ $i ] : (string) $before[ $i ]->alt;
			if ( $wanted !== (string) $image->alt || $before[ $i ]->attachment_id !== $image->attachment_id || $before[ $i ]->source !== $image->source ) {
				throw new Rewrite_Error( 'A picture would not read as it should.');
			}
		}
		if ( ! Block_Comparison::differ_only_in_alt( parse_blocks( $rewrite->before ), parse_blocks( $rewrite->after ) ) ) {
			throw new Rewrite_Error( 'A block would change in more than its alternative text.' );
		}
	}
}
