<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** An image that is deleted while the sidecar works on it: the sidecar is told, and nothing brings the row back. */
final class DeletedInFlightTest extends Sidecar_Test_Case {
	public function test_its_job_is_cancelled(): void {
		$id = $this->photo();
		$this->sync();
		$job = $this->row( $id )->job_id;
		wp_delete_attachment( $id, true );
		$this->sync();
		self::assertSame( 'cancelled', $this->sidecar->jobs[ $job ]['state'] );
		self::assertNull( ( new Request_Store() )->find( $id ) );
	}

	public function test_a_job_that_ended_meanwhile_has_its_suggestion_withdrawn(): void {
		$id = $this->photo();
		$this->sync();
		wp_delete_attachment( $id, true );
		$this->sidecar->describe_all();
		$this->sync();
		self::assertSame( array( 'gone' ), $this->sidecar->reported() );
		self::assertSame( array( 'superseded' ), array_column( $this->sidecar->suggestions, 'state' ) );
		self::assertNull( ( new Request_Store() )->find( $id ) );
	}

	/** @dataProvider whether_the_sidecar_had_it_before */
	public function test_deleted_between_the_bytes_and_the_job_it_is_cancelled_too( bool $before ): void {
		$id = $before ? $this->suggested()->attachment_id : $this->photo();
		if ( $before ) {
			( new Request_Store() )->requeue( $id, 'upload' );
			imagejpeg( imagecreatetruecolor( 300, 200 ), get_attached_file( $id ) );
			$this->make_sizes( $id );
		}
		$deletes = static function ( array $context, int $of ) use ( $id ): array {
			if ( $of === $id ) {
				wp_delete_attachment( $id, true );
			}
			return $context;
		};
		add_filter( 'altsmith_request_context', $deletes, 10, 2 );
		$this->sync();
		remove_filter( 'altsmith_request_context', $deletes, 10 );
		self::assertSame( 'cancelled', array_column( $this->sidecar->jobs, 'state' )[ count( $this->sidecar->jobs ) - 1 ] );
		self::assertNull( ( new Request_Store() )->find( $id ) );
	}

	public static function whether_the_sidecar_had_it_before(): array {
		return array( 'a new image' => array( false ), 'one with a suggestion' => array( true ) );
	}

	/** @dataProvider whether_the_deletion_was_seen */
	public function test_a_new_image_with_the_number_of_a_deleted_one_is_asked_for( bool $is_seen ): void {
		global $wpdb;
		$row = $this->suggested( 'the picture that was deleted' );
		if ( $is_seen ) {
			$this->sidecar->down = true;
			wp_delete_attachment( $row->attachment_id, true );
			$this->sync();
			$this->sidecar->down = false;
		} else {
			$wpdb->delete( $wpdb->posts, array( 'ID' => $row->attachment_id ) );
			$wpdb->delete( $wpdb->postmeta, array( 'post_id' => $row->attachment_id ) );
			wp_cache_flush();
		}
		$file = wp_upload_dir()['path'] . '/other-' . bin2hex( random_bytes( 4 ) ) . '.jpg';
		copy( __DIR__ . '/../fixtures/images/rocket.jpg', $file );
		self::assertSame( $row->attachment_id, $this->attach( $file, import_id: $row->attachment_id ) );
		$this->sync();
		$this->sync();
		$now = $this->row( $row->attachment_id );
		self::assertSame( array( 'sent', '' ), array( $now->status, $now->suggestion_id ) );
		self::assertSame( array( 'gone' ), $this->sidecar->reported() );
	}

	public static function whether_the_deletion_was_seen(): array {
		return array( 'the sidecar could not be told yet' => array( true ), 'past WordPress' => array( false ) );
	}

	public function test_nothing_brings_a_deleted_row_back(): void {
		$row   = $this->suggested();
		$store = new Request_Store();
		$store->forget( $row->attachment_id );
		$store->requeue( $row->attachment_id, 'interactive' );
		$store->keep_suggestion( $row->attachment_id, array( 'version' => 9 ) + (array) $row->suggestion, true );
		self::assertSame( 'gone', $this->row( $row->attachment_id )->status );
	}

	public function test_while_the_sidecar_is_away_the_row_waits(): void {
		$id = $this->photo();
		$this->sync();
		wp_delete_attachment( $id, true );
		$this->sidecar->down = true;
		$this->sync();
		self::assertSame( 'gone', $this->row( $id )->status );
		$this->sidecar->down = false;
		$this->sync();
		self::assertSame( array( 'cancelled' ), array_column( $this->sidecar->jobs, 'state' ) );
	}

	public function test_news_of_the_suggestion_before_does_not_answer_a_new_question(): void {
		$row = $this->suggested();
		( new Request_Store() )->requeue( $row->attachment_id, 'upload' );
		( new Request_Store() )->change( $row->attachment_id, array( 'next_attempt_at' => time() + 600 ) );
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'reject' );
		$this->sync();
		self::assertSame( array( 'queued', 'rejected' ), array( $this->row( $row->attachment_id )->status, $this->row( $row->attachment_id )->suggestion_state ) );
	}
}
