<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Storage\Library_Counts;
use Altsmith\Storage\Library_Index;
use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use WP_Query;

/** What keeps the screens quick in a large library: few queries, indexes, and nothing that reads whole tables at every look. */
final class ManyImagesTest extends Sidecar_Test_Case {
	public function test_a_page_of_the_review_list_takes_the_same_few_queries_however_many_lines_it_has(): void {
		for ( $i = 0; $i < 12; $i++ ) {
			$ids[] = $this->photo();
		}
		$this->sync();
		$this->sidecar->describe_all();
		$this->sync();
		rest_get_server(); // WordPress 7.1 reads options of its own when it makes it.
		$few  = $this->queries( fn() => $this->call( 'GET', 'suggestions', array( 'per_page' => 2 ) ) );
		$many = $this->queries( fn() => self::assertCount( 12, $this->call( 'GET', 'suggestions', array( 'per_page' => 100 ) )->get_data()['items'] ) );
		self::assertSame( $few, $many );
		self::assertLessThanOrEqual( 25, $many );
	}

	public function test_the_list_says_what_one_by_one_would_say(): void {
		$row = $this->suggested( 'A café' );
		update_post_meta( $row->attachment_id, '_wp_attachment_image_alt', 'by hand' );
		$listed = $this->call( 'GET', 'suggestions', array( 'search' => 'cafe' ) )->get_data()['items'][0];
		self::assertSame( 'by hand', $listed['current_alt'] );
		self::assertEquals( $this->call( 'GET', "attachments/$row->attachment_id" )->get_data()['suggestion'], $listed );
		self::assertCount( 0, $this->call( 'GET', 'suggestions', array( 'search' => 'blip-base' ) )->get_data()['items'], 'not what only the data says' );
	}

	public function test_a_search_looks_at_each_row_once_and_finds_all_words_in_any_order(): void {
		$cat   = $this->suggested( 'A cat on a red mat' );
		$other = $this->suggested( 'A dog on a mat' );
		$asked = array();
		$notes = static function ( string $query ) use ( &$asked ): string {
			$asked[] = $query;
			return $query;
		};
		add_filter( 'query', $notes );
		$found = $this->call( 'GET', 'suggestions', array( 'search' => ' mat  CÄT ', 'per_page' => 1 ) );
		remove_filter( 'query', $notes );
		self::assertSame( array( $cat->attachment_id ), array_column( $found->get_data()['items'], 'attachment_id' ) );
		self::assertCount( 1, array_filter( $asked, static fn( string $query ): bool => str_contains( $query, 'LIKE' ) && str_contains( $query, 'suggested_alt' ) ) );
		$both = $this->call( 'GET', 'suggestions', array( 'search' => 'mat', 'per_page' => 1, 'page' => 2 ) );
		self::assertSame( array( array( $other->attachment_id ), 2 ), array( array_column( $both->get_data()['items'], 'attachment_id' ), (int) $both->get_headers()['X-WP-Total'] ) );
		// By a word of the title and one of the text.
		$title = get_post( $other->attachment_id )->post_title;
		self::assertSame( array( $other->attachment_id ), array_column( $this->call( 'GET', 'suggestions', array( 'search' => "dog $title" ) )->get_data()['items'], 'attachment_id' ) );
	}

	public function test_a_search_finds_a_title_that_was_written_later(): void {
		$row = $this->suggested( 'A cat on a red mat' );
		wp_update_post( array( 'ID' => $row->attachment_id, 'post_title' => 'Zinnober' ) );
		\Altsmith\Storage\Library_Index::write_down();
		$found = $this->call( 'GET', 'suggestions', array( 'search' => 'zinnober cat' ) )->get_data()['items'];
		self::assertSame( array( $row->attachment_id ), array_column( $found, 'attachment_id' ) );
	}

	public function test_a_search_finds_the_present_alt_text_whoever_wrote_it(): void {
		$row  = $this->suggested( 'A cat on a red mat' );
		$late = $this->suggested( 'A dog on a mat' );
		update_post_meta( $row->attachment_id, '_wp_attachment_image_alt', 'Ein Käfer am Waldrand' );
		\Altsmith\Storage\Library_Index::write_down();
		self::assertSame( array( $row->attachment_id ), array_column( $this->call( 'GET', 'suggestions', array( 'search' => 'waldrand kafer' ) )->get_data()['items'], 'attachment_id' ) );
		update_post_meta( $row->attachment_id, '_wp_attachment_image_alt', 'Blumen' );
		\Altsmith\Storage\Library_Index::write_down();
		self::assertSame( array(), $this->call( 'GET', 'suggestions', array( 'search' => 'waldrand' ) )->get_data()['items'] );
		// Written past WordPress's hooks, as by an import: the pass through the library finds it.
		global $wpdb;
		$wpdb->insert( $wpdb->postmeta, array( 'post_id' => $late->attachment_id, 'meta_key' => '_wp_attachment_image_alt', 'meta_value' => 'Zwei Esel' ) );
		Library_Index::start_over();
		( new Library_Index() )->read_all();
		self::assertSame( array( $late->attachment_id ), array_column( $this->call( 'GET', 'suggestions', array( 'search' => 'esel' ) )->get_data()['items'], 'attachment_id' ) );
	}

	public function test_what_failed_waits_behind_what_did_not_and_the_longest_due_is_first(): void {
		$store = new Request_Store();
		$ids   = array( $this->photo(), $this->photo(), $this->photo(), $this->photo(), $this->photo() );
		$now   = time();
		foreach ( array( array( $now - 10, '' ), array( $now - 90, 'HTTP_503' ), array( $now - 20, '' ), array( $now + 60, '' ), array( $now - 20, '' ) ) as $i => list( $due_at, $code ) ) {
			$store->change( $ids[ $i ], array( 'next_attempt_at' => $due_at, 'error_code' => $code ) );
		}
		$order = array_map( static fn( $row ) => $row->attachment_id, $store->due( 10 ) );
		self::assertSame( array( $ids[2], $ids[4], $ids[0], $ids[1] ), $order );
		self::assertSame( array_slice( $order, 0, 2 ), array_map( static fn( $row ) => $row->attachment_id, $store->due( 2 ) ) );
	}

	public function test_a_long_queue_is_not_sorted_for_the_next_few(): void {
		global $wpdb;
		$t = \Altsmith\Storage\Schema::requests_table();
		$this->photo();
		$first = 1 + (int) $wpdb->get_var( "SELECT MAX(attachment_id) FROM $t" );
		$wpdb->query( "INSERT INTO $t (attachment_id, status, priority, next_attempt_at, error_message, suggested_alt) SELECT $first + seq, 'queued', 'backfill', seq, '', '' FROM seq_0_to_1999" );
		$before = $this->rows_read();
		( new Request_Store() )->due( 20 );
		$read = $this->rows_read() - $before;
		self::assertGreaterThan( 20, $read );
		self::assertLessThan( 500, $read ); // Some of them the status itself.
	}

	/** @dataProvider questions */
	public function test_the_hottest_questions_read_no_whole_table( string $question ): void {
		global $wpdb;
		$this->suggested();
		$asked = array();
		$notes = static function ( string $query ) use ( &$asked ): string {
			$asked[] = $query;
			return $query;
		};
		add_filter( 'query', $notes );
		$store = new Request_Store();
		'unreported' === $question || 'unwritten' === $question || 'due' === $question ? $store->$question( 20 ) : $store->$question();
		remove_filter( 'query', $notes );
		foreach ( $asked as $query ) {
			foreach ( $wpdb->get_results( "EXPLAIN $query", ARRAY_A ) as $step ) {
				self::assertNotSame( 'ALL', $step['type'], $query );
			}
		}
		self::assertNotSame( array(), $asked );
	}

	public static function questions(): array {
		return array( array( 'has_open_work' ), array( 'unreported' ), array( 'unwritten' ), array( 'due' ), array( 'counts' ) );
	}

	public function test_the_posts_of_an_image_are_read_only_where_its_places_are_asked_for(): void {
		$id    = $this->photo();
		$asked = array();
		$notes = static function ( string $query ) use ( &$asked ): string {
			$asked[] = $query;
			return $query;
		};
		add_filter( 'query', $notes );
		$seen = $this->call( 'GET', "attachments/$id", array( '_fields' => 'id,status' ) )->get_data();
		remove_filter( 'query', $notes );
		self::assertSame( 'queued', $seen['status'] );
		self::assertSame( array(), array_filter( $asked, static fn( string $query ): bool => str_contains( $query, 'altsmith_placements' ) ) );
		self::assertSame( array(), $this->call( 'GET', "attachments/$id" )->get_data()['placements'] );
	}

	/** @dataProvider lists_of_images */
	public function test_a_list_asks_our_table_once_and_not_for_each_image( callable $list ): void {
		$asked = array();
		$notes = static function ( string $query ) use ( &$asked ): string {
			if ( preg_match( '/altsmith_requests|_wp_attachment_image_alt/', $query ) && ! str_starts_with( $query, 'INSERT' ) ) {
				$asked[] = $query;
			}
			return $query;
		};
		foreach ( array( 3, 6 ) as $many ) {
			$ids = array();
			for ( $i = 0; $i < $many; $i++ ) {
				$ids[] = $this->photo();
			}
			$this->sync();
			$this->become( 'admin' );
			wp_cache_flush();
			$asked = array();
			add_filter( 'query', $notes );
			$list( $ids, $this );
			remove_filter( 'query', $notes );
			$counts[] = count( $asked );
		}
		self::assertSame( $counts[0], $counts[1] );
	}

	public static function lists_of_images(): array {
		$in_library = static function ( array $ids ): void {
			$GLOBALS['current_screen'] = new class {
				public function in_admin(): bool {
					return true;
				}
			};
			foreach ( ( new WP_Query( array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'post__in' => $ids, 'posts_per_page' => -1 ) ) )->posts as $post ) {
				apply_filters( 'attachment_fields_to_edit', array(), $post );
			}
			unset( $GLOBALS['current_screen'] );
		};
		return array(
			'pictures of the grid'        => array( $in_library ),
			'the check before publishing' => array( static fn( array $ids, self $test ) => $test->call( 'GET', 'images', array( 'ids' => $ids ) ) ),
		);
	}

	public function test_the_library_is_counted_in_one_pass(): void {
		$ids = array( $this->photo(), $this->photo(), $this->photo() );
		Library_Index::start_over();
		( new Library_Index() )->read_all();
		$was = ( new Library_Counts() )->all();
		delete_transient( 'altsmith_library_counts' );
		update_post_meta( $ids[0], '_wp_attachment_image_alt', 'a text' );
		update_post_meta( $ids[1], '_altsmith_decorative', '1' );
		Library_Index::write_down(); // As at the end of the request that changed them.
		$queries = $this->queries( static fn() => ( new Library_Counts() )->all() );
		delete_transient( 'altsmith_library_counts' );
		$now = ( new Library_Counts() )->all();
		self::assertSame( array( 0, 1, 1, -2 ), array( $now['total'] - $was['total'], $now['with_text'] - $was['with_text'], $now['decorative'] - $was['decorative'], $now['missing'] - $was['missing'] ) );
		self::assertLessThanOrEqual( 6, $queries );
	}

	/** Rows of tables and indexes that this connection has read and sorted so far. */
	private function rows_read(): int {
		global $wpdb;
		return array_sum( array_map( 'intval', array_column( $wpdb->get_results( "SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler\\_read%' OR Variable_name = 'Sort_rows'", ARRAY_A ), 'Value' ) ) );
	}

	private function queries( callable $task ): int {
		global $wpdb;
		$this->become( 'admin' );
		wp_cache_flush();
		wp_load_alloptions();
		$before = $wpdb->num_queries;
		$task();
		return $wpdb->num_queries - $before;
	}
}
