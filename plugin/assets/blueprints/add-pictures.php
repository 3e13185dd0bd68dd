<?php
declare( strict_types=1 );

// Puts the pictures that came along into the library, as an upload does, and lets the plugin ask about them.
require '/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/image.php';
require_once ABSPATH . 'wp-admin/includes/file.php';
require_once ABSPATH . 'wp-admin/includes/media.php';

wp_set_current_user( 1 );
foreach ( json_decode( (string) file_get_contents( WPMU_PLUGIN_DIR . '/altsmith-pictures.json' ), true ) as $altsmith_name => $altsmith_bytes ) {
	$altsmith_file = wp_tempnam( $altsmith_name );
	file_put_contents( $altsmith_file, base64_decode( $altsmith_bytes ) );
	media_handle_sideload( array( 'name' => $altsmith_name, 'tmp_name' => $altsmith_file ) );
}
// Once to send them, once to read what came of it.
do_action( 'altsmith_sync' );
do_action( 'altsmith_sync' );
