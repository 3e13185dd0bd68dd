<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Placements\Placement_Table;
use Altsmith\Storage\Library_Index;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Schema;
use Altsmith\Storage\Table_Move;
use Altsmith\Tests\Support\Earlier_Tables;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** Tables of every version there was are brought up to date in place. DDL commits, so these tests clean up themselves. */
final class EarlierTablesTest extends Sidecar_Test_Case {
	/** Version of the tables of 0.1.0. */
	private const RELEASED = 2;

	private int $attachment = 0;

	protected function tearDown(): void {
		global $wpdb;
		Schema::drop();
		delete_option( 'altsmith_schema_version' );
		Schema::upgrade();
		wp_delete_attachment( $this->attachment, true );
		foreach ( $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE 'altsmith\\_%' AND option_name NOT LIKE '%\\_version'" ) as $option ) {
			delete_option( $option );
		}
		parent::tearDown();
	}

	/** @dataProvider versions */
	public function test_tables_of_an_earlier_version_become_those_of_this_one( int $version ): void {
		global $wpdb;
		$row              = $this->suggested( 'an old text' );
		$this->attachment = $row->attachment_id;
		$suggestion       = (array) $row->suggestion;
		$wpdb->query( 'COMMIT' );
		$wpdb->query( 'SET autocommit = 1' );
		$wanted = $this->described();

		Earlier_Tables::make( $version, $this->attachment, $suggestion );
		self::assertNotSame( $wanted, $this->described() );
		wp_cache_flush();
		Schema::upgrade();
		self::assertSame( '', Schema::refusal() );
		self::assertTrue( Schema::is_current() );
		Table_Move::step( microtime( true ) + 60 );
		( new Library_Index() )->read_all();

		// Unreleased versions had columns of other names, which stay empty.
		$found = $version > self::RELEASED ? array_replace_recursive( $this->described(), $wanted ) : $wanted;
		self::assertEquals( $found, $this->described() );
		$now = $this->row( $this->attachment );
		self::assertSame( array( 'pending', 'an old text' ), array( $now->suggestion_state, $now->suggestion['fields']['alt_text'] ) );
		self::assertSame( array( $this->attachment ), array_column( $this->call( 'GET', 'suggestions', array( 'search' => 'old text' ) )->get_data()['items'], 'attachment_id' ) );
		self::assertSame( 200, $this->decide( $now, 'approve' )->get_status() );
		self::assertSame( 'an old text', $this->stored_alt( $this->attachment ) );
		self::assertSame( array(), ( new Request_Store() )->due( 5 ) );
	}

	public static function versions(): array {
		return array_map( static fn( int $version ): array => array( $version ), range( 1, Schema::VERSION - 1 ) );
	}

	/** @return array<string, mixed> Columns and indexes of every table, in no particular order. */
	private function described(): array {
		global $wpdb;
		$found = array();
		foreach ( Schema::tables() as $table ) {
			$quiet   = $wpdb->suppress_errors();
			$columns = array_column( (array) $wpdb->get_results( "DESCRIBE $table", ARRAY_A ), 'Type', 'Field' );
			$indexes = array();
			foreach ( (array) $wpdb->get_results( "SHOW INDEX FROM $table", ARRAY_A ) as $part ) {
				$indexes[ $part['Key_name'] ][] = $part['Column_name'];
			}
			$wpdb->suppress_errors( $quiet );
			ksort( $columns );
			ksort( $indexes );
			$found[ $table ] = array( $columns, $indexes );
		}
		return $found;
	}
}
