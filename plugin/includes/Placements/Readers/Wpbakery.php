<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Content_Scanner;
use Altsmith\Placements\Found_Image;

defined( 'ABSPATH' ) || exit;

/** WPBakery: shortcodes in the post's content that name attachments by number. They show the library's text. */
final class Wpbakery extends Place_Reader {
	private const NUMBERS = array( 'image', 'images', 'img_id', 'image_id', 'parallax_image' );

	public function name(): string {
		return 'wpbakery';
	}

	public function label(): string {
		return 'WPBakery';
	}

	public function keys(): array {
		return array( self::CONTENT );
	}

	public function find( string $raw, string $key ): array {
		$found = array();
		foreach ( str_contains( $raw, '[vc_' ) ? Shortcodes::in( $raw, 'vc_\w+' ) : array() as list( $name, $attributes, $tag ) ) {
			foreach ( self::NUMBERS as $attribute ) {
				foreach ( Shortcodes::numbers( (string) ( $attributes[ $attribute ] ?? '' ) ) as $id ) {
					$found[] = Found_Image::without_copy( count( $found ), $id, '', $key, 'parallax_image' === $attribute ? Found_Image::NO_TEXT : Found_Image::LIBRARY, $name );
				}
			}
			// .vc_custom_1{background-image: url(https://…/sea.jpg?id=12) !important;}
			if ( preg_match_all( '/url\(([^)?\s]+)\?id=(\d{1,19})\)/', (string) ( $attributes['css'] ?? '' ), $backgrounds, PREG_SET_ORDER ) ) {
				foreach ( $backgrounds as list( , $source, $id ) ) {
					$found[] = Found_Image::without_copy( count( $found ), (int) $id, $source, $key, Found_Image::NO_TEXT, $name );
				}
			}
			if ( 'vc_raw_html' === $name ) {
				$found = array_merge( $found, self::in_raw_html( substr( $raw, $tag->end(), (int) strcspn( $raw, '[', $tag->end() ) ), count( $found ), $key ) );
			}
		}
		return $found;
	}

	/** @return Found_Image[] HTML of people's own, kept as base64 of percent signs: read, and not written. */
	private static function in_raw_html( string $code, int $first, string $key ): array {
		$html = rawurldecode( (string) base64_decode( trim( wp_strip_all_tags( $code ) ), true ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- the form in which WPBakery keeps it
		return array_map(
			static fn( Found_Image $image ): Found_Image => new Found_Image( $first + $image->index, $image->attachment_id, 'vc_raw_html', $image->alt, $image->decorative, $image->linked, Found_Image::LOCKED_FORM, $image->source, $image->tag, null, Found_Image::COPY, $key ),
			( new Content_Scanner() )->scan( $html )
		);
	}
}
