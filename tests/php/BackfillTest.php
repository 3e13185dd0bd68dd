<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Backfill\Csv_Export;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Run_Store;
use Altsmith\Storage\Schema;
use Altsmith\Tests\Support\Backfill_Test_Case;

final class BackfillTest extends Backfill_Test_Case {
	public function test_counts_first(): void {
		$ids = $this->images( 5 );
		update_post_meta( $ids[0], '_wp_attachment_image_alt', 'by hand' );
		update_post_meta( $ids[1], '_altsmith_decorative', '1' );
		$data = $this->call( 'GET', 'backfill' )->get_data();
		self::assertSame( array( 'total' => 5, 'with_text' => 1, 'missing' => 3, 'decorative' => 1, 'pending' => 0 ), $data['counts'] );
		self::assertSame( 3, $data['preview']['taken'] );
		self::assertSame( 4, $this->call( 'GET', 'backfill', array( 'overwrite' => true ) )->get_data()['preview']['taken'] );
		self::assertSame( array(), $this->sidecar->asked, 'a dry run asks nobody' );
	}

	public function test_a_run_asks_for_every_image_once_and_says_why_it_left_the_others(): void {
		$ids = $this->images( 230 );
		$svg = $this->images( 1, 'image/svg+xml' );
		update_post_meta( $ids[3], '_wp_attachment_image_alt', 'by hand' );
		update_post_meta( $ids[4], '_altsmith_decorative', '1' );
		$run = $this->start();
		for ( $i = 0; $i < 4; $i++ ) {
			$this->sync();
			$this->sidecar->describe_all();
		}
		$this->sync();
		$run = $this->shown( $run['id'] );
		self::assertSame( array( 'done', 228, 228 ), array( $run['state'], $run['expected'], $run['suggested'] ) );
		self::assertSame( 228, $this->sidecar->count( 'POST /v1/jobs' ) );
		self::assertSame( array( 'decorative' => 1, 'has_text' => 1, 'type' => 1 ), array_column( $run['skipped'], 'count', 'reason' ) );
		self::assertSame( 'by hand', $this->stored_alt( $ids[3] ) );
		self::assertNull( $this->stored_alt( $ids[5] ), 'nothing is written before a person says so' );
		self::assertNull( ( new Request_Store() )->find( $svg[0] ) );
	}

	public function test_a_run_is_over_in_the_very_call_that_brings_its_last_suggestion(): void {
		$this->images( 3 );
		$run = $this->start();
		$this->sync();
		self::assertSame( array( 'running', 3 ), array( $this->shown( $run['id'] )['state'], $this->shown( $run['id'] )['working'] ) );
		$this->sidecar->describe_all();
		$this->sync();
		self::assertSame( array( 'done', 3 ), array( $this->shown( $run['id'] )['state'], $this->shown( $run['id'] )['suggested'] ) );
	}

	public function test_a_run_that_finds_nothing_to_do_is_over_at_once(): void {
		$run = $this->start();
		$this->sync();
		self::assertSame( array( 'done', 0 ), array( $this->shown( $run['id'] )['state'], $this->shown( $run['id'] )['expected'] ) );
	}

	public function test_only_what_was_asked_for_is_counted(): void {
		global $wpdb;
		$run  = $this->start();
		$data = fn( array $more ): array => $this->call( 'GET', 'backfill', $more )->get_data();
		self::assertSame( array( 'counts', 'preview', 'run', 'history' ), array_keys( $data( array() ) ) );
		$before = $wpdb->num_queries;
		$data( array( '_fields' => 'run' ) );
		$few    = $wpdb->num_queries - $before;
		$answer = $data( array( '_fields' => 'run,counts' ) );
		self::assertSame( array( 'counts', 'run' ), array_keys( $answer ) );
		self::assertSame( $run['id'], $answer['run']['id'] );
		$before = $wpdb->num_queries;
		$data( array() );
		self::assertGreaterThan( $few, $wpdb->num_queries - $before );
	}

	public function test_a_run_whose_process_dies_goes_on_and_takes_no_image_twice(): void {
		global $wpdb;
		$ids = $this->images( 120 );
		$run = $this->start();
		$this->sidecar->down = true;
		$this->sync();
		$this->sidecar->down = false;
		// What a process leaves that died in the middle of the second batch, before it could move the position.
		$wpdb->update( Schema::runs_table(), array( 'position' => $ids[99], 'looked_through' => 0 ), array( 'id' => $run['id'] ) );
		foreach ( array_slice( $ids, 110 ) as $id ) {
			( new Request_Store() )->remove( $id );
		}
		for ( $i = 0; $i < 3; $i++ ) {
			$this->sync();
			$this->sidecar->describe_all();
		}
		$this->sync();
		$run = $this->shown( $run['id'] );
		self::assertSame( array( 'done', 120 ), array( $run['state'], $run['suggested'] ) );
		self::assertSame( 120, $this->sidecar->count( 'POST /v1/jobs' ) );
	}

	public function test_pause_sends_nothing_more_and_resume_goes_on(): void {
		$this->images( 10 );
		$run = $this->start();
		$this->sidecar->down = true;
		$this->sync();
		$this->sidecar->down = false;
		self::assertSame( 200, $this->call( 'POST', 'backfill', array( 'action' => 'pause', 'run_id' => $run['id'] ) )->get_status() );
		$this->sync();
		self::assertSame( 0, $this->sidecar->count( 'POST /v1/jobs' ) );
		self::assertSame( array( 'paused', 10 ), array( $this->shown( $run['id'] )['state'], $this->shown( $run['id'] )['waiting'] ) );
		$this->call( 'POST', 'backfill', array( 'action' => 'resume', 'run_id' => $run['id'] ) );
		$this->sync();
		self::assertSame( 10, $this->sidecar->count( 'POST /v1/jobs' ) );
	}

	public function test_an_image_that_ends_every_run_is_stepped_over(): void {
		$ids    = $this->images( 5 );
		$throws = static function ( array $caps, string $cap, int $user, array $of ) use ( $ids ): array {
			if ( 'edit_post' === $cap && ( $of[0] ?? 0 ) === $ids[2] ) {
				throw new \Error( 'as if PHP ended' );
			}
			return $caps;
		};
		$run    = $this->start();
		add_filter( 'map_meta_cap', $throws, 10, 4 );
		for ( $i = 0; $i < 4; $i++ ) {
			$this->sync();
		}
		remove_filter( 'map_meta_cap', $throws, 10 );
		self::assertNull( ( new Request_Store() )->find( $ids[2] ) );
		self::assertSame( 4, $this->sidecar->count( 'POST /v1/jobs' ) );
		self::assertSame( array( 1 ), array_column( $this->shown( $run['id'] )['skipped'], 'count' ) );
		self::assertFalse( get_option( 'altsmith_at_backfill' ) );
	}

	public function test_there_is_one_run_at_a_time(): void {
		$this->images( 1 );
		$this->start();
		self::assertSame( 409, $this->call( 'POST', 'backfill', array( 'action' => 'start' ) )->get_status() );
	}

	public function test_nothing_begins_when_the_sidecar_is_away(): void {
		$this->sidecar->down = true;
		self::assertSame( 503, $this->call( 'POST', 'backfill', array( 'action' => 'start' ) )->get_status() );
		self::assertNull( ( new Run_Store() )->open() );
		$lock = new Lock( 'backfill_start', 5 );
		self::assertTrue( $lock->acquire(), 'the lock was released' );
	}

	/** @dataProvider people */
	public function test_only_who_may_edit_everybodys_images_starts_one( string $who, int $status ): void {
		self::assertSame( $status, $this->call( 'POST', 'backfill', array( 'action' => 'start' ), $who )->get_status() );
		self::assertSame( $status, $this->call( 'GET', 'backfill', array(), $who )->get_status() === 200 ? 200 : $status );
	}

	public static function people(): array {
		return array( 'nobody' => array( '', 401 ), 'subscriber' => array( 'subscriber', 403 ), 'author' => array( 'author', 403 ), 'editor' => array( 'editor', 200 ) );
	}

	public function test_the_table_of_a_run_shows_before_and_after_and_starts_no_formulas(): void {
		$ids = $this->images( 2 );
		update_post_meta( $ids[1], '_wp_attachment_image_alt', '=HYPERLINK("x")' );
		$run = $this->start();
		$this->sync();
		$this->sidecar->describe_all( 'a "cat", asleep' );
		$this->sync();
		$this->decide( $this->row( $ids[0] ), 'approve' );
		$out = fopen( 'php://memory', 'w+b' );
		( new Csv_Export( new Run_Store(), new Request_Store() ) )->write( ( new Run_Store() )->find( $run['id'] ), $out );
		rewind( $out );
		$lines = array();
		self::assertSame( "\xEF\xBB\xBF", fread( $out, 3 ), 'so that Excel reads UTF-8' );
		while ( false !== ( $line = fgetcsv( $out, null, ',', '"', '' ) ) ) {
			$lines[] = $line;
		}
		self::assertSame( array( (string) $ids[0], 'applied', '', 'a "cat", asleep' ), array( $lines[1][0], $lines[1][3], $lines[1][5], $lines[1][6] ) );
		self::assertSame( array( 'skipped', 'already has alt text', '\'=HYPERLINK("x")' ), array( $lines[2][3], $lines[2][4], $lines[2][5] ) );
	}

	public function test_a_pilot_asks_for_so_many_images_and_the_next_run_for_the_rest(): void {
		$this->images( 250 );
		self::assertSame( 120, $this->call( 'GET', 'backfill', array( 'limit' => 120 ) )->get_data()['preview']['taken'] );
		$run = $this->start( array( 'limit' => 120 ) );
		self::assertSame( 120, $run['choices']['limit'] );
		for ( $i = 0; $i < 3; $i++ ) {
			$this->sync();
			$this->sidecar->describe_all();
		}
		$this->sync();
		$run = $this->shown( $run['id'] );
		self::assertSame( array( 'done', 120, 120 ), array( $run['state'], $run['expected'], $run['suggested'] ) );
		self::assertSame( 120, $this->sidecar->count( 'POST /v1/jobs' ) );
		self::assertSame( 130, $this->call( 'GET', 'backfill' )->get_data()['preview']['taken'] );
	}

	public function test_days_and_uses_say_which_images_are_looked_at(): void {
		$ids = $this->images( 6 );
		foreach ( array( '2024-12-31 23:59:59', '2025-01-01 00:00:00', '2025-01-31 23:59:59', '2025-02-01 00:00:00' ) as $place => $date ) {
			wp_update_post( array( 'ID' => $ids[ $place ], 'post_date' => $date, 'post_date_gmt' => get_gmt_from_date( $date ), 'edit_date' => true ) );
		}
		$post = wp_insert_post( array( 'post_title' => 'x', 'post_status' => 'publish', 'post_content' => sprintf( '<!-- wp:image {"id":%1$d} --><figure class="wp-block-image"><img src="%2$s" alt="" class="wp-image-%1$d"/></figure><!-- /wp:image -->', $ids[4], wp_get_attachment_url( $ids[4] ) ) ) );
		set_post_thumbnail( $post, $ids[5] );
		$taken = fn( array $choices ): int => $this->call( 'GET', 'backfill', $choices )->get_data()['preview']['taken'];
		self::assertSame( 2, $taken( array( 'from' => '2025-01-01', 'to' => '2025-01-31' ) ) );
		self::assertSame( 1, $taken( array( 'used' => 'content' ) ) );
		self::assertSame( 1, $taken( array( 'used' => 'featured' ) ) );
		self::assertSame( 400, $this->call( 'GET', 'backfill', array( 'from' => '31.12.2024' ) )->get_status() );
		$this->start( array( 'used' => 'featured' ) );
		$this->sync();
		self::assertSame( 'sent', $this->row( $ids[5] )->status );
		self::assertSame( 1, $this->sidecar->count( 'POST /v1/jobs' ) );
	}
}
