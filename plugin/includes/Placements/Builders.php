<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/**
 * By which page builder a post was made. Most builders keep the page apart from the post's content, which is an older copy
 * of it then: what stands there is listed under the builder's name and left alone.
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

	/** Builders whose page is the post's content itself. */
	private const IN_CONTENT = array( 'Divi', 'WPBakery' );

	/** Values that say "switched off". */
	private const OFF = array( '', '0', 'off', 'false', 'no', 'a:0:{}' );

	private const LONGEST_SWITCH = 6;

	/** @return string The builder's name, or ''. Values are not unserialised. */
	public function of_post( int $post_id ): string {
		$owner = new Owner( Owner::POST, $post_id );
		$sizes = Stored_Value::sizes( $owner, array_keys( self::MARKS ) );
		foreach ( array_intersect_key( self::MARKS, $sizes ) as $key => $name ) {
			$is_short = $sizes[ $key ] <= self::LONGEST_SWITCH;
			if ( ! $is_short || ! in_array( (string) ( new Stored_Value( $owner, $key ) )->read(), self::OFF, true ) ) {
				return $name;
			}
		}
		return '';
	}

	/** Whether what stands in the post's content is not what the page shows. */
	public static function hides_content( string $builder ): bool {
		return '' !== $builder && ! in_array( $builder, self::IN_CONTENT, true );
	}
}
