<?php
/**
 * One request in a process of its own, whose memory is limited by who starts it: `php -d memory_limit=64M places-once.php WP_DIR
 * SECONDS [ATTACHMENT]`. Looks for places as cron does; with an attachment it shows that one's places instead, as the screen
 * does. Prints processor seconds and peak memory of all of it, WordPress included, and what came of it.
 */

declare( strict_types=1 );

$_SERVER['HTTP_HOST'] = '127.0.0.1';
require $argv[1] . '/wp-load.php';
wp_set_current_user( 1 );
$placed = new Altsmith\Placements\Placements( new Altsmith\Rest\Access( new Altsmith\Storage\Request_Store() ) );
$found  = isset( $argv[3] ) ? $placed->list->of( (int) $argv[3] ) : array( 'done' => $placed->scan->run( (float) $argv[2] ) );
$usage  = getrusage();
$cpu    = $usage['ru_utime.tv_sec'] + $usage['ru_utime.tv_usec'] / 1e6 + $usage['ru_stime.tv_sec'] + $usage['ru_stime.tv_usec'] / 1e6;
echo json_encode( array( 'cpu' => round( $cpu, 2 ), 'memory' => memory_get_peak_usage( true ), 'states' => array_count_values( array_column( $found['items'] ?? array(), 'state' ) ) ) + array_diff_key( $found, array( 'items' => 0 ) ) );
