<?php
// php network.php WP_DIR prepare DOMAIN   -- the tables of a network, in a site that wp-env.sh built
// php network.php WP_DIR run DOMAIN CODE [PATH]  -- CODE inside a site of the network, the main one by default; prints what it returns as JSON
// Between the two the constants of a network go into wp-config.php; `prepare` prints them.
list( , $dir, $mode, $domain ) = $argv;
$_SERVER['HTTP_HOST']       = $domain;
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['REQUEST_URI']     = $argv[5] ?? '/';
$_SERVER['REMOTE_ADDR']     = '127.0.0.1';
if ( 'prepare' === $mode ) {
	define( 'WP_ALLOW_MULTISITE', true );
}
require $dir . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
wp_set_current_user( 1 );
if ( 'run' === $mode ) {
	echo json_encode( eval( $argv[4] ) );
	exit;
}
require_once ABSPATH . 'wp-admin/includes/network.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
foreach ( $wpdb->tables( 'ms_global' ) as $table => $name ) {
	$wpdb->$table = $name;
}
install_network();
$done = populate_network( 1, $domain, 'admin@example.test', 'Network', '/', false );
if ( is_wp_error( $done ) && 'no_wildcard_dns' !== $done->get_error_code() ) {
	fwrite( STDERR, $done->get_error_message() . "\n" );
	exit( 1 );
}
echo "define( 'MULTISITE', true ); define( 'SUBDOMAIN_INSTALL', false ); define( 'DOMAIN_CURRENT_SITE', '$domain' ); define( 'PATH_CURRENT_SITE', '/' ); define( 'SITE_ID_CURRENT_SITE', 1 ); define( 'BLOG_ID_CURRENT_SITE', 1 );";
