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

	/** On the table of Library_Index. */
	private const MISSING = 'has_text = 0 AND decorative = 0';
	/** Names both columns of the index, or the database reads every row. */
	private const DECORATIVE = 'has_text IN (0, 1) AND decorative = 1';
	/** On the table of requests. */
	private const PENDING = "r.status = 'ready' AND r.suggestion_state IN ('pending', 'conflict')";
	private const FAILED  = "r.status = 'failed'";

	/** @return string A condition on the posts table, '' for an unknown state. */
	public static function sql( string $state ): string {
		return match ( $state ) {
			'missing'    => Library_Index::is_ready() ? Library_Index::condition( self::MISSING ) : self::image() . ' AND NOT ' . self::has_text() . ' AND NOT ' . self::is_decorative(),
			'with_text'  => self::image() . ' AND ' . self::has_text(),
			'pending'    => self::request( self::PENDING ),
			'approved'   => self::request( "r.status = 'ready' AND r.suggestion_state = 'applied'" ) . ' AND NOT ' . self::is_decorative(),
			'decorative' => Library_Index::is_ready() ? Library_Index::condition( self::DECORATIVE ) : self::image() . ' AND ' . self::is_decorative(),
			'failed'     => self::request( self::FAILED ),
			'image'      => self::image(),
			default      => '',
		};
	}

	/** @return string A query that counts the images of a state in our own tables, without the table of posts; '' where there is none. */
	public static function count_sql( string $state ): string {
		$own = array( 'pending' => self::PENDING, 'failed' => self::FAILED );
		return match ( true ) {
			in_array( $state, array( 'missing', 'decorative' ), true ) => Library_Index::is_ready() ? Library_Index::count_sql( 'missing' === $state ? self::MISSING : self::DECORATIVE ) : '',
			// Requests stay while their image is in the trash, which only a site that turned it on has.
			isset( $own[ $state ] ) && Schema::is_current() && ! ( defined( 'MEDIA_TRASH' ) && MEDIA_TRASH ) => 'SELECT COUNT(*) FROM ' . Schema::requests_table() . " r WHERE {$own[ $state ]}",
			default => '',
		};
	}

	/** An image that is not in the trash. */
	public static function image(): string {
		global $wpdb;
		return "( {$wpdb->posts}.post_type = 'attachment' AND {$wpdb->posts}.post_mime_type LIKE 'image/%' AND {$wpdb->posts}.post_status <> 'trash' )";
	}

	/** A video that is not in the trash. */
	public static function video(): string {
		global $wpdb;
		return "( {$wpdb->posts}.post_type = 'attachment' AND {$wpdb->posts}.post_mime_type LIKE 'video/%' AND {$wpdb->posts}.post_status <> 'trash' )";
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
		return ! Schema::is_current() ? '0 = 1' : 'EXISTS ( SELECT 1 FROM ' . Schema::requests_table() . " r WHERE r.attachment_id = {$wpdb->posts}.ID AND $condition )";
	}
}
