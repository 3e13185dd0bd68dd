<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Rest;

use Altsmith\Tests\Support\Sidecar_Test_Case;

/** Images that got no suggestion: each with its reason, and all of them tried again at once. */
final class FailedTest extends Sidecar_Test_Case {
	private function failed( string $by = 'admin' ): int {
		$id = $this->photo( by: $by );
		$this->sync();
		$this->sidecar->fail_all( 'IMAGE_UNREADABLE' );
		$this->sync();
		self::assertSame( 'failed', $this->row( $id )->status );
		return $id;
	}

	public function test_they_are_listed_with_their_reasons(): void {
		$ids  = array( $this->failed(), $this->failed() );
		$told = $this->call( 'GET', 'failed' )->get_data();
		self::assertSame( 2, $told['total'] );
		self::assertEqualsCanonicalizing( $ids, array_column( $told['items'], 'attachment_id' ) );
		self::assertSame( array( 'It failed.' ), array_unique( array_column( $told['items'], 'reason' ) ) );
		self::assertSame( array( array( 'code' => 'IMAGE_UNREADABLE', 'message' => 'It failed.', 'count' => 2 ) ), $told['reasons'] );
	}

	public function test_all_of_them_or_some_are_tried_again(): void {
		$ids = array( $this->failed(), $this->failed(), $this->failed() );
		self::assertSame( array( 'retried' => 1, 'after' => 0 ), $this->call( 'POST', 'failed/retry', array( 'ids' => array( $ids[0] ) ) )->get_data() );
		self::assertSame( 'queued', $this->row( $ids[0] )->status );
		self::assertSame( 0, $this->row( $ids[0] )->attempts );
		self::assertSame( array( 'retried' => 2, 'after' => 0 ), $this->call( 'POST', 'failed/retry' )->get_data() );
		self::assertSame( array(), $this->call( 'GET', 'failed' )->get_data()['items'] );
	}

	public function test_an_author_sees_and_retries_their_own_only(): void {
		$theirs = $this->failed( 'admin' );
		$mine   = $this->failed( 'author' );
		$told   = $this->call( 'GET', 'failed', array(), 'author' )->get_data();
		self::assertSame( array( $mine ), array_column( $told['items'], 'attachment_id' ) );
		self::assertSame( 1, $told['reasons'][0]['count'] );
		$this->call( 'POST', 'failed/retry', array( 'ids' => array( $theirs, $mine ) ), 'author' );
		$this->call( 'POST', 'failed/retry', array(), 'author' );
		self::assertSame( 'failed', $this->row( $theirs )->status );
		self::assertSame( 'queued', $this->row( $mine )->status );
	}

	public function test_a_title_is_shown_as_it_was_typed(): void {
		$id = $this->failed();
		wp_update_post( array( 'ID' => $id, 'post_title' => "Anna's \"cat\" -- 2" ) );
		self::assertSame( "Anna's \"cat\" -- 2", $this->call( 'GET', 'failed' )->get_data()['items'][0]['title'] );
	}
}
