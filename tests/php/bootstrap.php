<?php
/**
 * PHPUnit on a real WordPress: `WP_DIR=…/wp phpunit -c plugin/phpunit.xml.dist`, where WP_DIR is a site that
 * tests/e2e/wordpress/wp-env.sh built with the plugin active. No WordPress function is replaced, and no table.
 */

declare( strict_types=1 );

$directory = (string) getenv( 'WP_DIR' );
if ( ! is_file( "$directory/wp-load.php" ) ) {
	fwrite( STDERR, "Set WP_DIR to a WordPress that tests/e2e/wordpress/wp-env.sh built.\n" );
	exit( 1 );
}
// A network is found by its host and port.
$_SERVER['HTTP_HOST']   = (string) ( getenv( 'WP_HOST' ) ?: '127.0.0.1' );
$_SERVER['SERVER_NAME'] = '127.0.0.1';
$_SERVER['REMOTE_ADDR'] = '127.0.0.1';
$_SERVER['REQUEST_URI'] = '/';
define( 'WP_USE_THEMES', false );
// PHPUnit includes this file inside a function, and WordPress keeps its state in globals.
foreach ( array( 'wp', 'wp_query', 'wpdb', 'wp_rewrite', 'wp_filter', 'table_prefix', 'wp_version', 'current_user', 'pagenow' ) as $name ) {
	global ${$name};
}
require_once $directory . '/wp-load.php';
// As cron, REST and WP-CLI run: without wp-admin's functions. A test of a screen asks for them with needs_wp_admin().
if ( function_exists( 'wp_tempnam' ) || function_exists( 'media_handle_sideload' ) ) {
	fwrite( STDERR, "Something loads wp-admin's functions with WordPress itself, and missing ones would go unnoticed here. After a change of the tables run it once more.\n" );
	exit( 1 );
}
spl_autoload_register(
	static function ( string $class_name ): void {
		$file = __DIR__ . '/support/' . str_replace( 'Altsmith\\Tests\\Support\\', '', $class_name ) . '.php';
		if ( str_starts_with( $class_name, 'Altsmith\\Tests\\Support\\' ) && is_file( $file ) ) {
			require_once $file;
		}
	}
);
