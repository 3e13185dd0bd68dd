<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/**
 * Page builders keep texts of their own, in places and forms of their own. Altsmith does not look into them, and says so
 * by name instead of leaving the impression that a page was dealt with.
 */
final class Builders {
	/** Post meta that is there, and not empty, exactly when a post was made with the builder. */
	private const MARKS = array(
		'_elementor_edit_mode'       => 'Elementor',
		'_et_pb_use_builder'         => 'Divi',
		'_fl_builder_enabled'        => 'Beaver Builder',
		'_wpb_vc_js_status'          => 'WPBakery',
		'_bricks_page_content_2'     => 'Bricks',
		'_breakdance_data'           => 'Breakdance',
		'ct_builder_shortcodes'      => 'Oxygen',
		'brizy_post_uid'             => 'Brizy',
		'panels_data'                => 'SiteOrigin',
		'_themify_builder_settings_json' => 'Themify',
	);

	/** Values that say "switched off". */
	private const OFF = array( '', '0', 'off', 'false', 'no' );

	/** @return string The builder's name, or ''. */
	public function of_post( int $post_id ): string {
		foreach ( self::MARKS as $key => $name ) {
			$value = get_post_meta( $post_id, $key, true );
			if ( is_scalar( $value ) ? ! in_array( (string) $value, self::OFF, true ) : ! empty( $value ) ) {
				return $name;
			}
		}
		return '';
	}
}
