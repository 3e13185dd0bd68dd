<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Backfill\Choices;
use Altsmith\Placements\Change_Log;
use Altsmith\Placements\Post_Content;
use Altsmith\Placements\Rewrite;
use Altsmith\Settings;
use Altsmith\Storage\Candidate_Query;
use Altsmith\Storage\Installer;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Schema;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Text\File_Name_Title;
use Altsmith\Writeback\Alt_Text_Meta;
use WP_User;

/** What users of comparable products ran into, tried here. */
final class FieldReportsTest extends Sidecar_Test_Case {
	/** @dataProvider other_types */
	public function test_an_image_is_asked_for_under_whatever_type_it_is_stored( string $type ): void {
		update_option( Settings::MORE_OPTION, array( 'automatic' => true, 'types' => array( 'image/jpeg' ) ) );
		$file = wp_upload_dir()['path'] . '/x-' . bin2hex( random_bytes( 4 ) ) . '.jpg';
		imagejpeg( imagecreatetruecolor( 900, 700 ), $file );
		$this->become( 'admin' );
		$id = $this->attach( $file, $type );
		$this->sync();
		self::assertSame( array( 'sent', 1 ), array( $this->row( $id )->status, $this->sidecar->count( 'PUT' ) ) );
		( new Request_Store() )->remove( $id );
		self::assertSame( '', ( new Candidate_Query( new Choices(), array( 'image/jpeg' ) ) )->after( $id - 1, 1 )[ $id ] );
		self::assertSame( 'type', ( new Candidate_Query( new Choices(), array( 'image/png' ) ) )->after( $id - 1, 1 )[ $id ] );
	}

	public static function other_types(): array {
		return array( 'HEIC that became JPEG' => array( 'image/heic' ), 'image/jpg' => array( 'image/jpg' ), 'image/pjpeg' => array( 'image/pjpeg' ) );
	}

	/** @dataProvider titles */
	public function test_a_title_that_a_person_wrote_stays( string $title, bool $is_machine_made ): void {
		self::assertSame( $is_machine_made, File_Name_Title::is_one( $title, 'img_1.jpg' ), $title );
	}

	public static function titles(): array {
		$titles = array();
		foreach ( array( 'Tampa', 'Map', 'Matt', 'Pat', 'at', 'AM', 'A map', 'Pam at 5', 'Photo of a cat', 'Bilder', 'Apt. 12', 'Route 66' ) as $title ) {
			$titles[ $title ] = array( $title, false );
		}
		foreach ( array( '', 'IMG_1234', 'DSC_0001', 'Screenshot 2024-01-02 at 10.20.30 AM', 'Screenshot 2024-01-02 at 10.20.30 PM (2)', 'WhatsApp Image 2024-01-02 at 10.20.30', '20240102_102030', 'Photo', 'P1010001', 'Untitled', 'img_1', 'cat.JPG' ) as $title ) {
			$titles[ $title ] = array( $title, true );
		}
		return $titles;
	}

	public function test_without_mbstring_texts_are_cleaned_all_the_same(): void {
		$code = 'define( "ABSPATH", "' . ABSPATH . '" ); foreach ( array( "compat-utf8", "compat" ) as $c ) { if ( is_file( ABSPATH . "wp-includes/$c.php" ) ) { require ABSPATH . "wp-includes/$c.php"; } } foreach ( array( "Utf8", "Plain_Text", "File_Name_Title" ) as $c ) { require "' . dirname( __DIR__, 2 ) . '/plugin/includes/Text/$c.php"; }'
			. 'function get_option() { return "UTF-8"; }'
			. 'echo json_encode( array( extension_loaded( "mbstring" ), Altsmith\Text\Plain_Text::from_machine( "a caf\u{e9} \xff <b>bar</b>" ), Altsmith\Text\File_Name_Title::is_one( "A Cat", "a-cat.jpg" ) ) );';
		// -n: without php.ini no extension is loaded that PHP does not have built in.
		$process = proc_open( array( PHP_BINARY, '-n', '-r', $code ), array( 1 => array( 'pipe', 'w' ), 2 => array( 'pipe', 'w' ) ), $pipes );
		$said    = (string) stream_get_contents( $pipes[1] ) . stream_get_contents( $pipes[2] );
		proc_close( $process );
		self::assertSame( '[false,"a caf\u00e9 ? bar",true]', $said );
	}

	public function test_an_emoji_that_the_table_cannot_hold_is_told_as_such_and_nothing_is_decided(): void {
		$row    = $this->suggested( 'A cat' );
		$refuse = static fn( mixed $charset, string $table ): mixed => str_ends_with( $table, 'postmeta' ) ? 'utf8mb3' : $charset;
		add_filter( 'pre_get_table_charset', $refuse, 10, 2 );
		add_filter( 'pre_get_col_charset', $refuse, 10, 2 );
		$answer = $this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => "A cat \u{1F431}" ) ) );
		self::assertStringContainsString( 'cannot hold a character', $answer->get_data()['message'] );
		self::assertSame( 'pending', $this->row( $row->attachment_id )->display_status() );
		remove_filter( 'pre_get_table_charset', $refuse );
		remove_filter( 'pre_get_col_charset', $refuse );
		self::assertSame( 200, $this->decide( $row, 'approve' )->get_status() );
	}

	public function test_a_suggestion_with_an_emoji_arrives_where_tables_hold_none(): void {
		$old = static fn( mixed $charset, string $table ): mixed => str_ends_with( $table, 'altsmith_requests' ) ? 'utf8mb3' : $charset;
		add_filter( 'pre_get_table_charset', $old, 10, 2 );
		add_filter( 'pre_get_col_charset', $old, 10, 2 );
		$row = $this->suggested( "A cat \u{1F431} on a mat" );
		remove_filter( 'pre_get_table_charset', $old );
		remove_filter( 'pre_get_col_charset', $old );
		self::assertSame( "A cat \u{1F431} on a mat", $row->suggestion['fields']['alt_text'] );
		self::assertSame( array( $row->attachment_id ), array_column( $this->call( 'GET', 'suggestions', array( 'search' => 'on a mat' ) )->get_data()['items'], 'attachment_id' ) );
	}

	public function test_a_database_error_is_no_conflict(): void {
		global $wpdb;
		$row    = $this->suggested();
		$breaks = static fn( string $query ): string => str_contains( $query, '_wp_attachment_image_alt' ) && str_starts_with( $query, 'INSERT' ) ? 'INSERT INTO no_such_table VALUES (1)' : $query;
		add_filter( 'query', $breaks );
		$was_quiet = $wpdb->suppress_errors();
		$answer    = $this->decide( $row, 'approve' );
		$wpdb->suppress_errors( $was_quiet );
		remove_filter( 'query', $breaks );
		self::assertSame( array( 502, 'altsmith_database_refused' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		self::assertSame( 'approved', $this->row( $row->attachment_id )->suggestion_state );
		$this->sync();
		self::assertSame( 'a cat on a mat', $this->stored_alt( $row->attachment_id ) );
		self::assertSame( array( 'applied' ), $this->sidecar->reported() );
	}

	public function test_an_uploaded_image_with_a_text_is_left_alone_until_somebody_asks(): void {
		$id = $this->photo();
		update_post_meta( $id, '_wp_attachment_image_alt', 'from the camera' );
		$this->sync();
		self::assertSame( array( 'skipped', 'HAS_TEXT', 0 ), array( $this->row( $id )->status, $this->row( $id )->error_code, $this->sidecar->count( 'PUT' ) ) );
		$this->call( 'POST', "attachments/$id/request" );
		self::assertSame( 'sent', $this->row( $id )->status );
	}

	public function test_out_of_the_trash_it_is_asked_for(): void {
		$id = $this->photo();
		wp_update_post( array( 'ID' => $id, 'post_status' => 'trash' ) );
		$this->sync();
		self::assertSame( 'skipped', $this->row( $id )->status );
		wp_update_post( array( 'ID' => $id, 'post_status' => 'inherit' ) );
		do_action( 'untrashed_post', $id, 'inherit' );
		$this->sync();
		self::assertSame( 'sent', $this->row( $id )->status );
	}

	public function test_a_run_goes_on_when_who_started_it_has_left(): void {
		update_option( Settings::MORE_OPTION, array( 'automatic' => false ) );
		$id   = $this->photo();
		$user = wp_insert_user( array( 'user_login' => 'leaves', 'user_pass' => 'x', 'user_email' => 'leaves@example.test', 'role' => 'editor' ) );
		$this->call( 'POST', 'backfill', array( 'action' => 'start' ), 'leaves' );
		( new WP_User( $user ) )->set_role( 'subscriber' );
		$this->sync();
		self::assertSame( 'sent', $this->row( $id )->status );
	}

	public function test_hooks_that_are_fired_by_hand_with_less_do_not_die(): void {
		$post = wp_insert_post( array( 'post_title' => 'x', 'post_content' => 'y', 'post_status' => 'publish' ) );
		do_action( 'save_post', $post );
		do_action( 'delete_attachment' );
		do_action( 'untrashed_post' );
		do_action( 'manage_media_custom_column', 'altsmith' );
		self::assertSame( array( 'x' ), apply_filters( 'media_row_actions', array( 'x' ) ) );
		self::assertNull( apply_filters( 'wp_generate_attachment_metadata', null ) );
	}

	public function test_what_other_plugins_save_meanwhile_is_filtered_as_ever(): void {
		$this->become( 'author' );
		$before  = '<p onclick="x()">kept as it is</p>';
		$post    = wp_insert_post( array( 'post_title' => 'ours', 'post_content' => 'y', 'post_status' => 'publish' ) );
		$theirs  = 0;
		$creates = static function ( int $id ) use ( $post, &$theirs, &$creates ): void {
			if ( $id === $post ) {
				remove_action( 'save_post', $creates );
				$theirs = wp_insert_post( array( 'post_title' => 'theirs', 'post_content' => 'a<script>b</script>' ) );
			}
		};
		kses_init_filters();
		global $wpdb;
		$wpdb->update( $wpdb->posts, array( 'post_content' => $before ), array( 'ID' => $post ) );
		add_action( 'save_post', $creates );
		self::assertSame( Post_Content::WRITTEN, ( new Post_Content() )->write( get_post( $post ), new Rewrite( $before, $before . '\\u0022', array() ) ) );
		self::assertSame( $before . '\\u0022', Post_Content::read( $post ) );
		self::assertSame( 'ab', get_post( $theirs )->post_content );
		kses_remove_filters();
	}

	public function test_two_people_who_change_places_at_once_can_both_go_back(): void {
		$id   = $this->photo();
		$log  = new Change_Log();
		$once = function ( mixed $given, int $post_id, string $key ) use ( $id, $log, &$once ): mixed {
			if ( $id === $post_id && Change_Log::KEY === $key ) {
				remove_filter( 'update_post_metadata', $once );
				self::assertFalse( ( new Lock( 'changes_' . $id, 5 ) )->acquire(), 'the other one waits' );
			}
			return $given;
		};
		add_filter( 'update_post_metadata', $once, 10, 3 );
		$log->keep( $id, array( 'id' => 'one' ) );
		$log->keep( $id, array( 'id' => 'two' ) );
		self::assertSame( array( 'one', 'two' ), array_column( $log->all( $id ), 'id' ) );
	}

	public function test_a_text_in_a_table_of_another_character_set_is_compared_by_what_it_says(): void {
		$id = $this->photo();
		update_post_meta( $id, '_wp_attachment_image_alt', 'Café au lait' );
		self::assertTrue( Alt_Text_Meta::read( $id )->replace( 'Tee' ) );
		$stale = Alt_Text_Meta::read( $id );
		update_post_meta( $id, '_wp_attachment_image_alt', 'tee' );
		self::assertFalse( $stale->replace( 'Kakao' ), 'capitals count' );
	}

	public function test_tables_that_did_not_come_to_be_are_tried_again(): void {
		global $wpdb;
		// dbDelta() ends the transaction that a test is rolled back with: this one takes away what it leaves.
		$wpdb->query( 'ROLLBACK' );
		$wpdb->query( 'SET autocommit = 1' );
		wp_cache_flush();
		update_option( 'altsmith_schema_version', 0 );
		$none = static fn( string $query ): string => str_starts_with( $query, 'DESCRIBE' ) && str_contains( $query, 'altsmith_pictures' ) ? 'SELECT 1 FROM no_such_table' : $query;
		add_filter( 'query', $none );
		Schema::upgrade();
		remove_filter( 'query', $none );
		self::assertSame( 0, (int) get_option( 'altsmith_schema_version' ) );
		Schema::upgrade();
		self::assertSame( 0, (int) get_option( 'altsmith_schema_version' ), 'not at every request' );
		update_option( 'altsmith_schema_failed', time() - 600 );
		$other = new Lock( 'schema', 60 );
		$other->acquire();
		Schema::upgrade();
		self::assertSame( 0, (int) get_option( 'altsmith_schema_version' ), 'and not by two at once' );
		$other->release();
		Schema::upgrade();
		self::assertSame( Schema::VERSION, (int) get_option( 'altsmith_schema_version' ) );
		self::assertFalse( get_option( 'altsmith_schema_failed' ) );
	}

	public function test_activation_reads_the_posts_again(): void {
		update_option( 'altsmith_placement_scan', array( 'done' => true ) );
		Installer::activate();
		self::assertFalse( get_option( 'altsmith_placement_scan' ) );
	}

	public function test_with_a_site_of_a_network_all_its_tables_go(): void {
		global $wpdb;
		$there = $wpdb->get_col( "SHOW TABLES LIKE '{$wpdb->prefix}altsmith%'" );
		sort( $there );
		$ours = Schema::tables();
		sort( $ours );
		self::assertSame( $there, $ours );
		self::assertSame( array( 'x' ), Installer::drop_with_site( array( 'x' ) ) );
	}

	public function test_hooks_that_a_theme_fires_with_fewer_or_other_arguments_end_no_page(): void {
		update_option( 'altsmith_settings', array( 'render_fill' => true ) + \Altsmith\Settings::defaults() );
		self::assertSame( array( 'alt' => '' ), apply_filters( 'wp_get_attachment_image_attributes', array( 'alt' => '' ) ) );
		self::assertSame( '<img>', apply_filters( 'wp_content_img_tag', '<img>' ) );
		self::assertSame( array(), apply_filters( 'attachment_fields_to_edit', array(), null ) );
		self::assertSame( array( 'exist' ), apply_filters( 'map_meta_cap', array( 'exist' ), 'read' ) );
		$assets = new \Altsmith\Admin\Assets( new \Altsmith\Settings() );
		( new \Altsmith\Library\Library_Filter( $assets ) )->print_choice();
		( new \Altsmith\Editor\Places_Box( $assets ) )->add();
		\Altsmith\Storage\Installer::new_site();
		self::assertSame( '', $this->getActualOutput() );
	}
}
