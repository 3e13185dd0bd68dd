<?php
// Runs every check of the plugin directory's tool Plugin Check on our plugin, in a site that has both in wp-content/plugins. Run by hand; see
// docs/CONTRIBUTING.md.
//   php -d memory_limit=2G plugin-check.php WORDPRESS      ends with 1 where there is an error or a warning

use WordPress\Plugin_Check\Checker\Check_Context;
use WordPress\Plugin_Check\Checker\Check_Repository;
use WordPress\Plugin_Check\Checker\Checks;
use WordPress\Plugin_Check\Checker\Default_Check_Repository;

$_SERVER['HTTP_HOST'] = '127.0.0.1';
define( 'WP_ADMIN', true );
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
activate_plugin( 'altsmith/altsmith.php' );
require_once WP_PLUGIN_DIR . '/plugin-check/plugin.php';
require_once WP_PLUGIN_DIR . '/plugin-check/vendor/autoload.php';

// Some checks look at the page of an attachment.
if ( array() === get_posts( array( 'post_type' => 'attachment' ) ) ) {
	wp_insert_attachment( array( 'post_mime_type' => 'image/png', 'post_title' => 'A picture', 'post_status' => 'inherit' ) );
}

$context  = new Check_Context( WP_PLUGIN_DIR . '/altsmith/altsmith.php' );
$kinds    = Check_Repository::TYPE_ALL | Check_Repository::INCLUDE_EXPERIMENTAL;
$complete = true;
foreach ( ( new Default_Check_Repository() )->get_checks( $kinds )->to_map() as $check_name => $check ) {
	$result   = ( new Checks() )->run_checks( $context, array( $check ) );
	$found    = array( 'error' => $result->get_errors(), 'warning' => $result->get_warnings() );
	$complete = $complete && 0 === $result->get_error_count() + $result->get_warning_count();
	printf( "%s: %d errors, %d warnings\n", $check_name, $result->get_error_count(), $result->get_warning_count() );
	foreach ( $found as $kind => $files ) {
		foreach ( $files as $file => $lines ) {
			foreach ( $lines as $line => $columns ) {
				foreach ( array_merge( ...$columns ) as $message ) {
					printf( "  %s %s:%d %s %s\n", $kind, $file, $line, $message['code'], wp_strip_all_tags( $message['message'] ) );
				}
			}
		}
	}
}
exit( $complete ? 0 : 1 );
