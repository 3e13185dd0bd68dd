<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Settings;

final class UploadTest extends Sidecar_Test_Case {
	public function test_an_upload_is_one_row_and_no_network_call(): void {
		$id = $this->photo( 1600, 1200 );
		self::assertSame( array(), $this->sidecar->asked );
		self::assertSame( 'queued', $this->row( $id )->status );
		self::assertSame( 'upload', $this->row( $id )->priority );
	}

	public function test_an_image_with_its_sizes_may_be_sent_at_once(): void {
		$row = $this->row( $this->photo( 1600, 1200 ) );
		self::assertLessThanOrEqual( time(), $row->next_attempt_at );
	}

	public function test_an_image_whose_sizes_the_browser_still_makes_waits_for_them(): void {
		add_filter( 'intermediate_image_sizes_advanced', '__return_empty_array' );
		$id = $this->photo( 1600, 1200 );
		remove_filter( 'intermediate_image_sizes_advanced', '__return_empty_array' );
		self::assertGreaterThan( time(), $this->row( $id )->next_attempt_at );

		// What the "finalize" route of WordPress 7.1 does.
		$metadata = wp_get_attachment_metadata( $id );
		$metadata['sizes'] = array( 'medium' => array( 'file' => 'x.jpg' ) );
		apply_filters( 'wp_generate_attachment_metadata', $metadata, $id, 'update' );
		self::assertLessThanOrEqual( time(), $this->row( $id )->next_attempt_at );
	}

	public function test_the_metadata_filter_firing_again_makes_no_second_row_and_undoes_nothing(): void {
		$row = $this->suggested();
		apply_filters( 'wp_generate_attachment_metadata', wp_get_attachment_metadata( $row->attachment_id ), $row->attachment_id, 'update' );
		do_action( 'add_attachment', $row->attachment_id );
		self::assertEquals( $row, $this->row( $row->attachment_id ) );
	}

	public function test_metadata_that_is_not_an_array_passes_through(): void {
		self::assertFalse( apply_filters( 'wp_generate_attachment_metadata', false, 1, 'create' ) );
	}

	/** @dataProvider reasons_not_to_ask */
	public function test_nothing_is_noted( callable $arrange ): void {
		$arrange();
		$id = $this->photo();
		self::assertNull( ( new \Altsmith\Storage\Request_Store() )->find( $id ) );
		remove_all_filters( 'altsmith_should_request' );
	}

	public static function reasons_not_to_ask(): array {
		return array(
			'without an address'        => array( static fn() => delete_option( Settings::URL_OPTION ) ),
			'without a key'             => array( static fn() => delete_option( Settings::KEY_OPTION ) ),
			'when it is switched off'   => array( static fn() => update_option( Settings::MORE_OPTION, array( 'automatic' => false ) ) ),
			'for a type left out'       => array( static fn() => update_option( Settings::MORE_OPTION, array( 'types' => array( 'image/png' ) ) ) ),
			'when another plugin says no' => array( static fn() => add_filter( 'altsmith_should_request', '__return_false' ) ),
		);
	}

	public function test_a_site_of_a_network_without_our_tables_is_left_alone(): void {
		delete_option( 'altsmith_schema_version' );
		$asked  = array();
		$listen = static function ( string $sql ) use ( &$asked ): string {
			if ( preg_match( '/altsmith_(?!schema)/', $sql ) && ! str_contains( $sql, "$GLOBALS[table_prefix]options" ) ) {
				$asked[] = $sql;
			}
			return $sql;
		};
		add_filter( 'query', $listen );
		$id = $this->photo();
		wp_insert_post( array( 'post_title' => 'A page', 'post_status' => 'publish' ) );
		wp_delete_attachment( $id, true );
		remove_filter( 'query', $listen );
		self::assertSame( array(), $asked );
	}

	public function test_a_document_is_not_noted(): void {
		$id = wp_insert_attachment( array( 'post_title' => 'd', 'post_mime_type' => 'application/pdf', 'post_status' => 'inherit' ), 'd.pdf' );
		self::assertNull( ( new \Altsmith\Storage\Request_Store() )->find( $id ) );
	}

	public function test_a_deleted_image_is_forgotten_here_and_reported_there(): void {
		$row = $this->suggested();
		wp_delete_attachment( $row->attachment_id, true );
		$this->sync();
		self::assertNull( ( new \Altsmith\Storage\Request_Store() )->find( $row->attachment_id ) );
		self::assertSame( array( 'gone' ), $this->sidecar->reported() );
	}

	public function test_an_image_deleted_before_it_was_sent_is_never_sent(): void {
		$id = $this->photo();
		wp_delete_attachment( $id, true );
		$this->sync();
		self::assertSame( 0, $this->sidecar->count( 'POST /v1/jobs' ) );
	}
}
