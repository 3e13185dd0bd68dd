<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Library\Library_Actions;
use Altsmith\Library\Library_Column;
use Altsmith\Library\Shown_Rows;
use Altsmith\Settings;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Loopback;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use WP_Query;

final class LibraryTest extends Sidecar_Test_Case {
	/** @return int[] Ids that the library shows under a filter, newest first. */
	private function filtered( string $state ): array {
		$query = new WP_Query( array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'posts_per_page' => -1, 'fields' => 'ids', 'altsmith_state' => $state ) );
		return array_map( 'intval', $query->posts );
	}

	private function column( int $id ): string {
		ob_start();
		( new Library_Column( new Shown_Rows( new Request_Store() ) ) )->render( 'altsmith', $id );
		return (string) ob_get_clean();
	}

	public function test_each_filter_finds_its_images_and_no_others(): void {
		update_option( Settings::MORE_OPTION, array( 'automatic' => false ) );
		$with_text = $this->photo();
		$blank     = $this->photo();
		update_post_meta( $with_text, '_wp_attachment_image_alt', 'by hand' );
		update_post_meta( $blank, '_wp_attachment_image_alt', '  ' );
		$document = wp_insert_attachment( array( 'post_title' => 'd', 'post_mime_type' => 'application/pdf', 'post_status' => 'inherit' ), 'd.pdf' );
		delete_option( Settings::MORE_OPTION );

		$pending    = $this->suggested();
		$approved   = $this->suggested();
		$decorative = $this->suggested();
		$this->decide( $approved, 'approve' );
		$this->decide( $decorative, 'decorative' );
		$failed = $this->photo( 500, 300 );
		$this->sync();
		$this->sidecar->fail_all( 'IMAGE_CORRUPT' );
		$this->sync();

		self::assertEqualsCanonicalizing( array( $blank, $pending->attachment_id, $failed ), $this->filtered( 'missing' ) );
		self::assertSame( array( $pending->attachment_id ), $this->filtered( 'pending' ) );
		self::assertSame( array( $approved->attachment_id ), $this->filtered( 'approved' ) );
		self::assertSame( array( $decorative->attachment_id ), $this->filtered( 'decorative' ) );
		self::assertSame( array( $failed ), $this->filtered( 'failed' ) );
		self::assertContains( $document, $this->filtered( '' ) );
		self::assertContains( $document, $this->filtered( "x' OR 1=1 --" ), 'an unknown word filters nothing' );
	}

	public function test_the_grid_filters_too(): void {
		$_REQUEST['query'] = array( 'altsmith_state' => 'missing', 'post_mime_type' => 'image' );
		$query             = apply_filters( 'ajax_query_attachments_args', array( 'post_type' => 'attachment' ) );
		$_REQUEST['query'] = array( 'altsmith_state' => 'all of them' );
		$other             = apply_filters( 'ajax_query_attachments_args', array( 'post_type' => 'attachment' ) );
		unset( $_REQUEST['query'] );
		self::assertSame( array( 'missing', '' ), array( $query['altsmith_state'], $other['altsmith_state'] ) );
	}

	public function test_the_column_shows_text_and_state_and_escapes_both(): void {
		$row = $this->suggested();
		self::assertStringContainsString( 'Missing', $this->column( $row->attachment_id ) );
		self::assertStringContainsString( 'Needs review', $this->column( $row->attachment_id ) );
		update_post_meta( $row->attachment_id, '_wp_attachment_image_alt', 'a <b>bold</b> "cat"' );
		self::assertStringContainsString( '&quot;cat&quot;', $this->column( $row->attachment_id ) );
		self::assertStringNotContainsString( '<b>', $this->column( $row->attachment_id ) );
	}

	public function test_a_bulk_action_asks_only_for_images_one_may_edit(): void {
		update_option( Settings::MORE_OPTION, array( 'automatic' => false ) );
		$mine   = $this->photo( by: 'author' );
		$theirs = $this->photo( by: 'admin' );
		$this->become( 'author' );
		$url = apply_filters( 'handle_bulk_actions-upload', 'http://example.test/upload.php', 'altsmith_suggest', array( (string) $mine, (string) $theirs, '0' ) );
		parse_str( (string) wp_parse_url( $url, PHP_URL_QUERY ), $result );
		self::assertSame( array( '1', '2' ), array( $result['altsmith_asked'], $result['altsmith_left'] ) );
		$store = new Request_Store();
		self::assertSame( 'interactive', $store->find( $mine )?->priority );
		self::assertNull( $store->find( $theirs ) );
	}

	public function test_a_line_offers_what_fits_its_state(): void {
		require_once ABSPATH . 'wp-admin/includes/template.php';
		$actions = new Library_Actions( new Request_Store(), new Loopback( new Settings() ), new Shown_Rows( new Request_Store() ) );
		$row     = $this->suggested();
		$this->become( 'admin' );
		self::assertStringContainsString( 'Review alt text', $actions->add_row_action( array(), get_post( $row->attachment_id ) )['altsmith'] );
		$this->decide( $row, 'approve' );
		self::assertStringContainsString( '_wpnonce=', $actions->add_row_action( array(), get_post( $row->attachment_id ) )['altsmith'] );
		$this->become( 'subscriber' );
		self::assertSame( array(), $actions->add_row_action( array(), get_post( $row->attachment_id ) ) );
	}

	public function test_who_has_our_capability_alone_sees_the_column(): void {
		$this->become( 'subscriber' );
		$column = fn(): array => ( new Library_Column( new Shown_Rows( new Request_Store() ) ) )->add( array() );
		self::assertSame( array(), $column() );
		wp_get_current_user()->add_cap( 'altsmith_review' );
		self::assertArrayHasKey( 'altsmith', $column() );
		wp_get_current_user()->remove_cap( 'altsmith_review' );
	}
}
