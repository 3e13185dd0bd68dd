<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Storage\Installer;
use Altsmith\Storage\Picture_Store;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Schema;
use Altsmith\Tests\Support\Changed_Pictures;
use Altsmith\Tests\Support\Drawing;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Writeback\Provenance;

/** A text never stays beside a picture that it was not made for; other bytes of the same picture change nothing. */
final class PictureChangedTest extends Sidecar_Test_Case {
	use Changed_Pictures;

	private const IMAGES = __DIR__ . '/../fixtures/images/';

	/** @dataProvider ways_a_picture_changes */
	public function test_a_changed_picture_is_asked_for_anew( string $way ): void {
		$row = $this->described( 'cat' );
		$this->$way( $row->attachment_id );
		$this->sync();
		self::assertSame( array( 'superseded' ), array_column( $this->sidecar->suggestions, 'state' ) );
		$now = $this->row( $row->attachment_id );
		self::assertSame( array( 'sent', '', '' ), array( $now->status, $now->suggestion_id, $now->suggestion_state ) );
		self::assertNotSame( $row->source_sha256, $now->source_sha256 );
		self::assertSame( 404, $this->decide( $row, 'approve' )->get_status() );
		$this->sidecar->describe_all( 'what it shows now' );
		$this->sync();
		self::assertSame( array( 'pending', 'what it shows now' ), array( $this->row( $row->attachment_id )->display_status(), $this->row( $row->attachment_id )->suggestion['fields']['alt_text'] ) );
	}

	/** @dataProvider ways_a_picture_changes */
	public function test_nobody_can_approve_the_old_text_before_it_was_noticed( string $way ): void {
		$row = $this->described( 'cat' );
		$this->$way( $row->attachment_id );
		$answer = $this->decide( $row, 'approve' );
		self::assertSame( array( 409, 'altsmith_picture_changed' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 0, $this->sidecar->count( "POST /v1/suggestions/$row->suggestion_id/decision" ) );
	}

	/** @dataProvider ways_a_picture_changes */
	public function test_a_yes_given_elsewhere_does_not_reach_the_new_picture( string $way ): void {
		$row = $this->described( 'cat' );
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'approve' );
		$this->$way( $row->attachment_id );
		$this->sync();
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertContains( 'gone', $this->sidecar->reported() );
	}

	public static function ways_a_picture_changes(): array {
		return array( 'replaced' => array( 'replace' ), 'overwritten, sizes made again' => array( 'overwrite' ), 'cropped' => array( 'crop' ), 'turned' => array( 'turn' ), 'mirrored' => array( 'mirror' ) );
	}

	/** @dataProvider ways_a_picture_changes */
	public function test_a_suggestion_from_version_0_1_does_not_reach_a_changed_picture( string $way ): void {
		$row = $this->of_version_0_1( $this->described( 'cat' ) );
		$this->$way( $row->attachment_id );
		self::assertSame( 409, $this->decide( $row, 'approve' )->get_status() );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		$row = $this->of_version_0_1( $this->described( 'galaxies' ) );
		// A background run after the update and before the change.
		Picture_Store::plan_first_looks( 0, PHP_INT_MAX );
		$this->sync();
		self::assertSame( 'pending', $this->row( $row->attachment_id )->display_status() );
		$this->$way( $row->attachment_id );
		$this->sync();
		self::assertSame( 'sent', $this->row( $row->attachment_id )->status );
	}

	public function test_a_suggestion_from_version_0_1_stays_where_only_the_metadata_changed(): void {
		$row = $this->of_version_0_1( $this->described( 'cat' ) );
		$this->make_sizes( $row->attachment_id );
		$this->sync();
		self::assertSame( 'applied', $this->decide( $row, 'approve' )->get_data()['suggestion']['state'] );
	}

	/** What 0.1.0 knew of a picture: the hash of what it sent. */
	private function of_version_0_1( Request_Row $row ): Request_Row {
		( new Request_Store() )->change( $row->attachment_id, array( 'source_sha256' => '' ) );
		( new Picture_Store() )->remove( $row->attachment_id );
		return $this->row( $row->attachment_id );
	}

	public function test_restoring_the_original_after_a_crop_is_a_change_too(): void {
		$row  = $this->described( 'cat' );
		$file = get_attached_file( $row->attachment_id );
		$this->crop( $row->attachment_id );
		$this->sync();
		$this->sidecar->describe_all( 'a part of it' );
		$this->sync();
		$cropped = $this->row( $row->attachment_id );
		update_attached_file( $row->attachment_id, $file );
		$this->make_sizes( $row->attachment_id );
		self::assertSame( 409, $this->decide( $cropped, 'approve' )->get_status() );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
	}

	/** @dataProvider ways_only_bytes_change */
	public function test_other_bytes_of_the_same_picture_change_nothing( string $way ): void {
		foreach ( array( 'cat', 'tourist', 'spiral-stairs', 'galaxies', 'flower-meadow' ) as $name ) {
			$rows[] = $this->described( $name );
		}
		$asked = $this->sidecar->count( 'POST /v1/jobs' );
		foreach ( $rows as $row ) {
			$this->$way( $row->attachment_id );
		}
		$this->sync();
		self::assertSame( array( $asked, 0 ), array( $this->sidecar->count( 'POST /v1/jobs' ), count( $this->sidecar->reported() ) ) );
		self::assertSame( array(), ( new Picture_Store() )->doubted( 10 ), 'and all were looked at' );
		self::assertSame( 200, $this->decide( $rows[0], 'approve' )->get_status() );
		self::assertSame( 'a cat on a mat', $this->stored_alt( $rows[0]->attachment_id ) );
		// Asked once more by a person, it is still the picture it was.
		$this->call( 'POST', "attachments/{$rows[1]->attachment_id}/request" );
		self::assertSame( $rows[1]->source_sha256, $this->row( $rows[1]->attachment_id )->source_sha256 );
	}

	public static function ways_only_bytes_change(): array {
		return array( 'thumbnails made again' => array( 'make_sizes' ), 'an optimiser' => array( 'optimise' ), 'metadata taken out' => array( 'strip' ), 'only a new date' => array( 'touch_file' ) );
	}

	/** tests/nightly/many-files.test.ts runs it with 1,000 files. */
	public function test_many_files_with_other_bytes_are_neither_superseded_nor_asked_again(): void {
		$many = max( 6, (int) getenv( 'ALTSMITH_MANY_FILES' ) );
		$ids  = array();
		for ( $i = 0; $i < $many; $i++ ) {
			$ids[] = $this->photo( 640 + $i % 50, 400 );
		}
		// A run ends after half a minute; 1,000 files take several runs.
		$all_are = function ( string $status ) use ( $ids ): bool {
			return array( $status ) === array_values( array_unique( array_map( fn( int $id ): string => $this->row( $id )->display_status(), $ids ) ) );
		};
		for ( $run = 0; $run < 100 && ! $all_are( 'sent' ); $run++ ) {
			$this->sync();
		}
		$this->sidecar->describe_all();
		for ( $run = 0; $run < 100 && ! $all_are( 'pending' ); $run++ ) {
			$this->sync();
		}
		$jobs = $this->sidecar->count( 'POST /v1/jobs' );
		self::assertSame( $many, $jobs );
		foreach ( $ids as $i => $id ) {
			0 === $i % 2 ? $this->make_sizes( $id ) : $this->optimise( $id );
		}
		( new Picture_Store() )->doubt( $ids[0] );
		for ( $run = 0; $run < 100 && ( 0 === $run || array() !== ( new Picture_Store() )->doubted( 1 ) ); $run++ ) {
			$this->sync();
		}
		self::assertTrue( $all_are( 'pending' ) );
		self::assertSame( $jobs, $this->sidecar->count( 'POST /v1/jobs' ), 'none is asked for again' );
		self::assertSame( array( 'pending' ), array_values( array_unique( array_column( $this->sidecar->suggestions, 'state' ) ) ), 'none is superseded' );
	}

	public function test_an_approved_text_is_marked_and_no_longer_told_to_search_engines(): void {
		$row = $this->described( 'cat' );
		$this->decide( $row, 'approve' );
		$this->replace( $row->attachment_id );
		$this->sync();
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ), 'it stays until a person says otherwise' );
		self::assertTrue( $this->call( 'GET', "attachments/$row->attachment_id" )->get_data()['picture_changed'] );
		self::assertSame( '', ( new \Altsmith\Placements\Library_Text() )->approved( $row->attachment_id ) );
		$this->sidecar->describe_all( 'a rocket' );
		$this->sync();
		$this->decide( $this->row( $row->attachment_id ), 'approve' );
		self::assertSame( 'a rocket', $this->stored_alt( $row->attachment_id ) );
		self::assertFalse( Provenance::picture_changed( $row->attachment_id ) );
		$this->call( 'POST', 'suggestions/' . $this->row( $row->attachment_id )->suggestion_id . '/undo' );
		self::assertSame( array( 'a cat on a mat', true ), array( $this->stored_alt( $row->attachment_id ), Provenance::picture_changed( $row->attachment_id ) ), 'the text of the former picture is back' );
	}

	public function test_files_that_were_replaced_while_the_plugin_was_not_active_are_found_when_it_is_again(): void {
		$same = $this->described( 'galaxies' );
		$row  = $this->described( 'cat' );
		$this->decide( $row, 'approve' );
		copy( self::IMAGES . 'rocket.jpg', get_attached_file( $row->attachment_id ) );
		touch( get_attached_file( $row->attachment_id ), time() + 60 );
		$jobs = $this->sidecar->count( 'POST /v1/jobs' );
		Installer::activate();
		$this->sync();
		self::assertTrue( Provenance::picture_changed( $row->attachment_id ) );
		self::assertSame( 'sent', $this->row( $row->attachment_id )->status );
		self::assertSame( array( 'pending', $jobs + 1 ), array( $this->row( $same->attachment_id )->display_status(), $this->sidecar->count( 'POST /v1/jobs' ) ) );
		self::assertSame( array(), ( new Picture_Store() )->doubted( 10 ) );
		self::assertSame( 0, ( new Picture_Store() )->find( $same->attachment_id )['check_at'] );
	}

	public function test_a_banner_with_another_number_is_another_picture(): void {
		$draw   = static fn( string $text ): string => Drawing::jpeg( Drawing::text( 1200, 400, array( $text ), 6 ) );
		$row    = $this->described( $draw( 'Sale: 20 % off shoes' ) );
		$file   = get_attached_file( $row->attachment_id );
		file_put_contents( $file, $draw( 'Sale: 70 % off shoes' ) );
		$this->make_sizes( $row->attachment_id );
		self::assertSame( 'altsmith_picture_changed', $this->decide( $row, 'approve' )->get_data()['code'] );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
	}

	public function test_a_filter_that_throws_for_a_changed_file_holds_up_nobody_and_has_an_end(): void {
		$row    = $this->described();
		$bad    = $row->attachment_id;
		$throws = self::throws( 'no such bucket', $bad );
		$seen   = array();
		self::check_now( $bad );
		add_filter( 'get_attached_file', $throws, 10, 2 );
		for ( $run = 0; $run < 4; $run++ ) {
			$good = $this->photo();
			$this->sync();
			$seen[] = array( get_option( 'altsmith_pause' ), $this->row( $good )->status, ( new Picture_Store() )->doubted( 10 ) );
			self::check_now( $bad );
		}
		remove_filter( 'get_attached_file', $throws, 10 );
		self::assertSame( array_fill( 0, 4, array( false, 'sent', array() ) ), $seen, 'the others go, and it is not taken up again at once' );
		self::assertSame( array( 'queued', 'SITE_ERROR' ), array( $this->row( $bad )->status, $this->row( $bad )->error_code ) );
		self::assertSame( '', $this->row( $bad )->suggestion_id, 'what could not be compared is taken for another picture' );
	}

	public function test_a_comparison_is_counted_before_its_work(): void {
		$row  = $this->described();
		$seen = array();
		$find = static function ( mixed $file, int $id ) use ( &$seen ): mixed {
			$seen[] = array( ( new Picture_Store() )->find( $id )['checks'], ( new Picture_Store() )->doubted( 10 ) );
			return $file;
		};
		$this->make_sizes( $row->attachment_id );
		( new Picture_Store() )->doubt( $row->attachment_id );
		add_filter( 'get_attached_file', $find, 10, 2 );
		$this->sync();
		remove_filter( 'get_attached_file', $find, 10 );
		self::assertSame( array( 1, array() ), $seen[0] );
		self::assertSame( 0, ( new Picture_Store() )->find( $row->attachment_id )['checks'] );
	}

	public function test_rows_that_were_asked_for_anew_are_compared_with_nothing(): void {
		$ids = array();
		for ( $i = 0; $i < 50; $i++ ) {
			$ids[] = 900000 + $i;
			( new Request_Store() )->add( 900000 + $i, 'backfill', time() + 600 );
			( new Picture_Store() )->keep( 900000 + $i, 'stamp', '' );
			( new Picture_Store() )->doubt( 900000 + $i );
		}
		$good = $this->photo();
		$this->sync();
		self::assertSame( 'sent', $this->row( $good )->status );
		self::assertSame( array(), ( new Picture_Store() )->doubted( 10 ) );
	}

	public function test_many_changed_files_leave_time_for_what_was_uploaded(): void {
		$slow = array();
		for ( $i = 0; $i < 6; $i++ ) {
			$slow[] = $this->described()->attachment_id;
		}
		$sleeps = static function ( mixed $file, int $id ) use ( $slow ): mixed {
			if ( in_array( $id, $slow, true ) ) {
				usleep( 500000 );
			}
			return $file;
		};
		array_map( array( new Picture_Store(), 'doubt' ), $slow );
		$good = $this->photo();
		add_filter( 'get_attached_file', $sleeps, 10, 2 );
		do_action( 'heartbeat_tick' );
		remove_filter( 'get_attached_file', $sleeps, 10 );
		self::assertSame( 'sent', $this->row( $good )->status );
		self::assertNotSame( array(), ( new Picture_Store() )->doubted( 10 ), 'the rest waits for the next run' );
	}

	private static function check_now( int $attachment_id ): void {
		global $wpdb;
		$wpdb->update( Schema::pictures_table(), array( 'check_at' => 1 ), array( 'attachment_id' => $attachment_id ) );
	}

	public function test_a_picture_that_is_restored_is_the_one_its_text_was_approved_for(): void {
		$row  = $this->described( 'cat' );
		$file = get_attached_file( $row->attachment_id );
		$this->decide( $row, 'approve' );
		$this->crop( $row->attachment_id );
		$this->sync();
		self::assertTrue( Provenance::picture_changed( $row->attachment_id ) );
		update_attached_file( $row->attachment_id, $file );
		$this->make_sizes( $row->attachment_id );
		$this->sync();
		$this->sync();
		self::assertSame( array( 'applied', $row->suggestion_id ), array( $this->row( $row->attachment_id )->display_status(), $this->row( $row->attachment_id )->suggestion_id ) );
		self::assertFalse( Provenance::picture_changed( $row->attachment_id ) );
	}
}
