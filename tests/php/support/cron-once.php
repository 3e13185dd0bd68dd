<?php
/**
 * Cron in a process of its own, which may die: `php cron-once.php WP_DIR ATTACHMENT`. The sidecar is the fake one; every
 * request about the attachment uses up the memory that PHP may have. Prints how many jobs the sidecar was asked for.
 */

declare( strict_types=1 );

$_SERVER['HTTP_HOST'] = '127.0.0.1';
require $argv[1] . '/wp-load.php';
require __DIR__ . '/Fake_Runs.php';
require __DIR__ . '/Fake_Status.php';
require __DIR__ . '/Fake_Videos.php';
require __DIR__ . '/Fake_Sidecar.php';
$sidecar = new Altsmith\Tests\Support\Fake_Sidecar();
add_filter( 'pre_option_altsmith_sidecar_url', static fn(): string => 'http://127.0.0.1:59999' );
add_filter( 'pre_option_altsmith_site_key', static fn(): string => 'key-of-the-test' );
add_filter( 'pre_http_request', static fn( $given, array $asked, string $url ) => $sidecar->answer( $asked['method'], substr( $url, 22 ), (string) $asked['body'] ), 10, 3 );
add_filter(
	'altsmith_request_context',
	static function ( array $context, int $id ) use ( $argv ): array {
		for ( $hog = 'x'; (int) $argv[2] === $id; ) {
			$hog .= str_repeat( $hog, 2 );
		}
		return $context;
	},
	10,
	2
);
register_shutdown_function( static fn() => print $sidecar->count( 'POST /v1/jobs' ) );
do_action( 'altsmith_sync' );
