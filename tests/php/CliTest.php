<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Placements\Placement_Table;
use Altsmith\Storage\Lock;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Tests\Support\Wp_Cli_Double;
use RuntimeException;

/**
 * The commands, with the real plugin behind them.
 *
 * @runTestsInSeparateProcesses
 * @preserveGlobalState disabled
 */
final class CliTest extends Sidecar_Test_Case {
	protected function setUp(): void {
		if ( ! class_exists( 'WP_CLI' ) ) {
			class_alias( Wp_Cli_Double::class, 'WP_CLI' );
		}
		defined( 'WP_CLI' ) || define( 'WP_CLI', true );
		parent::setUp();
		Wp_Cli_Double::$said = array();
		wp_set_current_user( 0 );
	}

	/** @return string What the command said, or the sentence it ended with. */
	private function run_command( string $name, string $method, array $args = array(), array $options = array(), string $as = '' ): string {
		$this->become( $as );
		Wp_Cli_Double::$said = array();
		try {
			Wp_Cli_Double::$commands[ $name ]->$method( $args, $options );
		} catch ( RuntimeException $error ) {
			return 'Error: ' . $error->getMessage();
		}
		return implode( "\n", Wp_Cli_Double::$said );
	}

	public function test_whether_the_site_is_a_copy_is_answered(): void {
		$this->run_command( 'altsmith', 'sync' );
		self::assertStringContainsString( 'speaks for 127.0.0.1', $this->run_command( 'altsmith instance', 'show' ) );
		update_option( 'altsmith_instance', array( 'hash' => 'of another address' ) + get_option( 'altsmith_instance' ) );
		self::assertStringStartsWith( 'Error: Altsmith was connected under', $this->run_command( 'altsmith instance', 'show' ) );
		self::assertStringStartsWith( 'Success: inst_of_the_copy speaks for', $this->run_command( 'altsmith instance', 'copy' ) );
		self::assertStringContainsString( 'no question', $this->run_command( 'altsmith instance', 'moved' ) );
	}

	public function test_sync_sends_and_says_how_many(): void {
		$this->photo();
		delete_option( 'altsmith_last_cron' );
		delete_option( 'altsmith_placement_scan' );
		self::assertSame( 'Success: 1 images sent; 0 suggestions need review.', $this->run_command( 'altsmith', 'sync' ) );
		self::assertGreaterThan( 0, (int) get_option( 'altsmith_last_cron' ), 'it stands for WP-Cron' );
		self::assertTrue( get_option( 'altsmith_placement_scan' )['done'] ?? false );
		$this->sidecar->down = true;
		self::assertStringStartsWith( 'Error: The sidecar at', $this->run_command( 'altsmith', 'sync' ) );
	}

	public function test_sync_beside_another_process_is_no_error(): void {
		$this->photo();
		$other = new Lock( 'worker', 60 );
		$other->acquire();
		self::assertSame( 'Success: Another process is sending already.', $this->run_command( 'altsmith', 'sync' ) );
		$other->release();
	}

	public function test_the_index_is_rebuilt(): void {
		update_option( 'altsmith_placement_scan', array( 'done' => true, 'cursor' => 999999999 ) );
		$id   = $this->photo();
		$post = wp_insert_post( array( 'post_title' => 'x', 'post_status' => 'publish', 'post_content' => 'y' ) );
		global $wpdb;
		$wpdb->update( $wpdb->posts, array( 'post_content' => '<!-- wp:image {"id":' . $id . '} --><figure><img src="' . wp_get_attachment_url( $id ) . '" class="wp-image-' . $id . '" alt=""/></figure><!-- /wp:image -->' ), array( 'ID' => $post ) );
		clean_post_cache( $post );
		self::assertStringEndsWith( 'posts read.', $this->run_command( 'altsmith index', 'rebuild' ) );
		self::assertSame( array( $id => 1 ), ( new Placement_Table() )->count_posts( array( $id ) ) );
	}

	public function test_status_and_the_connection_test(): void {
		$row  = $this->suggested();
		$json = json_decode( $this->run_command( 'altsmith', 'status', array(), array( 'format' => 'json' ) ), true );
		self::assertSame( array( 'yes', '1' ), array( $json['configured'], $json['suggestions_pending'] ) );
		self::assertStringStartsWith( 'Success: Connected', $this->run_command( 'altsmith', 'connection', array( 'test' ) ) );
		$this->sidecar->canned = array( 'GET /v1/status' => array( 401, array( 'error' => array( 'code' => 'KEY_INVALID', 'message' => 'm', 'retryable' => false ) ) ) );
		self::assertStringStartsWith( 'Error: wrong_key', $this->run_command( 'altsmith', 'connection', array( 'test' ) ) );
		self::assertGreaterThan( 0, $row->attachment_id );
	}

	public function test_a_decision_needs_a_person_who_may_edit_the_image(): void {
		$row = $this->suggested();
		self::assertStringContainsString( '--user', $this->run_command( 'altsmith review', 'approve', array( $row->suggestion_id ) ) );
		self::assertSame( 'Error: 1 of 1 failed.', $this->run_command( 'altsmith review', 'approve', array( $row->suggestion_id ), array(), 'author' ) );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 'Success: 1 done.', $this->run_command( 'altsmith review', 'approve', array( $row->suggestion_id ), array( 'text' => 'by hand' ), 'editor' ) );
		self::assertSame( 'by hand', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 'editor', $this->row( $row->attachment_id )->suggestion['decided_by']['name'] );
	}

	public function test_the_list_can_be_read_by_programs(): void {
		$row  = $this->suggested( 'a "cat"' );
		$list = json_decode( $this->run_command( 'altsmith review', 'list_suggestions', array(), array( 'format' => 'json' ) ), true );
		self::assertSame( array( $row->suggestion_id, 'a "cat"' ), array( $list[0]['suggestion_id'], $list[0]['alt_text'] ) );
		self::assertSame( $row->suggestion_id, $this->run_command( 'altsmith review', 'list_suggestions', array(), array( 'format' => 'ids' ) ) );
	}

	public function test_a_backfill_from_beginning_to_undo(): void {
		update_option( 'altsmith_settings', array( 'automatic' => false ) );
		$id = $this->photo();
		self::assertStringStartsWith( '1 images would be sent.', $this->run_command( 'altsmith backfill', 'start', array(), array( 'dry-run' => true ) ) );
		self::assertStringContainsString( '--user', $this->run_command( 'altsmith backfill', 'start' ) );
		self::assertSame( 'Started run_1', $this->run_command( 'altsmith backfill', 'start', array(), array(), 'editor' ) );
		self::assertSame( 'Success: Paused.', $this->run_command( 'altsmith backfill', 'pause' ) );
		self::assertSame( 'Success: Resumed.', $this->run_command( 'altsmith backfill', 'resume' ) );
		$this->sync();
		$this->sidecar->describe_all();
		$this->sync();
		self::assertStringContainsString( 'done, 1 of 1 done, 1 suggested', $this->run_command( 'altsmith backfill', 'status' ) );
		$this->decide( $this->row( $id ), 'approve' );
		self::assertStringStartsWith( 'Error: Undo run', $this->run_command( 'altsmith backfill', 'undo', array( 'run_1' ) ) );
		self::assertSame( 'Success: Undone.', $this->run_command( 'altsmith backfill', 'undo', array( 'run_1' ), array( 'yes' => true ) ) );
		self::assertNull( $this->stored_alt( $id ) );
	}

	public function test_connect_keeps_address_and_key_and_tests_them(): void {
		delete_option( 'altsmith_sidecar_url' );
		delete_option( 'altsmith_site_key' );
		self::assertStringContainsString( 'An address has no spaces', $this->run_command( 'altsmith', 'connect', array( '127.0.0.1 :59999', 'key-of-the-test' ) ) );
		self::assertFalse( get_option( 'altsmith_sidecar_url' ), 'nothing is kept of what cannot be used' );
		self::assertStringStartsWith( 'Success: Connected', $this->run_command( 'altsmith', 'connect', array( '127.0.0.1:59999', 'key-of-the-test' ) ) );
		self::assertSame( array( 'http://127.0.0.1:59999', 'key-of-the-test' ), array( get_option( 'altsmith_sidecar_url' ), get_option( 'altsmith_site_key' ) ) );
		$this->sidecar->down = true;
		self::assertStringStartsWith( 'Error: unreachable', $this->run_command( 'altsmith', 'connect', array( '127.0.0.1:59999', 'key-of-the-test' ) ) );
	}

	public function test_wp_cli_connects_with_a_code(): void {
		delete_option( 'altsmith_sidecar_url' );
		delete_option( 'altsmith_site_key' );
		$this->sidecar->canned['POST /v1/pairings/'] = array( 404, array( 'error' => array( 'code' => 'PAIRING_UNKNOWN', 'message' => 'x', 'retryable' => false ) ) );
		self::assertStringContainsString( 'does not know this code', $this->run_command( 'altsmith', 'connect', array( 'http://127.0.0.1:59999', '7K3QM-W9XPT' ) ) );
		self::assertFalse( get_option( 'altsmith_sidecar_url' ), 'nothing is kept' );
		$this->sidecar->canned['POST /v1/pairings/'] = array( 201, array( 'key' => 'key-of-the-test' ) );
		self::assertStringStartsWith( 'Success: Connected', $this->run_command( 'altsmith', 'connect', array( 'http://127.0.0.1:59999', '7k3qm-w9xpt' ) ) );
		self::assertSame( array( 'http://127.0.0.1:59999', 'key-of-the-test' ), array( get_option( 'altsmith_sidecar_url' ), get_option( 'altsmith_site_key' ) ) );
	}

	public function test_settings_go_to_the_next_site_without_the_key_unless_it_is_asked_for(): void {
		update_option( 'altsmith_settings', array( 'reviewers' => 'edit_others_posts', 'digest' => 'weekly' ) );
		$file = tempnam( sys_get_temp_dir(), 'settings' );
		self::assertStringContainsString( 'without the key', $this->run_command( 'altsmith settings', 'export', array( $file ) ) );
		self::assertStringNotContainsString( 'key-of-the-test', (string) file_get_contents( $file ) );
		delete_option( 'altsmith_settings' );
		delete_option( 'altsmith_sidecar_url' );
		self::assertSame( 'Success: Settings imported. The site key stays as it was.', $this->run_command( 'altsmith settings', 'import', array( $file ) ) );
		self::assertSame( array( 'edit_others_posts', 'weekly' ), array( get_option( 'altsmith_settings' )['reviewers'], get_option( 'altsmith_settings' )['digest'] ) );
		self::assertSame( 'http://127.0.0.1:59999', get_option( 'altsmith_sidecar_url' ) );

		$this->run_command( 'altsmith settings', 'export', array( $file ), array( 'with-key' => true ) );
		delete_option( 'altsmith_site_key' );
		self::assertSame( 'Success: Settings and site key imported.', $this->run_command( 'altsmith settings', 'import', array( $file ) ) );
		self::assertSame( 'key-of-the-test', get_option( 'altsmith_site_key' ) );

		file_put_contents( $file, '{"choices":{"digest":"daily","colour":"red"}}' );
		self::assertSame( 'Error: The file has settings that this version does not know: colour', $this->run_command( 'altsmith settings', 'import', array( $file ) ) );
		self::assertSame( 'weekly', get_option( 'altsmith_settings' )['digest'] );
		update_option( 'altsmith_settings', array( 'reviewers' => 'edit_others_posts', 'digest' => 'weekly', 'digest_to' => 'a@example.com' ) );
		foreach ( array( 'types' => '["image/tiff"]', 'reviewers' => '"manage_options"', 'digest' => '"hourly"', 'digest_to' => '"x"', 'automatic' => '"no"' ) as $name => $value ) {
			file_put_contents( $file, "{\"choices\":{\"$name\":$value}}" );
			self::assertStringContainsString( "cannot be used: $name", $this->run_command( 'altsmith settings', 'import', array( $file ) ) );
		}
		self::assertSame( array( 'reviewers' => 'edit_others_posts', 'digest' => 'weekly', 'digest_to' => 'a@example.com' ), get_option( 'altsmith_settings' ) );
		file_put_contents( $file, 'no json' );
		self::assertStringStartsWith( 'Error: This is no file of settings', $this->run_command( 'altsmith settings', 'import', array( $file ) ) );
		unlink( $file );
	}

	public function test_alt_text_goes_out_as_csv_and_comes_back_on_the_command_line(): void {
		$id   = $this->photo();
		$file = tempnam( sys_get_temp_dir(), 'csv' );
		self::assertSame( 'Success: 1 images written.', $this->run_command( 'altsmith csv', 'export', array( $file ) ) );
		file_put_contents( $file, str_replace( ",,,,,\n", ",,,,\"A cat, asleep\",\n", (string) file_get_contents( $file ) ) );
		self::assertStringStartsWith( 'Error: Set --user=<login>', $this->run_command( 'altsmith csv', 'import', array( $file ) ) );
		self::assertStringEndsWith( 'Success: Nothing was written. 1 changed, 0 unchanged, 0 skipped because they have changed since the export, 0 failed.', $this->run_command( 'altsmith csv', 'import', array( $file ), array( 'dry-run' => true ), 'admin' ) );
		self::assertNull( $this->stored_alt( $id ) );
		self::assertStringEndsWith( 'Success: 1 changed, 0 unchanged, 0 skipped because they have changed since the export, 0 failed.', $this->run_command( 'altsmith csv', 'import', array( $file ), array(), 'admin' ) );
		self::assertSame( 'A cat, asleep', $this->stored_alt( $id ) );
		unlink( $file );
	}

	public function test_an_audit_lists_what_is_wrong_on_published_pages(): void {
		add_filter( 'pre_http_request', static fn(): array => array( 'headers' => array(), 'body' => '<img src="/a.jpg"><img src="/b.jpg" alt="A boat">', 'response' => array( 'code' => 200, 'message' => '' ), 'cookies' => array() ), 2 );
		$json  = json_decode( $this->run_command( 'altsmith audit', 'run', array(), array( 'format' => 'json' ) ), true );
		$front = array( 'page' => home_url( '/' ), 'image' => '/a.jpg', 'rule' => 'missing', 'text' => '' );
		self::assertContains( $front, $json['problems'] );
		self::assertSame( array( 2 * $json['pages'], $json['pages'], array() ), array( $json['images'], count( $json['problems'] ), $json['unread'] ) );
		self::assertStringContainsString( 'Missing alt text (WCAG 1.1.1)  /a.jpg', $this->run_command( 'altsmith audit', 'show' ) );
	}
}
