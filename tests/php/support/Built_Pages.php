<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

/** What page builders keep, in the shape in which they keep it: stand-ins, since none of them is here. */
final class Built_Pages {
	/** Elementor: widgets of both kinds, a gallery, a background, a text, and a picture that has only an address. */
	public static function elementor( int $id, string $url, string $text_alt = '', string $url_alt = '' ): string {
		$html   = '<p>Ä „quoted“ \\ <img class="wp-image-' . $id . '" src="' . $url . '" alt="' . $text_alt . '"> 😀</p>';
		$widget = static fn( string $type, array $settings ): array => array( 'id' => substr( md5( $type ), 0, 7 ), 'elType' => 'widget', 'settings' => $settings, 'elements' => array(), 'widgetType' => $type );
		return (string) wp_json_encode(
			array(
				array(
					'id'       => 'aaa1111',
					'elType'   => 'container',
					'settings' => array( 'background_background' => 'classic', 'background_image' => array( 'url' => $url, 'id' => $id, 'size' => '' ), 'empty' => new \stdClass() ),
					'elements' => array(
						$widget( 'image', array( 'image' => array( 'url' => $url, 'id' => $id, 'size' => '', 'alt' => 'never shown', 'source' => 'library' ) ) ),
						$widget( 'image-gallery', array( 'wp_gallery' => array( array( 'id' => $id, 'url' => $url ) ) ) ),
						$widget( 'e-image', array( 'image' => array( '$$type' => 'image', 'value' => array( 'src' => array( '$$type' => 'image-src', 'value' => array( 'id' => array( '$$type' => 'image-attachment-id', 'value' => $id ), 'url' => null ) ) ) ) ) ),
						$widget( 'text-editor', array( 'editor' => $html, 'ratio' => 0.30, 'on' => true ) ),
						$widget( 'image', array( 'image' => array( 'url' => $url, 'id' => '', 'size' => '', 'alt' => $url_alt ) ) ),
					),
					'isInner'  => false,
				),
			)
		);
	}

	/** Beaver Builder: a photo with the copy it keeps of the library, a gallery, a row with a background, a text. */
	public static function beaver( int $id, string $url, string $text_alt = '' ): string {
		$node = static fn( string $type, array $settings ): \stdClass => (object) array( 'node' => substr( md5( $type ), 0, 12 ), 'type' => 'module', 'parent' => null, 'position' => 0, 'settings' => (object) $settings );
		return serialize( // phpcs:ignore Generic.PHP.ForbiddenFunctions -- as WordPress keeps it
			array(
				'row1'   => $node( 'row', array( 'bg_image' => (string) $id, 'bg_image_src' => $url, 'opacity' => 0.5, 'full' => false, 'none' => null ) ),
				'photo1' => $node( 'photo', array( 'photo' => (string) $id, 'photo_src' => $url, 'data' => (object) array( 'id' => $id, 'url' => $url, 'alt' => 'an older copy' ) ) ),
				'gal1'   => $node( 'gallery', array( 'photos' => array( (string) $id ) ) ),
				'text1'  => $node( 'rich-text', array( 'text' => '<p>é ' . "\r\n" . '<img class="wp-image-' . $id . '" src="' . $url . '" alt="' . $text_alt . '"/> “end”;</p>' ) ),
			)
		);
	}

	/** Bricks: one picture with a text of its own, one without, and a background. */
	public static function bricks( int $id, string $url, string $own_text ): string {
		$image   = array( 'id' => $id, 'filename' => 'x.jpg', 'size' => 'large', 'full' => $url, 'url' => $url );
		$element = static fn( string $name, array $settings ): array => array( 'id' => substr( md5( $name . count( $settings ) ), 0, 6 ), 'name' => $name, 'parent' => 0, 'children' => array(), 'settings' => $settings );
		return serialize( array( $element( 'image', array( 'image' => $image, 'altText' => $own_text ) ), $element( 'image', array( 'image' => $image ) ), $element( 'section', array( '_background' => array( 'image' => $image ) ) ) ) ); // phpcs:ignore Generic.PHP.ForbiddenFunctions -- as WordPress keeps it
	}

	public static function wpbakery( int $id, string $url ): string {
		$code = base64_encode( rawurlencode( '<div><img class="wp-image-' . $id . '" src="' . $url . '" alt="by hand"></div>' ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- as WPBakery keeps it
		return "[vc_row css=\".vc_custom_1{background-image: url($url?id=$id) !important;}\"][vc_column][vc_row_inner][vc_column_inner][vc_single_image image=\"$id\" img_size=\"large\"][/vc_column_inner][/vc_row_inner][vc_gallery images=\"$id,999999999\"][vc_column_text]<img src=\"$url\" alt=\"\">[/vc_column_text][vc_raw_html]{$code}[/vc_raw_html][/vc_column][/vc_row]";
	}

	public static function divi( int $id, string $url, string $alt = '' ): string {
		$own = '' === $alt ? '' : " alt=\"$alt\"";
		return "[et_pb_section background_image=\"$url\"][et_pb_row][et_pb_column][et_pb_image src=\"$url\"$own title_text=\"T\" _builder_version=\"4.27\"][/et_pb_image][et_pb_image src='$url' alt='@ET-DC@eyJkeW5hbWljIjp0cnVl@'][/et_pb_image][et_pb_gallery gallery_ids=\"$id\"][/et_pb_gallery][et_pb_text]<p><img src=\"$url\" alt=\"\"></p>[/et_pb_text][/et_pb_column][/et_pb_row][/et_pb_section]";
	}

	public static function divi_blocks( string $url, string $alt = '' ): string {
		$value = array( 'src' => $url ) + ( '' === $alt ? array() : array( 'alt' => $alt ) ) + array( 'linkTarget' => 'off' );
		return '<!-- wp:divi/section --><!-- wp:divi/image ' . serialize_block_attributes( array( 'image' => array( 'innerContent' => array( 'desktop' => array( 'value' => $value ) ) ), 'module' => array( 'meta' => array( 'adminLabel' => 'a--b <x>' ) ), 'builderVersion' => '5.0' ) ) . ' /--><!-- /wp:divi/section -->';
	}
}
