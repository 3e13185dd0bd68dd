<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use RuntimeException;

/** Whatever is wrong with one image, those behind it get their suggestions, and it says why it got none. */
final class OneBadImageTest extends Sidecar_Test_Case {
	public function test_a_filter_that_throws_fails_its_own_image_alone(): void {
		$bad    = $this->photo();
		$good   = $this->photo();
		$throws = self::throws( 'no such table', $bad );
		add_filter( 'altsmith_request_context', $throws, 10, 2 );
		$this->sync();
		self::assertSame( 'sent', $this->row( $good )->status );
		self::assertSame( array( 'queued', 1, 'SITE_ERROR' ), array( $this->row( $bad )->status, $this->row( $bad )->attempts, $this->row( $bad )->error_code ) );
		self::assertStringContainsString( 'no such table', $this->row( $bad )->error_message );
		for ( $i = 0; $i < 2; $i++ ) {
			( new Request_Store() )->change( $bad, array( 'next_attempt_at' => 0 ) );
			$this->sync();
		}
		remove_filter( 'altsmith_request_context', $throws, 10 );
		self::assertSame( array( 'failed', 3 ), array( $this->row( $bad )->status, $this->row( $bad )->attempts ) );
	}

	public function test_an_attempt_is_counted_before_its_work(): void {
		$id    = $this->photo();
		$seen  = array();
		$looks = function ( array $context, int $of ) use ( &$seen ): array {
			$seen = array( $this->row( $of )->attempts, $this->row( $of )->error_code, $this->row( $of )->next_attempt_at > time() );
			return $context;
		};
		add_filter( 'altsmith_request_context', $looks, 10, 2 );
		$this->sync();
		remove_filter( 'altsmith_request_context', $looks, 10 );
		self::assertSame( array( 1, 'INTERRUPTED', true ), $seen );
		self::assertSame( array( 'sent', '' ), array( $this->row( $id )->status, $this->row( $id )->error_code ) );
	}

	public function test_an_image_that_ends_php_is_given_up_and_the_next_one_goes_in_the_next_run(): void {
		global $wpdb;
		$bad  = $this->photo();
		$good = $this->photo();
		// Another process must see them; what is left of them is taken away below.
		$wpdb->query( 'COMMIT' );
		$wpdb->query( 'SET autocommit = 1' );
		try {
			$said = array();
			for ( $run = 0; $run < 4; $run++ ) {
				$said[] = $this->cron_in_its_own_process( $bad );
				( new Request_Store() )->change( $bad, array( 'next_attempt_at' => 0 ) );
			}
			self::assertStringContainsString( 'critical error', $said[0] );
			self::assertSame( array( 'failed', 3, 'INTERRUPTED' ), array( $this->row( $bad )->status, $this->row( $bad )->attempts, $this->row( $bad )->error_code ) );
			self::assertStringContainsString( 'memory limit', $this->row( $bad )->error_message );
			self::assertSame( 'sent', $this->row( $good )->status );
		} finally {
			foreach ( array( $bad, $good ) as $id ) {
				wp_delete_attachment( $id, true );
				( new Request_Store() )->remove( $id );
			}
			foreach ( $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE 'altsmith\_%' AND option_name NOT LIKE '%\_version'" ) as $option ) {
				delete_option( $option );
			}
		}
	}

	public function test_a_hook_that_throws_holds_up_neither_the_feed_nor_the_other_texts(): void {
		$first  = $this->suggested( 'a first picture' );
		$second = $this->suggested( 'a second picture' );
		$throws = self::throws( 'no', $first->attachment_id );
		add_filter( 'altsmith_before_write', $throws, 10, 2 );
		$this->sidecar->decide_elsewhere( $first->suggestion_id, 'approve' );
		$this->sidecar->decide_elsewhere( $second->suggestion_id, 'approve' );
		$this->sync();
		self::assertNull( $this->stored_alt( $first->attachment_id ) );
		self::assertSame( 'SITE_ERROR', $this->row( $first->attachment_id )->error_code );
		self::assertSame( 'a second picture', $this->stored_alt( $second->attachment_id ) );
		remove_filter( 'altsmith_before_write', $throws, 10 );
		$this->sync();
		self::assertSame( 'a first picture', $this->stored_alt( $first->attachment_id ) );
	}

	public function test_a_hook_that_throws_after_the_write_leaves_it_written_and_ours(): void {
		$row    = $this->suggested();
		$throws = static fn( int $meta_id, int $id, string $key ) => '_wp_attachment_image_alt' === $key ? self::throws( 'cache is full', $id )( '', $id ) : null;
		add_action( 'added_post_meta', $throws, 10, 3 );
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'approve' );
		$this->sync();
		remove_action( 'added_post_meta', $throws, 10 );
		$this->sync();
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 'applied', $this->row( $row->attachment_id )->suggestion_state );
		self::assertSame( array( 'applied' ), $this->sidecar->reported() );
	}

	/** A filter of another plugin that cannot cope with one image. */
	private static function throws( string $sentence, int $with ): callable {
		return static function ( mixed $value, int $id ) use ( $sentence, $with ): mixed {
			if ( $id === $with ) {
				throw new RuntimeException( $sentence );
			}
			return $value;
		};
	}

	private function cron_in_its_own_process( int $bad ): string {
		$command = array( PHP_BINARY, '-d', 'memory_limit=96M', __DIR__ . '/support/cron-once.php', untrailingslashit( ABSPATH ), (string) $bad );
		$process = proc_open( $command, array( 1 => array( 'pipe', 'w' ), 2 => array( 'file', '/dev/null', 'w' ) ), $pipes );
		self::assertIsResource( $process );
		$said = (string) stream_get_contents( $pipes[1] );
		proc_close( $process );
		return $said;
	}
}
