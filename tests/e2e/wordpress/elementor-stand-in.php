<?php
/**
 * Plugin Name: What of Elementor 4.2 a page shows, and no more
 *
 * A page with `_elementor_data` shows its widgets in place of its content: an image widget with the library's text, a text editor
 * as it was typed. The finished page is kept in `_elementor_element_cache` for a day, as Elementor keeps it.
 */

define( 'ELEMENTOR_VERSION', '4.2.3' );

function elementor_stand_in( array $elements ): string {
	$html = '';
	foreach ( $elements as $element ) {
		$settings = $element['settings'] ?? array();
		$html    .= match ( $element['widgetType'] ?? '' ) {
			'image'       => wp_get_attachment_image( (int) $settings['image']['id'], 'large' ),
			'text-editor' => $settings['editor'],
			default       => '',
		};
		$html .= elementor_stand_in( $element['elements'] ?? array() );
	}
	return $html;
}

add_filter(
	'the_content',
	static function ( string $content ): string {
		$data = get_post_meta( get_the_ID(), '_elementor_data', true );
		if ( ! is_string( $data ) || '' === $data ) {
			return $content;
		}
		$kept = json_decode( (string) get_post_meta( get_the_ID(), '_elementor_element_cache', true ), true );
		if ( is_array( $kept ) && $kept['timeout'] > time() ) {
			return $kept['value'];
		}
		$html = elementor_stand_in( json_decode( $data, true ) );
		update_post_meta( get_the_ID(), '_elementor_element_cache', wp_slash( wp_json_encode( array( 'timeout' => time() + 86400, 'value' => $html ) ) ) );
		return $html;
	},
	1
);
