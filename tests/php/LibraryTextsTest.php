<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Settings;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Text\File_Name_Title;

final class LibraryTextsTest extends Sidecar_Test_Case {
	/** @dataProvider titles */
	public function test_a_title_that_nobody_wrote_is_known( string $title, string $file, bool $expected ): void {
		self::assertSame( $expected, File_Name_Title::is_one( $title, $file ) );
	}

	public static function titles(): array {
		return array(
			'the file name'         => array( 'photo-1234ab', 'photo-1234ab.jpg', true ),
			'made unique'           => array( 'sunset', 'sunset-1-scaled.jpg', true ),
			'with other signs'      => array( 'My Sunset (2)', 'my-sunset-2.jpg', true ),
			'a camera'              => array( 'DSC_0042', 'x.jpg', true ),
			'a phone'               => array( 'IMG_20240101_120000', 'x.jpg', true ),
			'a screenshot'          => array( 'Screenshot 2024-01-01 at 12.00.00', 'x.png', true ),
			'only numbers'          => array( '20240101', 'x.jpg', true ),
			'nothing'               => array( '', 'x.jpg', true ),
			'with its ending'       => array( 'holiday.jpeg', 'x.jpg', true ),
			'words'                 => array( 'Sunset over Crete', 'img_1.jpg', false ),
			'words with a number'   => array( 'Image of 3 cats', 'img_1.jpg', false ),
			'a name in greek'       => array( 'Ηλιοβασίλεμα', 'img_1.jpg', false ),
		);
	}

	public function test_title_description_and_keywords_follow_an_approved_text(): void {
		$row   = $this->suggested();
		$shown = $this->call( 'GET', 'suggestions' )->get_data()['items'][0];
		self::assertSame( array( 'title' => 'A title', 'description' => 'A description', 'keywords' => array( 'cat', 'mat' ) ), $shown['follows'] );
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'a cat', 'title' => 'The \\ cat', 'description' => 'Long "text".', 'keywords' => array( 'cat', "m'at" ) ) ) );
		$post = get_post( $row->attachment_id );
		self::assertSame( array( 'The \\ cat', 'Long "text".', '' ), array( $post->post_title, $post->post_content, $post->post_excerpt ) );
		self::assertSame( array( 'cat', "m'at" ), get_post_meta( $row->attachment_id, '_altsmith_keywords', true ) );
	}

	public function test_undo_gives_them_back_but_not_over_newer_words(): void {
		$row    = $this->suggested();
		$before = get_post( $row->attachment_id );
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'a cat', 'title' => 'A cat', 'description' => 'D', 'keywords' => array( 'k' ) ) ) );
		wp_update_post( array( 'ID' => $row->attachment_id, 'post_content' => 'by hand' ) );
		$this->call( 'POST', "suggestions/$row->suggestion_id/undo" );
		$after = get_post( $row->attachment_id );
		self::assertSame( array( $before->post_title, 'by hand' ), array( $after->post_title, $after->post_content ) );
		self::assertSame( $before->post_name, $after->post_name );
		self::assertSame( '', get_post_meta( $row->attachment_id, '_altsmith_keywords', true ) );
	}

	public function test_a_title_that_was_written_in_another_process_since_it_was_read_is_left_alone(): void {
		global $wpdb;
		$row = $this->suggested();
		get_post( $row->attachment_id ); // A background run has read it, and keeps it.
		$wpdb->update( $wpdb->posts, array( 'post_title' => 'Grandma' ), array( 'ID' => $row->attachment_id ) );
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'a cat', 'title' => 'A cat' ) ) );
		self::assertSame( 'Grandma', $wpdb->get_var( "SELECT post_title FROM $wpdb->posts WHERE ID = $row->attachment_id" ) );
	}

	public function test_what_a_person_wrote_is_left_alone(): void {
		$row = $this->suggested();
		wp_update_post( array( 'ID' => $row->attachment_id, 'post_title' => 'My title', 'post_content' => 'My words' ) );
		self::assertSame( array( 'keywords' ), array_keys( $this->call( 'GET', 'suggestions' )->get_data()['items'][0]['follows'] ) );
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'a cat', 'title' => 'T', 'description' => 'D' ) ) );
		$post = get_post( $row->attachment_id );
		self::assertSame( array( 'My title', 'My words' ), array( $post->post_title, $post->post_content ) );
	}

	public function test_the_owner_can_switch_it_off(): void {
		update_option( Settings::MORE_OPTION, array( 'write_title' => false, 'write_description' => false, 'automatic' => true, 'types' => Settings::READABLE_TYPES ) );
		$row   = $this->suggested();
		$title = get_post( $row->attachment_id )->post_title;
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'a cat', 'title' => 'T', 'description' => 'D' ) ) );
		self::assertSame( array( $title, '' ), array( get_post( $row->attachment_id )->post_title, get_post( $row->attachment_id )->post_content ) );
	}

	public function test_only_what_was_approved_is_written(): void {
		$row   = $this->suggested();
		$title = get_post( $row->attachment_id )->post_title;
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'a cat' ) ) );
		self::assertSame( $title, get_post( $row->attachment_id )->post_title );
	}

	public function test_decorative_writes_none_of_them(): void {
		$row   = $this->suggested();
		$title = get_post( $row->attachment_id )->post_title;
		$this->decide( $row, 'decorative' );
		self::assertSame( $title, get_post( $row->attachment_id )->post_title );
	}

	public function test_undo_gives_a_title_back_byte_for_byte_where_html_is_filtered(): void {
		$row = $this->suggested();
		global $wpdb;
		$this->decide( $row, 'approve', array( 'values' => array( 'alt_text' => 'a cat', 'title' => 'A cat' ) ) );
		// As an administrator's upload stores it.
		$entry                                  = \Altsmith\Writeback\Provenance::latest( $row->attachment_id );
		$entry['texts']['post_title']['before'] = 'Tom & Jerry \\ "1"';
		\Altsmith\Writeback\Provenance::replace_latest( $row->attachment_id, $entry );
		kses_init_filters();
		$this->call( 'POST', "suggestions/$row->suggestion_id/undo" );
		kses_remove_filters();
		self::assertSame( 'Tom & Jerry \\ "1"', $wpdb->get_var( $wpdb->prepare( "SELECT post_title FROM $wpdb->posts WHERE ID = %d", $row->attachment_id ) ) );
	}
}
