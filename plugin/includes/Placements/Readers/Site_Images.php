<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Owner;
use Altsmith\Placements\Structures\Structure;

defined( 'ABSPATH' ) || exit;

/** The site's logo, icon, header and background. The logo shows the library's text, except on the front page, where it is decorative or the site's name. */
final class Site_Images extends Place_Reader {
	public function name(): string {
		return 'site';
	}

	public function label(): string {
		return '';
	}

	public function title( string $key ): string {
		return 'site_icon' === $key ? __( 'Site icon', 'altsmith' ) : __( 'Logo, header or background of the site', 'altsmith' );
	}

	public function owner(): string {
		return Owner::SITE;
	}

	public function keys(): array {
		return array( 'site_logo', 'site_icon', 'theme_mods_' . get_option( 'stylesheet' ) );
	}

	public function find( string $raw, string $key ): array {
		if ( 'site_icon' === $key || 'site_logo' === $key ) {
			return array( Found_Image::without_copy( 0, (int) $raw, '', $key, 'site_icon' === $key ? Found_Image::NO_TEXT : Found_Image::LIBRARY ) );
		}
		$found = array();
		foreach ( Structure::nodes( $raw ) as $node ) {
			foreach ( array( 'custom_logo' => Found_Image::LIBRARY, 'attachment_id' => Found_Image::LIBRARY ) as $name => $shows ) {
				if ( $node->number( $name ) > 0 ) {
					$found[] = Found_Image::without_copy( count( $found ), $node->number( $name ), '', $key, $shows );
				}
			}
			foreach ( array( 'header_image' => Found_Image::LIBRARY, 'background_image' => Found_Image::NO_TEXT ) as $name => $shows ) {
				if ( '' !== $node->text( $name ) ) {
					$found[] = Found_Image::without_copy( count( $found ), 0, $node->text( $name ), $key, $shows );
				}
			}
		}
		return $found;
	}
}
