<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\On_Demand;
use Altsmith\Placements\Owner;
use Altsmith\Placements\Place_Readers;
use Altsmith\Plugin;
use Altsmith\Settings;
use Altsmith\Storage\Schema;
use Altsmith\Sync\Schedule;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** What is loaded when, and when WP-Cron comes. */
final class On_DemandTest extends Sidecar_Test_Case {
	/** A public page, in a new process that loads WordPress and the plugin. */
	public function test_a_public_page_loads_no_more_than_it_needs(): void {
		global $wpdb;
		// The state after an installation, committed so that the other process sees it.
		$wpdb->query( 'ROLLBACK' );
		wp_cache_flush();
		delete_option( Settings::MORE_OPTION );
		update_option( 'altsmith_schema_version', 1 );
		Schema::upgrade();
		$wpdb->query( 'COMMIT' );
		$found = $this->in_a_new_process( 'wp(); require ABSPATH . WPINC . "/template-loader.php";' );
		self::assertLessThanOrEqual( 8, count( $found['files'] ), implode( "\n", $found['files'] ) );
		self::assertSame( array(), $found['queries'], 'queries about our options or tables' );
	}

	/** @dataProvider what_needs_the_rest */
	public function test_whoever_needs_the_rest_gets_it( string $code ): void {
		self::assertContains( 'Storage/Request_Store.php', $this->in_a_new_process( $code )['files'] );
	}

	public function test_every_key_in_which_places_are_looked_for_loads_the_rest(): void {
		self::assertSame( array(), array_diff( ( new Place_Readers() )->keys( Owner::POST ), On_Demand::META_KEYS ) );
	}

	public static function what_needs_the_rest(): array {
		return array(
			'an upload from a form for visitors' => array( 'do_action( "add_attachment", 0 );' ),
			'a picture that a plugin replaces'   => array( 'do_action( "updated_post_meta", 1, 1, "_wp_attached_file", "" );' ),
			'REST'                               => array( 'rest_get_server();' ),
			'a post that is saved'               => array( 'do_action( "save_post", 0 );' ),
			'cron within a page'                 => array( 'do_action( "altsmith_sync" );' ),
			'a question about a capability'      => array( 'user_can( 1, "altsmith_review" );' ),
		);
	}

	public function test_cron_comes_once_an_hour_and_soon_only_while_there_is_work(): void {
		update_option( 'altsmith_placement_scan', array( 'done' => true ) );
		Schedule::clear();
		// As version 0.1, which scheduled the same event with another interval.
		wp_schedule_event( time(), 'daily', Plugin::CRON_HOOK );
		Schedule::keep_hourly();
		self::assertSame( 'hourly', wp_get_schedule( Plugin::CRON_HOOK ) );
		$this->sync();
		self::assertFalse( $this->soon(), 'an idle site' );
		$this->photo();
		$this->sync();
		self::assertLessThanOrEqual( time() + 61, $this->soon(), 'an image is on its way' );
		wp_clear_scheduled_hook( Plugin::CRON_HOOK, array( 'soon' ) );
		$this->sidecar->describe_all();
		$this->sync();
		self::assertFalse( $this->soon(), 'a suggestion that waits for a person is no work' );
		$this->sidecar->down = true;
		$this->photo();
		$this->sync();
		self::assertGreaterThan( time(), $this->soon() );
		Schedule::clear();
		self::assertSame( array( false, false ), array( $this->soon(), wp_next_scheduled( Plugin::CRON_HOOK ) ) );
	}

	public function test_an_image_that_is_to_be_tried_later_is_tried_then(): void {
		update_option( 'altsmith_placement_scan', array( 'done' => true ) );
		$id = $this->photo();
		Schedule::clear();
		( new \Altsmith\Storage\Request_Store() )->change( $id, array( 'next_attempt_at' => time() + 900 ) );
		$this->sync();
		self::assertEqualsWithDelta( time() + 900, $this->soon(), 5 );
	}

	public function test_a_run_that_php_ends_is_followed_by_another_within_minutes(): void {
		Schedule::clear();
		$this->photo();
		$during = array();
		$note   = function ( mixed $file ) use ( &$during ): mixed {
			$during[] = $this->soon();
			return $file;
		};
		add_filter( 'get_attached_file', $note );
		$this->sync();
		remove_filter( 'get_attached_file', $note );
		self::assertNotSame( array(), $during );
		self::assertNotContains( false, $during, 'the next run is scheduled before the work' );
		self::assertLessThanOrEqual( time() + 61, max( $during ) );
	}

	private function soon(): int|false {
		return wp_next_scheduled( Plugin::CRON_HOOK, array( 'soon' ) );
	}

	/** @return array{files: string[], queries: string[]} Files of ours that were loaded, and queries that were ours. */
	private function in_a_new_process( string $code ): array {
		$script = '$_SERVER["HTTP_HOST"] = "127.0.0.1"; $_SERVER["REQUEST_URI"] = "/"; $_SERVER["REQUEST_METHOD"] = "GET"; define( "WP_USE_THEMES", true ); define( "SAVEQUERIES", true );'
			. ' register_shutdown_function( function () { global $wpdb;'
			. ' $ours = fn( $file ) => str_contains( $file, "/includes/" ) && str_starts_with( $file, (string) realpath( WP_PLUGIN_DIR . "/altsmith" ) );'
			. ' fwrite( STDERR, "\nFOUND" . json_encode( array( "files" => array_map( fn( $file ) => preg_replace( "#.*/includes/#", "", $file ), array_values( array_filter( get_included_files(), $ours ) ) ), "queries" => array_values( array_filter( array_column( $wpdb->queries, 0 ), fn( $query ) => str_contains( $query, "altsmith" ) ) ) ) ) ); } );'
			. ' require $argv[1] . "/wp-load.php"; ' . $code;
		$output = (string) shell_exec( escapeshellarg( PHP_BINARY ) . ' -r ' . escapeshellarg( $script ) . ' ' . escapeshellarg( (string) getenv( 'WP_DIR' ) ) . ' 2>&1 >/dev/null' ); // phpcs:ignore Generic.PHP.ForbiddenFunctions -- only a new process shows what one request loads
		$found  = json_decode( (string) substr( (string) strstr( $output, "\nFOUND" ), 6 ), true );
		self::assertIsArray( $found, $output );
		return $found;
	}
}
