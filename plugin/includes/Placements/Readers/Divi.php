<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Rewrite_Error;
use Altsmith\Placements\Span;

defined( 'ABSPATH' ) || exit;

/** Divi 4: shortcodes in the post's content, each with the picture's address and a text of its own, which is empty where none was typed. */
final class Divi extends Place_Reader {
	/** Attributes with a picture's address, each with the one that has its text; '' where the text is something else. */
	private const PICTURES = array(
		'et_pb_image'           => array( 'src' => 'alt' ),
		'et_pb_fullwidth_image' => array( 'src' => 'alt' ),
		'et_pb_blurb'           => array( 'image' => 'alt' ),
		'et_pb_slide'           => array( 'image' => 'image_alt' ),
		'et_pb_team_member'     => array( 'image_url' => '' ),
		'et_pb_testimonial'     => array( 'portrait_url' => '' ),
	);

	/** How Divi writes these signs in an attribute. */
	private const SIGNS = array( '%22' => '"', '%91' => '[', '%93' => ']' );

	public function name(): string {
		return 'divi';
	}

	public function label(): string {
		return 'Divi';
	}

	public function keys(): array {
		return array( self::CONTENT );
	}

	public function find( string $raw, string $key ): array {
		$found = array();
		foreach ( str_contains( $raw, '[et_pb_' ) ? Shortcodes::in( $raw, 'et_pb_\w+' ) : array() as list( $name, $attributes, $tag ) ) {
			foreach ( self::PICTURES[ $name ] ?? array() as $source => $text ) {
				$address = (string) ( $attributes[ $source ] ?? '' );
				if ( '' === $address ) {
					continue;
				}
				$found[] = '' === $text
					? Found_Image::without_copy( count( $found ), 0, $address, $key, Found_Image::NO_TEXT, $name )
					: self::picture( count( $found ), $name, $address, $attributes[ $text ] ?? null, $text, $tag );
			}
			foreach ( Shortcodes::numbers( (string) ( $attributes['gallery_ids'] ?? '' ) ) as $id ) {
				$found[] = Found_Image::without_copy( count( $found ), $id, '', $key, Found_Image::LIBRARY, $name );
			}
			if ( ! empty( $attributes['background_image'] ) ) {
				$found[] = Found_Image::without_copy( count( $found ), 0, (string) $attributes['background_image'], $key, Found_Image::NO_TEXT, $name );
			}
		}
		return $found;
	}

	private static function picture( int $index, string $name, string $address, ?string $text, string $attribute, Span $tag ): Found_Image {
		// @ET-DC@…@ stands for dynamic content, such as the library's text.
		$locked = str_contains( (string) $text, '@ET-DC@' ) ? Found_Image::LOCKED_BOUND : '';
		$alt    = null === $text ? null : strtr( $text, self::SIGNS );
		return new Found_Image( $index, 0, $name, $alt, false, false, $locked, $address, $tag, null, Found_Image::COPY, self::CONTENT, static fn( string $new ): string => self::tag_with_text( $tag->html, $attribute, $new ) );
	}

	/** @throws Rewrite_Error For texts with signs of shortcodes and HTML. */
	private static function tag_with_text( string $tag, string $attribute, string $text ): string {
		if ( 1 === preg_match( '/["\[\]<>\\\\%]|[\x00-\x1f]/', $text ) ) {
			throw new Rewrite_Error( 'The text has signs that a shortcode cannot have.' );
		}
		$count = 0;
		$new   = preg_replace_callback( '/(?<=\s)' . $attribute . '=(?:"[^"]*"|\'[^\']*\')/', static fn(): string => $attribute . '="' . $text . '"', $tag, 1, $count );
		return 1 === $count ? (string) $new : (string) preg_replace_callback( '/^\[\w+/', static fn( array $start ): string => $start[0] . ' ' . $attribute . '="' . $text . '"', $tag );
	}
}
