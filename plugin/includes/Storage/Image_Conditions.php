<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- names of tables and columns only; values are prepared

/** What "missing", "waiting for review" and so on mean for an image, as SQL. The one place that says so. */
final class Image_Conditions {
	public const STATES = array( 'missing', 'pending', 'approved', 'decorative', 'failed' );

	/** @return string A condition on the posts table, '' for an unknown state. */
	public static function sql( string $state ): string {
		return match ( $state ) {
			'missing'    => Library_Index::is_ready() ? Library_Index::condition( false, false ) : self::image() . ' AND NOT ' . self::has_text() . ' AND NOT ' . self::is_decorative(),
			'with_text'  => self::image() . ' AND ' . self::has_text(),
			'pending'    => self::request( "r.status = 'ready' AND r.suggestion_state IN ('pending', 'conflict')" ),
			'approved'   => self::request( "r.status = 'ready' AND r.suggestion_state = 'applied'" ) . ' AND NOT ' . self::is_decorative(),
			'decorative' => self::image() . ' AND ' . self::is_decorative(),
			'failed'     => self::request( "r.status = 'failed'" ),
			'image'      => self::image(),
			default      => '',
		};
	}

	/** An image that is not in the trash. */
	public static function image(): string {
		global $wpdb;
		return "( {$wpdb->posts}.post_type = 'attachment' AND {$wpdb->posts}.post_mime_type LIKE 'image/%' AND {$wpdb->posts}.post_status <> 'trash' )";
	}

	/** Spaces alone are no text. */
	public static function has_text(): string {
		global $wpdb;
		return (string) $wpdb->prepare( "EXISTS ( SELECT 1 FROM {$wpdb->postmeta} alt WHERE alt.post_id = {$wpdb->posts}.ID AND alt.meta_key = %s AND TRIM( alt.meta_value ) <> '' )", Alt_Text_Meta::KEY );
	}

	/** An image that is marked as decorative. */
	public static function is_decorative(): string {
		global $wpdb;
		return (string) $wpdb->prepare( "EXISTS ( SELECT 1 FROM {$wpdb->postmeta} deco WHERE deco.post_id = {$wpdb->posts}.ID AND deco.meta_key = %s AND deco.meta_value = '1' )", Provenance::DECORATIVE_KEY );
	}

	private static function request( string $condition ): string {
		global $wpdb;
		return 'EXISTS ( SELECT 1 FROM ' . Schema::requests_table() . " r WHERE r.attachment_id = {$wpdb->posts}.ID AND $condition )";
	}
}
