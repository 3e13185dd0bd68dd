<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Schema;
use Altsmith\Storage\Table_Move;
use Altsmith\Tests\Support\Old_Tables;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use RuntimeException;

/**
 * The tables of version 0.1 are brought up to date and nothing of them is lost: interrupted anywhere, refused by the
 * database, seen through an object cache that lags behind. DDL commits the transaction that is
 * rolled back after a test, so these tests clean up themselves.
 */
final class TablesUpdateTest extends Sidecar_Test_Case {
	/** @var array<int, string> What was suggested, by attachment. */
	private array $texts = array();

	/** @var array<int, array<string, mixed>> */
	private array $suggestions = array();

	protected function setUp(): void {
		global $wpdb;
		parent::setUp();
		foreach ( array( 'an old text', 'another old text', 'a third café' ) as $text ) {
			$row = $this->suggested( $text );

			$this->texts[ $row->attachment_id ]       = $text;
			$this->suggestions[ $row->attachment_id ] = (array) $row->suggestion;
		}
		$wpdb->query( 'COMMIT' );
		$wpdb->query( 'SET autocommit = 1' );
	}

	protected function tearDown(): void {
		global $wpdb;
		Schema::upgrade();
		Table_Move::step( microtime( true ) + 60 );
		foreach ( array_keys( $this->texts ) as $id ) {
			wp_delete_attachment( $id, true );
			( new Request_Store() )->remove( $id );
		}
		foreach ( $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE 'altsmith\\_%' AND option_name NOT LIKE '%\\_version'" ) as $option ) {
			delete_option( $option );
		}
		parent::tearDown();
	}

	public function test_rows_are_moved_in_steps_and_usable_meanwhile(): void {
		$this->make_old();
		list( $first, $second ) = array_keys( $this->texts );
		Schema::upgrade();
		self::assertTrue( Table_Move::is_on() );
		self::assertSame( 'an old text', $this->row( $first )->suggestion['fields']['alt_text'] );
		self::assertSame( 200, $this->decide( $this->row( $first ), 'approve' )->get_status() );
		self::assertSame( 'an old text', $this->stored_alt( $first ) );
		// Planned once more, as after an interruption: what was written meanwhile stays.
		self::assertTrue( Table_Move::plan() );
		Table_Move::step( microtime( true ) + 60 );
		self::assertSame( 'applied', $this->row( $first )->suggestion_state );
		self::assertNull( $this->row( $first )->report );
		self::assertSame( array( $second ), array_column( $this->call( 'GET', 'suggestions', array( 'search' => 'another old' ) )->get_data()['items'], 'attachment_id' ) );
		$this->assert_all_there();
	}

	public function test_a_mark_without_its_report_goes_with_an_update(): void {
		global $wpdb;
		list( $with, $without ) = array_keys( $this->texts );
		( new Request_Store() )->change( $with, array( 'report' => '{"outcome":"gone"}' ) );
		$wpdb->update( Schema::requests_table(), array( 'has_report' => 1 ), array( 'attachment_id' => $without ) );
		update_option( 'altsmith_schema_version', Schema::VERSION - 1 );
		Schema::upgrade();
		self::assertSame( array( $with ), array_map( 'intval', $wpdb->get_col( 'SELECT attachment_id FROM ' . Schema::requests_table() . ' WHERE has_report = 1' ) ) );
	}

	public function test_a_question_that_the_database_refuses_costs_no_text(): void {
		global $wpdb;
		$this->make_old();
		Schema::upgrade();
		foreach ( array( 'SELECT id, attachment_id, suggestion', 'INSERT IGNORE INTO ' . Schema::texts_table(), 'SET suggested_alt = CASE', 'SET r.words', 'SELECT r.id FROM', 'ALTER TABLE' ) as $refused ) {
			$refuse = static fn( string $query ): string => str_contains( $query, $refused ) ? 'SELECT 1 FROM no_such_table' : $query;
			$quiet  = $wpdb->suppress_errors();
			add_filter( 'query', $refuse );
			Table_Move::step( microtime( true ) + 60 );
			remove_filter( 'query', $refuse );
			$wpdb->suppress_errors( $quiet );
			self::assertTrue( Table_Move::is_on(), $refused );
			self::assertContains( 'suggestion', $wpdb->get_col( 'DESCRIBE ' . Schema::requests_table() ), $refused );
		}
		Table_Move::step( microtime( true ) + 60 );
		$this->assert_all_there();
	}

	public function test_an_update_that_ends_anywhere_is_gone_on_with(): void {
		for ( $ends_at = 1; $ends_at < 60; $ends_at++ ) {
			$this->make_old();
			if ( ! $this->is_interrupted_at( $ends_at ) ) {
				break;
			}
			wp_cache_flush();
			Schema::upgrade();
			Table_Move::step( microtime( true ) + 60 );
			$this->assert_all_there( "ended at statement $ends_at" );
		}
		self::assertGreaterThan( 10, $ends_at );
		self::assertLessThan( 60, $ends_at );
	}

	public function test_an_upload_during_the_update_is_noted(): void {
		$this->make_old();
		$id = $this->photo();
		Schema::upgrade();
		$this->texts[ $id ] = '';
		self::assertSame( 'queued', $this->row( $id )->status );
		unset( $this->texts[ $id ] );
		wp_delete_attachment( $id, true );
	}

	public function test_the_screens_are_told_to_wait_and_not_that_nothing_is_there(): void {
		$this->make_old();
		$answer = $this->call( 'GET', 'suggestions' );
		self::assertSame( array( 503, 'altsmith_updating' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		do_action( 'altsmith_sync' );
		Schema::upgrade();
		self::assertCount( 3, $this->call( 'GET', 'suggestions' )->get_data()['items'] );
	}

	public function test_a_cache_with_the_version_of_before_is_corrected(): void {
		$options = wp_load_alloptions();
		wp_cache_set( 'alloptions', array( 'altsmith_schema_version' => '3' ) + $options, 'options' );
		self::assertFalse( Schema::is_current() );
		Schema::upgrade();
		self::assertTrue( Schema::is_current() );
	}

	private function make_old(): void {
		Old_Tables::make( $this->suggestions );
	}

	/** Updates, and throws in place of the writing statement of this number. @return bool False when there are fewer. */
	private function is_interrupted_at( int $number ): bool {
		$end = static function ( string $query ) use ( &$number ): string {
			if ( 1 === preg_match( '/^\s*(ALTER|CREATE|INSERT|UPDATE|DELETE|OPTIMIZE)/i', $query ) && ! str_contains( $query, 'altsmith_lock' ) && 0 === --$number ) {
				throw new RuntimeException( 'the process ends' );
			}
			return $query;
		};
		add_filter( 'query', $end );
		try {
			Schema::upgrade();
			Table_Move::step( microtime( true ) + 60 );
			return false;
		} catch ( RuntimeException ) {
			return true;
		} finally {
			remove_filter( 'query', $end );
		}
	}

	private function assert_all_there( string $when = '' ): void {
		global $wpdb;
		self::assertFalse( Table_Move::is_on(), $when );
		self::assertTrue( Schema::is_current(), $when );
		self::assertNotContains( 'suggestion', $wpdb->get_col( 'DESCRIBE ' . Schema::requests_table() ), $when );
		foreach ( $this->texts as $id => $text ) {
			self::assertSame( $text, $this->row( $id )->suggestion['fields']['alt_text'], $when );
		}
		$shown = array_column( $this->call( 'GET', 'suggestions', array( 'per_page' => 100, 'search' => 'old' ) )->get_data()['items'], 'suggested_alt' );
		self::assertContains( 'another old text', $shown, $when );
	}
}
