<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

use WP_Site;

defined( 'ABSPATH' ) || exit;

/** Activation, deactivation and uninstall, on a single site and on every site of a network. */
final class Installer {
	public const CRON_HOOK = 'altsmith_sync';

	public static function activate( bool $network_wide = false ): void {
		self::on_each_site( $network_wide, array( Schema::class, 'upgrade' ) );
	}

	public static function deactivate( bool $network_wide = false ): void {
		self::on_each_site( $network_wide, static fn() => wp_clear_scheduled_hook( self::CRON_HOOK ) );
	}

	/** Tables, options, cron and our own meta go; alt text, titles and descriptions stay. */
	public static function uninstall(): void {
		self::on_each_site( is_multisite(), array( self::class, 'remove_from_site' ) );
		delete_site_option( 'altsmith_identity_answer' );
	}

	/** A site added to a network where the plugin is active gets its table at once. */
	public static function new_site( WP_Site $site ): void {
		switch_to_blog( (int) $site->blog_id );
		Schema::upgrade();
		restore_current_blog();
	}

	public static function remove_from_site(): void {
		global $wpdb;
		Schema::drop();
		wp_clear_scheduled_hook( self::CRON_HOOK );
		$options = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( 'altsmith_' ) . '%' ) );
		foreach ( $options as $option ) {
			delete_option( $option );
		}
		$keys = $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT meta_key FROM {$wpdb->postmeta} WHERE meta_key LIKE %s", $wpdb->esc_like( '_altsmith_' ) . '%' ) );
		foreach ( $keys as $key ) {
			delete_post_meta_by_key( $key );
		}
	}

	private static function on_each_site( bool $network_wide, callable $task ): void {
		if ( ! $network_wide || ! is_multisite() ) {
			$task();
			return;
		}
		foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $site_id ) {
			switch_to_blog( (int) $site_id );
			$task();
			restore_current_blog();
		}
	}
}
