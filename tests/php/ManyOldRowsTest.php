<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Schema;
use Altsmith\Storage\Table_Move;
use Altsmith\Tests\Support\Old_Tables;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** A site of version 0.1 with many suggestions that wait. DDL commits: this test cleans up by itself. */
final class ManyOldRowsTest extends Sidecar_Test_Case {
	private Request_Row $template;

	/** Of the first of the other attachments. */
	private int $first;

	/** @var array<int, string> What was suggested, by attachment. */
	private array $texts = array();

	protected function setUp(): void {
		global $wpdb;
		parent::setUp();
		$this->template = $this->suggested( 'old text' );
		$this->first    = 1 + (int) $wpdb->get_var( "SELECT MAX(ID) FROM $wpdb->posts" );
		$wpdb->query( 'COMMIT' );
		$wpdb->query( 'SET autocommit = 1' );
	}

	protected function tearDown(): void {
		global $wpdb;
		Schema::upgrade();
		Table_Move::step( microtime( true ) + 600 );
		foreach ( array( $wpdb->posts => 'ID', $wpdb->postmeta => 'post_id', Schema::requests_table() => 'attachment_id', Schema::texts_table() => 'attachment_id', Schema::pictures_table() => 'attachment_id', Schema::library_table() => 'attachment_id' ) as $table => $column ) {
			$wpdb->query( "DELETE FROM $table WHERE $column >= $this->first" );
		}
		wp_delete_attachment( $this->template->attachment_id, true );
		foreach ( $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE 'altsmith\\_%' AND option_name NOT LIKE '%\\_version'" ) as $option ) {
			delete_option( $option );
		}
		parent::tearDown();
	}

	public function test_every_open_row_of_an_old_site_is_shown_decided_and_applied(): void {
		$many = max( 300, (int) getenv( 'ALTSMITH_OLD_ROWS' ) );
		$this->make_old_site( $many );
		Schema::upgrade();
		Table_Move::step( microtime( true ) + 0.001 );
		self::assertTrue( Table_Move::is_on(), 'a part of them has been moved' );

		$ids = array_keys( $this->texts );
		self::assertSame( $ids, $this->shown() );
		$this->approve( array_slice( $ids, 0, intdiv( $many, 2 ) ) );
		self::assertTrue( Table_Move::is_on() );
		Table_Move::step( microtime( true ) + 600 );
		self::assertFalse( Table_Move::is_on() );
		self::assertSame( array_slice( $ids, intdiv( $many, 2 ) ), $this->shown() );
		$this->approve( array_slice( $ids, intdiv( $many, 2 ) ) );

		self::assertSame( array(), $this->shown() );
		self::assertSame( $this->texts, $this->written() );
		for ( $runs = 0; $runs < $many && $this->told() < $many; $runs++ ) {
			$this->sync();
		}
		self::assertSame( $many, $this->told() );
	}

	/** Attachments that share the file of the first, and their requests, as version 0.1 kept them. */
	private function make_old_site( int $many ): void {
		global $wpdb;
		$t     = Schema::requests_table();
		$id    = $this->template->attachment_id;
		$from  = 'seq_0_to_' . ( $many - 1 );
		$seq   = "$this->first + seq";
		$title = 'post_author, post_date, post_date_gmt, post_content, post_excerpt, post_status, post_modified, post_modified_gmt, to_ping, pinged, post_content_filtered, post_type, post_mime_type, guid';
		$wpdb->query( "INSERT INTO $wpdb->posts (ID, post_title, post_name, $title) SELECT $seq, CONCAT( 'old ', seq ), CONCAT( 'old-', seq ), $title FROM $from JOIN $wpdb->posts WHERE ID = $id" );
		$wpdb->query( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) SELECT $seq, meta_key, meta_value FROM $from JOIN $wpdb->postmeta WHERE post_id = $id AND meta_key IN ( '_wp_attached_file', '_wp_attachment_metadata' )" );
		$same = 'status, image_sha256, suggestion_state, suggestion_version, confidence, suggested_alt, words, error_message, created_at, updated_at';
		$wpdb->query( "INSERT INTO $t (attachment_id, job_id, suggestion_id, $same) SELECT $seq, CONCAT( 'job_', seq ), CONCAT( 'sug_', seq ), $same FROM $from JOIN $t WHERE attachment_id = $id" );

		$template    = $this->sidecar->suggestions[ $this->template->suggestion_id ];
		$suggestions = array();
		for ( $n = 0; $n < $many; $n++ ) {
			$attachment = $this->first + $n;
			$subject    = array( 'id' => str_replace( (string) $id, (string) $attachment, $template['subject']['id'] ) ) + $template['subject'];
			$suggestion = array( 'id' => "sug_$n", 'job_id' => "job_$n", 'subject' => $subject, 'fields' => array( 'alt_text' => "old text $n" ) + $template['fields'] ) + $template;

			$this->texts[ $attachment ]           = "old text $n";
			$this->sidecar->suggestions["sug_$n"] = $suggestion;
			$suggestions[ $attachment ]           = $suggestion;
		}
		// The template leaves, so that the rows counted are those of the old site.
		$wpdb->delete( $t, array( 'attachment_id' => $id ) );
		unset( $this->sidecar->suggestions[ $this->template->suggestion_id ] );
		Old_Tables::make( $suggestions );
	}

	/** @return int[] Attachments on all pages of the review list, in order. */
	private function shown(): array {
		$ids  = array();
		$page = 1;
		do {
			$data = $this->call( 'GET', 'suggestions', array( 'state' => array( 'pending' ), 'per_page' => 100, 'page' => $page ) )->get_data();
			$ids  = array_merge( $ids, array_column( $data['items'], 'attachment_id' ) );
			wp_cache_flush_runtime();
		} while ( $page++ < $data['pages'] );
		sort( $ids );
		return $ids;
	}

	/** @param int[] $ids */
	private function approve( array $ids ): void {
		foreach ( array_chunk( $ids, 100 ) as $some ) {
			$decisions = array_map( fn( int $id ): array => array( 'suggestion_id' => 'sug_' . ( $id - $this->first ), 'action' => 'approve', 'version' => 1, 'seen' => '', 'mode' => 'bulk', 'displayed' => true ), $some );
			$items     = $this->call( 'POST', 'decisions', array( 'decisions' => $decisions ) )->get_data()['items'];
			$statuses  = array_map( static fn( array $item ): string => $item['suggestion']['status'] ?? $item['error']['message'], $items );
			self::assertSame( array_fill( 0, count( $some ), 'applied' ), $statuses );
			wp_cache_flush_runtime();
		}
	}

	/** @return array<int, string> Alt texts in the database, by attachment. */
	private function written(): array {
		global $wpdb;
		$rows = $wpdb->get_results( "SELECT post_id, meta_value FROM $wpdb->postmeta WHERE meta_key = '_wp_attachment_image_alt' AND post_id >= $this->first ORDER BY post_id" );
		return array_column( array_map( static fn( object $row ): array => array( (int) $row->post_id, $row->meta_value ), $rows ), 1, 0 );
	}

	/** How many of them the sidecar knows to be applied. */
	private function told(): int {
		return count( array_filter( $this->sidecar->suggestions, static fn( array $one ): bool => 'applied' === $one['state'] ) );
	}
}
