<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use Altsmith\Review\Reviewer;
use Altsmith\Sync\Schedule;
use WP_Site;

defined( 'ABSPATH' ) || exit;

/** Activation, deactivation and uninstall, on a single site and on every site of a network. */
final class Installer {
	/** Sites of a network that are read at once. */
	private const SITES = 100;

	/** Activation hook. */
	public static function activate( bool $network_wide = false ): void {
		self::on_each_site(
			$network_wide,
			static function (): void {
				Schema::upgrade();
				// What was written while the plugin was not active is in no list: everything is read once more.
				delete_option( 'altsmith_placement_scan' );
				Library_Index::start_over();
				if ( Schema::is_current() ) {
					( new Picture_Store() )->doubt_all();
				}
			}
		);
	}

	/** Deactivation hook. */
	public static function deactivate( bool $network_wide = false ): void {
		self::on_each_site( $network_wide, array( Schedule::class, 'clear' ) );
	}

	/** Tables, options, cron and our own meta go; alt text, titles and descriptions stay. */
	public static function uninstall(): void {
		self::on_each_site( is_multisite(), array( self::class, 'remove_from_site' ) );
		delete_site_option( 'altsmith_identity_answer' );
		delete_site_option( 'altsmith_network' );
		delete_metadata( 'user', 0, Reviewer::USER_KEY, '', true ); // What people chose for the review screen.
	}

	/** A site added to a network where the plugin is active for all gets its tables at once. */
	public static function new_site( mixed $site = null ): void {
		if ( ! $site instanceof WP_Site || ! isset( ( (array) get_site_option( 'active_sitewide_plugins', array() ) )[ plugin_basename( ALTSMITH_FILE ) ] ) ) {
			return;
		}
		switch_to_blog( (int) $site->blog_id );
		Schema::upgrade();
		restore_current_blog();
	}

	/**
	 * Tables that WordPress deletes together with a site of a network.
	 *
	 * @param mixed $tables
	 * @return mixed
	 */
	public static function drop_with_site( mixed $tables = null, mixed $site_id = 0 ): mixed {
		if ( ! is_array( $tables ) || (int) $site_id <= 0 ) {
			return $tables;
		}
		switch_to_blog( (int) $site_id );
		$tables = array_merge( $tables, Schema::tables() );
		restore_current_blog();
		return $tables;
	}

	/** Removes everything the plugin stored for the current site. */
	public static function remove_from_site(): void {
		global $wpdb;
		delete_metadata( 'user', 0, $wpdb->get_blog_prefix() . Reviewer::PASSED_OPTION, '', true );
		Schema::drop();
		Schedule::clear();
		// phpcs:disable WordPress.DB.DirectDatabaseQuery -- no function of WordPress lists options or keys by the beginning of their names
		$options = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s OR option_name LIKE %s OR option_name LIKE %s", $wpdb->esc_like( 'altsmith_' ) . '%', $wpdb->esc_like( '_transient_altsmith_' ) . '%', $wpdb->esc_like( '_transient_timeout_altsmith_' ) . '%' ) );
		foreach ( $options as $option ) {
			delete_option( $option );
		}
		$keys = $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT meta_key FROM {$wpdb->postmeta} WHERE meta_key LIKE %s", $wpdb->esc_like( '_altsmith_' ) . '%' ) );
		// phpcs:enable WordPress.DB.DirectDatabaseQuery
		foreach ( $keys as $key ) {
			delete_post_meta_by_key( $key );
		}
	}

	private static function on_each_site( bool $network_wide, callable $task ): void {
		if ( ! $network_wide || ! is_multisite() ) {
			$task();
			return;
		}
		$after = 0;
		do {
			$ids = get_sites( array( 'fields' => 'ids', 'number' => self::SITES, 'offset' => $after, 'orderby' => 'id', 'update_site_meta_cache' => false ) );
			foreach ( $ids as $site_id ) {
				switch_to_blog( (int) $site_id );
				$task();
				restore_current_blog();
			}
			$after += self::SITES;
		} while ( count( $ids ) === self::SITES );
	}
}
