<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Schedule;
use Altsmith\Tests\Support\Sidecar_Test_Case;

final class SyncTest extends Sidecar_Test_Case {
	public function test_bytes_go_once_then_the_job_with_what_wordpress_knows(): void {
		$id = $this->photo( 1600, 1200 );
		$this->sync();
		$this->sync();
		self::assertSame( 1, $this->sidecar->count( 'PUT /v1/images/' ) );
		self::assertSame( 1, $this->sidecar->count( 'POST /v1/jobs' ) );
		$job = json_decode( $this->sidecar->bodies[ array_search( 'POST /v1/jobs', $this->sidecar->asked, true ) ], true );
		self::assertSame( array( 'type' => 'attachment', 'id' => (string) $id ), $job['subject'] );
		self::assertStringStartsWith( 'photo-', $job['context']['file_name'] );
		self::assertSame( '', $job['current']['alt_text'] );
		self::assertSame( 'en_US', $job['locale'] );
		self::assertSame( 'sent', $this->row( $id )->status );
	}

	public function test_the_locale_is_that_of_the_language_version(): void {
		// As WPML tells it, and Polylang in its place.
		add_filter( 'wpml_post_language_details', static fn(): array => array( 'locale' => 'fr_FR' ) );
		$this->photo( 400, 300 );
		$this->sync();
		$job = json_decode( $this->sidecar->bodies[ array_search( 'POST /v1/jobs', $this->sidecar->asked, true ) ], true );
		self::assertSame( 'fr_FR', $job['locale'] );
	}

	public function test_a_middle_size_rendition_is_sent_not_the_original(): void {
		$id    = $this->photo( 2000, 1500 );
		$large = dirname( get_attached_file( $id ) ) . '/' . wp_get_attachment_metadata( $id )['sizes']['medium_large']['file'];
		$this->sync();
		self::assertArrayHasKey( hash_file( 'sha256', $large ), $this->sidecar->images );
	}

	public function test_a_heavy_image_without_sizes_is_made_smaller_first_and_leaves_no_file(): void {
		$before = glob( get_temp_dir() . 'altsmith-*.{tmp,jpg}', GLOB_BRACE );
		$image  = imagecreatetruecolor( 1500, 1500 );
		for ( $i = 0; $i < 1500 * 1500; $i++ ) {
			imagesetpixel( $image, $i % 1500, intdiv( $i, 1500 ), random_int( 0, 0xffffff ) );
		}
		add_filter( 'intermediate_image_sizes_advanced', '__return_empty_array' );
		$id = $this->photo();
		imagepng( $image, get_attached_file( $id ) );
		remove_filter( 'intermediate_image_sizes_advanced', '__return_empty_array' );
		clearstatcache();
		self::assertGreaterThan( 1048576, filesize( get_attached_file( $id ) ) );
		$this->sync();
		self::assertCount( 1, $this->sidecar->images );
		self::assertSame( $before, glob( get_temp_dir() . 'altsmith-*.{tmp,jpg}', GLOB_BRACE ) );
	}

	public function test_the_suggestion_arrives_and_the_alt_text_stays_as_it_was(): void {
		$row = $this->suggested( 'a dog in the snow' );
		self::assertSame( 'a dog in the snow', $row->suggestion['fields']['alt_text'] );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
	}

	public function test_reading_the_feed_again_from_the_start_changes_nothing(): void {
		$row = $this->suggested();
		$this->decide( $row, 'approve' );
		$after = $this->row( $row->attachment_id );
		delete_option( 'altsmith_cursor' );
		$this->sync();
		self::assertEquals( $after, $this->row( $row->attachment_id ) );
		self::assertSame( array( 'applied' ), $this->sidecar->reported() );
	}

	public function test_while_the_sidecar_is_down_the_row_waits_and_then_goes(): void {
		$this->sidecar->down = true;
		$id = $this->photo();
		$this->sync();
		self::assertSame( 'queued', $this->row( $id )->status );
		self::assertSame( 0, $this->row( $id )->attempts, 'an absent sidecar is not this image\'s fault' );
		$asked = count( $this->sidecar->asked );
		do_action( 'altsmith_sync' );
		self::assertCount( $asked, $this->sidecar->asked, 'it is left alone for a while' );

		$this->sidecar->down = false;
		$this->sync();
		self::assertSame( 'sent', $this->row( $id )->status );
	}

	/** @dataProvider answers_that_concern_every_image */
	public function test_trouble_of_the_sidecar_costs_no_image_an_attempt( int $status, string $code ): void {
		$first  = $this->photo();
		$second = $this->photo();
		$this->sidecar->canned = array( 'POST /v1/jobs' => array( $status, array( 'error' => array( 'code' => $code, 'message' => 'm', 'retryable' => false ) ) ) );
		$this->sync();
		self::assertSame( 1, $this->sidecar->count( 'POST /v1/jobs' ), 'one is enough to know' );
		self::assertSame( array( 'queued', 'queued' ), array( $this->row( $first )->status, $this->row( $second )->status ) );
		self::assertSame( $code, get_option( 'altsmith_pause' )['code'] );
	}

	public static function answers_that_concern_every_image(): array {
		return array(
			'wrong key'   => array( 401, 'KEY_INVALID' ),
			'full queue'  => array( 429, 'QUEUE_FULL' ),
			'full disk'   => array( 503, 'STORAGE_FULL' ),
		);
	}

	public function test_the_sidecar_says_when_to_come_back(): void {
		$this->photo();
		$this->sidecar->canned = array( 'HEAD' => array( 429, array(), array( 'retry-after' => '300' ) ) );
		$this->sync();
		self::assertGreaterThan( time() + 250, get_option( 'altsmith_pause' )['until'] );
	}

	public function test_an_image_the_sidecar_cannot_read_is_given_up_and_the_next_one_goes(): void {
		$bad  = $this->photo();
		$good = $this->photo( 700, 500 );
		$sha  = hash_file( 'sha256', get_attached_file( $bad ) );
		$this->sidecar->canned = array( "PUT /v1/images/$sha" => array( 422, array( 'error' => array( 'code' => 'IMAGE_CORRUPT', 'message' => 'Damaged.', 'retryable' => false ) ) ) );
		$this->sync();
		self::assertSame( array( 'failed', 'IMAGE_CORRUPT' ), array( $this->row( $bad )->status, $this->row( $bad )->error_code ) );
		self::assertSame( 'sent', $this->row( $good )->status );
	}

	public function test_an_image_that_fails_for_a_passing_reason_is_tried_again_later(): void {
		$id = $this->photo();
		$this->sidecar->canned = array( 'POST /v1/jobs' => array( 500, array( 'error' => array( 'code' => 'INTERNAL', 'message' => 'm', 'retryable' => true ) ) ) );
		$this->sync();
		self::assertSame( array( 'queued', 1 ), array( $this->row( $id )->status, $this->row( $id )->attempts ) );
		self::assertGreaterThan( time(), $this->row( $id )->next_attempt_at );
	}

	public function test_a_missing_file_is_an_error_of_that_image(): void {
		$id = $this->photo();
		rename( get_attached_file( $id ), get_attached_file( $id ) . '.away' );
		array_map( 'unlink', glob( dirname( get_attached_file( $id ) ) . '/' . basename( get_attached_file( $id ), '.jpg' ) . '-*' ) );
		$this->sync();
		self::assertSame( 'FILE_MISSING', $this->row( $id )->error_code );
		unlink( get_attached_file( $id ) . '.away' );
	}

	public function test_a_failed_job_says_why(): void {
		$id = $this->photo();
		$this->sync();
		$this->sidecar->fail_all( 'DECODE_CRASHED' );
		$this->sync();
		self::assertSame( array( 'failed', 'DECODE_CRASHED' ), array( $this->row( $id )->status, $this->row( $id )->error_code ) );
	}

	public function test_only_one_process_works_at_a_time(): void {
		$this->photo();
		$other = new Lock( 'worker', 60 );
		self::assertTrue( $other->acquire() );
		$this->sync();
		self::assertSame( array(), $this->sidecar->asked );
		$other->release();
		$this->sync();
		self::assertSame( 1, $this->sidecar->count( 'POST /v1/jobs' ) );
	}

	public function test_what_others_schedule_during_a_run_is_still_scheduled_after_it(): void {
		global $wpdb;
		$this->photo( 400, 300 );
		$this->sync(); // Sends it; the next run only asks what came of it.
		Schedule::clear();
		$at = time() + HOUR_IN_SECONDS;
		// As another process does it: in the database, behind the back of this one's cache.
		$elsewhere = static function ( mixed $given ) use ( $wpdb, $at, &$elsewhere ): mixed {
			remove_filter( 'pre_http_request', $elsewhere, 0 );
			$events = maybe_unserialize( $wpdb->get_var( "SELECT option_value FROM $wpdb->options WHERE option_name = 'cron'" ) );
			$events[ $at ]['somebody_elses'] = array( md5( maybe_serialize( array() ) ) => array( 'schedule' => false, 'args' => array() ) );
			$wpdb->update( $wpdb->options, array( 'option_value' => maybe_serialize( $events ) ), array( 'option_name' => 'cron' ) );
			return $given;
		};
		add_filter( 'pre_http_request', $elsewhere, 0 );
		$this->sync();
		wp_cache_flush();
		self::assertSame( $at, wp_next_scheduled( 'somebody_elses' ) );
		self::assertNotFalse( wp_next_scheduled( 'altsmith_sync', array( 'soon' ) ) );
	}

	public function test_the_lock_of_a_dead_process_is_taken_over_once(): void {
		$dead = new Lock( 'x', -5 );
		self::assertTrue( $dead->acquire() );
		$heir  = new Lock( 'x', 60 );
		$later = new Lock( 'x', 60 );
		self::assertTrue( $heir->acquire() );
		self::assertFalse( $later->acquire() );
		self::assertFalse( $dead->renew(), 'the dead process must notice that it lost the lock' );
		$dead->release();
		self::assertTrue( $heir->renew(), 'and cannot release what is no longer its own' );
	}

	public function test_a_decision_made_elsewhere_is_carried_out(): void {
		$row = $this->suggested( 'a boat' );
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'approve' );
		$this->sync();
		self::assertSame( 'a boat', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( array( 'applied' ), $this->sidecar->reported() );
		self::assertSame( 'applied', $this->row( $row->attachment_id )->suggestion_state );
	}

	public function test_a_decision_made_elsewhere_leaves_a_newer_text_alone(): void {
		$row = $this->suggested();
		update_post_meta( $row->attachment_id, '_wp_attachment_image_alt', 'by hand' );
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'approve' );
		$this->sync();
		self::assertSame( 'by hand', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 'conflict', $this->row( $row->attachment_id )->suggestion_state );
	}

	public function test_a_strange_answer_is_not_taken_in(): void {
		$id = $this->photo();
		$this->sidecar->canned = array( 'POST /v1/jobs' => array( 202, array( 'job' => array( 'id' => 5 ) ) ) );
		$this->sync();
		self::assertSame( 'BAD_REPLY', $this->row( $id )->error_code );
	}

	public function test_another_plugin_may_add_to_the_context_but_not_break_the_request(): void {
		$more = static fn( array $context ): array => array( 'linked' => true, 'used_in' => 'many', 'secret' => 'x', 'page_title' => str_repeat( 'ü', 600 ) ) + $context;
		add_filter( 'altsmith_request_context', $more );
		$this->photo();
		$this->sync();
		remove_filter( 'altsmith_request_context', $more );
		$job = json_decode( $this->sidecar->bodies[ array_search( 'POST /v1/jobs', $this->sidecar->asked, true ) ], true );
		self::assertTrue( $job['context']['linked'] );
		self::assertArrayNotHasKey( 'used_in', $job['context'] );
		self::assertArrayNotHasKey( 'secret', $job['context'] );
		self::assertSame( 500, mb_strlen( $job['context']['page_title'] ) );
	}

	public function test_people_first_then_uploads_then_backfills(): void {
		$store = new Request_Store();
		$ids   = array( 'backfill' => $this->photo(), 'upload' => $this->photo(), 'interactive' => $this->photo() );
		foreach ( $ids as $priority => $id ) {
			$store->change( $id, array( 'priority' => $priority ) );
		}
		$order = array_map( static fn( $row ) => $row->attachment_id, $store->due( 10 ) );
		self::assertSame( array( $ids['interactive'], $ids['upload'], $ids['backfill'] ), $order );
	}

	public function test_a_body_that_is_refused_costs_the_next_one_nothing(): void {
		// One of its own: the plugin's remembers what earlier tests have found out.
		$client = new Client( new Settings() );
		$body   = array(
			'image_sha256'  => str_repeat( 'a', 64 ),
			'source_sha256' => str_repeat( 'b', 64 ),
			'priority'      => 'upload',
			'current'       => array(),
			'subject'       => array( 'type' => 'attachment', 'id' => '1' ),
		);

		$this->sidecar->canned = array( 'POST /v1/jobs' => array( 400, array( 'error' => array( 'code' => 'BAD_REQUEST', 'message' => 'm', 'retryable' => false ) ) ) );
		try {
			$client->create_job( $body );
			self::fail( 'a refused body made a job' );
		} catch ( Sidecar_Error $error ) {
			self::assertSame( 'BAD_REQUEST', $error->error );
		}
		$this->sidecar->canned = array();
		$client->create_job( $body );
		self::assertSame( $body['source_sha256'], json_decode( $this->last_job(), true )['source_sha256'] ?? '' );
	}

	public function test_texts_are_as_long_as_the_sidecar_counts_them(): void {
		$id = $this->photo();
		wp_update_post( array( 'ID' => $id, 'post_title' => str_repeat( "\u{1F431}", 6000 ), 'post_excerpt' => 'a' . str_repeat( "\u{1F431}", 6000 ) ) );
		$this->sync();
		$current = json_decode( $this->last_job(), true )['current'];
		self::assertSame( array( str_repeat( "\u{1F431}", 5000 ), 'a' . str_repeat( "\u{1F431}", 4999 ) ), array( $current['title'], $current['caption'] ) );
	}

	private function last_job(): string {
		return $this->sidecar->bodies[ max( array_keys( $this->sidecar->asked, 'POST /v1/jobs', true ) ) ];
	}
}
