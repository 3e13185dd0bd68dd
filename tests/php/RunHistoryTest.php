<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Backfill\Choices;
use Altsmith\Backfill\Run;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Run_Store;
use Altsmith\Storage\Schema;
use Altsmith\Tests\Support\Backfill_Test_Case;

/** The history of runs: kept counts, so that a view costs the same however many runs and images there are. */
final class RunHistoryTest extends Backfill_Test_Case {
	/** A statement that counts the images of a run. */
	private const COUNT = 'LEFT JOIN wp_altsmith_requests';

	public function test_a_view_counts_a_run_once_and_again_where_something_changed(): void {
		$ids = $this->images( 4 );
		$run = $this->ended_run();
		self::assertSame( array( 4, 0 ), $this->counts_of( $run ) );
		$this->age_everything();
		self::assertSame( 0, $this->counted_in( fn() => $this->counts_of( $run ) ), 'nothing has changed' );
		$this->decide( $this->row( $ids[0] ), 'approve' );
		self::assertSame( array( 4, 1 ), $this->counts_of( $run ) );
	}

	public function test_a_view_costs_the_same_with_one_run_and_with_ten(): void {
		$ids  = $this->images( 3 );
		$runs = array( $this->ended_run() );
		$this->history();
		$this->age_everything();
		$this->decide( $this->row( $ids[0] ), 'approve' );
		$few = $this->queries_in( fn() => $this->history() );
		for ( $i = 0; $i < 9; $i++ ) {
			$runs[] = $this->another_run( "another_$i", $ids );
		}
		self::assertCount( 10, $this->history() );
		$this->age_everything();
		$this->decide( $this->row( $ids[1] ), 'approve' ); // It is in all ten.
		self::assertSame( 1, $this->counted_in( fn() => $this->history() ), 'one run a view' );
		$this->decide( $this->row( $ids[2] ), 'approve' );
		self::assertLessThanOrEqual( $few + 1, $this->queries_in( fn() => $this->history() ) );
		for ( $i = 0; $i < 10; $i++ ) {
			$this->history();
		}
		foreach ( $runs as $run ) {
			self::assertSame( array( 3, 3 ), $this->counts_of( $run ) );
		}
	}

	public function test_a_deleted_image_no_longer_counts_as_suggested(): void {
		$ids = $this->images( 3 );
		$run = $this->ended_run();
		self::assertSame( array( 3, 0 ), $this->counts_of( $run ) );
		$this->age_everything();
		add_filter( 'wp_delete_file', '__return_empty_string' ); // The images share their file.
		wp_delete_attachment( $ids[1], true );
		remove_filter( 'wp_delete_file', '__return_empty_string' );
		self::assertSame( array( 2, 0 ), $this->counts_of( $run ) );
		// One that the sidecar has nothing of: its row goes at once.
		( new Request_Store() )->change( $ids[2], array( 'job_id' => '', 'suggestion_id' => '' ) );
		$this->history();
		$this->age_everything();
		( new Request_Store() )->forget( $ids[2] );
		self::assertSame( array( 1, 0 ), $this->counts_of( $run ) );
	}

	/** @return string The id of a run through the library that has ended with its suggestions. */
	private function ended_run( array $choices = array() ): string {
		$run = $this->start( $choices );
		$this->sync();
		$this->sidecar->describe_all();
		$this->sync();
		self::assertNotSame( 'running', $this->shown( $run['id'] )['state'] );
		return $run['id'];
	}

	/**
	 * @param int[] $ids
	 * @return string The id of a run that took these images, and has ended.
	 */
	private function another_run( string $id, array $ids ): string {
		$store = new Run_Store();
		$store->create( $id, Choices::from_array( array() ), count( $ids ), 1 );
		foreach ( $ids as $image ) {
			$store->add_item( $id, $image, '' );
		}
		$store->advance( $id, max( $ids ), true );
		self::assertTrue( $store->move( $id, array( Run::RUNNING ), Run::DONE ) );
		return $id;
	}

	/** @return array<int, array<string, mixed>> */
	private function history(): array {
		return $this->call( 'GET', 'backfill', array( '_fields' => 'history' ) )->get_data()['history'];
	}

	/** @return array{0: int, 1: int} Suggested and applied, as the history shows them. */
	private function counts_of( string $run_id ): array {
		$run = array_column( $this->history(), null, 'id' )[ $run_id ];
		return array( $run['suggested'], $run['applied'] );
	}

	/** What has happened so far was an hour ago: counts and changes have times of whole seconds. */
	private function age_everything(): void {
		global $wpdb;
		$wpdb->query( 'UPDATE ' . Schema::requests_table() . ' SET updated_at = updated_at - 3600' );
		$wpdb->query( 'UPDATE ' . Schema::runs_table() . ' SET counted_at = counted_at - 3599 WHERE counted_at > 0' );
	}

	private function counted_in( callable $task ): int {
		return count( array_filter( $this->asked_in( $task ), static fn( string $query ): bool => str_contains( $query, self::COUNT ) && str_contains( $query, 'COUNT(*)' ) ) );
	}

	private function queries_in( callable $task ): int {
		return count( $this->asked_in( $task ) );
	}

	/** @return string[] */
	private function asked_in( callable $task ): array {
		$asked = array();
		$notes = static function ( string $query ) use ( &$asked ): string {
			$asked[] = $query;
			return $query;
		};
		add_filter( 'query', $notes );
		$task();
		remove_filter( 'query', $notes );
		return $asked;
	}
}
