<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Csv\Csv_File;
use Altsmith\Csv\Library_Export;
use Altsmith\Sidecar\Client;
use Altsmith\Storage\Picture_Store;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Picture_Watch;
use Altsmith\Tests\Support\Changed_Pictures;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Writeback\Provenance;

/** Alt text out to a spreadsheet and in again. */
final class CsvTest extends Sidecar_Test_Case {
	use Changed_Pictures;

	private const IMAGES = __DIR__ . '/../fixtures/images/';

	/** @return array<int, array<string, string>> Lines of the export, by attachment. */
	private function export(): array {
		$out = fopen( 'php://memory', 'w+b' );
		( new Library_Export( new Request_Store() ) )->write( $out );
		rewind( $out );
		$text = (string) stream_get_contents( $out );
		self::assertStringStartsWith( "\xEF\xBB\xBFattachment_id,", $text );
		return array_column( iterator_to_array( Csv_File::read( $text, Library_Export::COLUMNS ) ), null, 'attachment_id' );
	}

	/**
	 * As a spreadsheet program saves it.
	 *
	 * @param array<int, array<string, string>> $lines
	 */
	private function file( array $lines, string $delimiter = ',' ): string {
		$out = fopen( 'php://memory', 'w+b' );
		fputcsv( $out, array_keys( reset( $lines ) ), $delimiter, '"', '' );
		foreach ( $lines as $line ) {
			fputcsv( $out, $line, $delimiter, '"', '' );
		}
		rewind( $out );
		return (string) stream_get_contents( $out );
	}

	private function import( string $csv, bool $dry_run = false, string $as = 'admin' ): array {
		$answer = $this->call( 'POST', 'csv', array( 'csv' => $csv, 'dry_run' => $dry_run ), $as );
		self::assertSame( 200, $answer->get_status(), (string) wp_json_encode( $answer->get_data() ) );
		return $answer->get_data();
	}

	public function test_what_is_exported_and_edited_is_shown_first_and_then_written_as_a_persons_text(): void {
		$row   = $this->suggested( 'a cat on a mat' );
		$id    = $row->attachment_id;
		$other = $this->photo();
		update_post_meta( $other, '_wp_attachment_image_alt', 'Unverändert 日本語 – "in Anführungszeichen", mit Komma' );
		$lines = $this->export();
		self::assertSame( array( 'a cat on a mat', 'Needs review', '' ), array( $lines[ $id ]['suggested'], $lines[ $id ]['status'], $lines[ $id ]['alt_text'] ) );
		$lines[ $id ]['new_alt_text'] = 'Eine Katze schläft; sie schnarcht.';
		// German Excel saves with semicolons and the byte order mark.
		$csv   = "\xEF\xBB\xBF" . $this->file( $lines, ';' );
		$shown = $this->import( $csv, true );
		self::assertSame( array( 1, 1, 0, 0 ), array_values( $shown['counts'] ) );
		self::assertSame( array( '', 'Eine Katze schläft; sie schnarcht.' ), array( $shown['items'][0]['before'], $shown['items'][0]['after'] ) );
		self::assertNull( $this->stored_alt( $id ), 'a dry run writes nothing' );
		self::assertSame( 1, $this->import( $csv )['counts']['change'] );
		self::assertSame( 'Eine Katze schläft; sie schnarcht.', $this->stored_alt( $id ) );
		$entry = Provenance::latest( $id );
		self::assertSame( array( 'admin', null ), array( $entry['by']['name'], $entry['model'] ) );
		self::assertSame( 'pending', $this->row( $id )->suggestion_state, 'the suggestion still waits, and knows that a text is there' );
		self::assertSame( array( 0, 2, 0, 0 ), array_values( $this->import( $csv )['counts'] ), 'a second time changes nothing' );
	}

	public function test_a_text_that_somebody_changed_meanwhile_stays(): void {
		$id    = $this->photo();
		$lines = $this->export();
		update_post_meta( $id, '_wp_attachment_image_alt', 'by hand, later' );
		$lines[ $id ]['new_alt_text'] = 'from the file';
		$told = $this->import( $this->file( $lines ) );
		self::assertSame( 1, $told['counts']['conflict'] );
		self::assertSame( 'by hand, later', $this->stored_alt( $id ) );
	}

	public function test_a_text_does_not_reach_a_picture_that_took_the_place_of_its_own_under_the_same_name(): void {
		$row   = $this->described( 'cat' );
		$same  = $this->described( 'galaxies' );
		$lines = $this->export();
		foreach ( array( $row, $same ) as $one ) {
			$lines[ $one->attachment_id ]['new_alt_text'] = 'what was to be seen then';
		}
		$this->overwrite( $row->attachment_id );
		$this->optimise( $same->attachment_id );
		$this->sync();
		foreach ( array( true, false ) as $dry_run ) {
			$told = $this->import( $this->file( $lines ), $dry_run );
			self::assertSame( array( 1, 0, 1, 0 ), array_values( $told['counts'] ) );
		}
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 'what was to be seen then', $this->stored_alt( $same->attachment_id ) );
	}

	public function test_a_picture_is_compared_by_its_file_where_nobody_has_noticed_a_change_or_its_row_is_gone(): void {
		$changed = $this->described( 'cat' )->attachment_id;
		$same    = $this->described( 'galaxies' )->attachment_id;
		$lines   = $this->export();
		foreach ( array( $changed, $same ) as $id ) {
			$lines[ $id ]['new_alt_text'] = 'what was to be seen then';
		}
		$this->overwrite( $changed );
		( new Request_Store() )->remove( $same );
		foreach ( array( true, false ) as $dry_run ) {
			self::assertSame( array( 1, 0, 1, 0 ), array_values( $this->import( $this->file( $lines ), $dry_run )['counts'] ) );
		}
		self::assertNull( $this->stored_alt( $changed ) );
		self::assertSame( 'what was to be seen then', $this->stored_alt( $same ) );
	}

	public function test_a_line_reaches_only_the_picture_it_was_written_for(): void {
		$id    = $this->photo();
		$lines = $this->export();
		$lines[ $id ]['new_alt_text'] = 'a text of another site';
		$lines[ $id ]['file']         = '2019/01/another.jpg';
		$lines['x'] = array( 'attachment_id' => '99999999', 'file' => 'x.jpg', 'new_alt_text' => 'x' ) + $lines[ $id ];
		$told = $this->import( $this->file( $lines ) );
		self::assertSame( 2, $told['counts']['error'] );
		self::assertNull( $this->stored_alt( $id ) );
	}

	public function test_formulas_leave_as_text_and_come_back_as_they_were(): void {
		$texts = array( '=HYPERLINK("http://x")', '+1', '-1', '@x', "'=quoted", "it's", '"', "two\nlines" );
		$ids   = array();
		foreach ( $texts as $text ) {
			$ids[] = $this->photo();
			update_post_meta( end( $ids ), '_wp_attachment_image_alt', wp_slash( $text ) );
		}
		$out = fopen( 'php://memory', 'w+b' );
		( new Library_Export( new Request_Store() ) )->write( $out );
		rewind( $out );
		$raw = (string) stream_get_contents( $out );
		self::assertStringContainsString( ',"\'=HYPERLINK(""http://x"")",', $raw );
		self::assertDoesNotMatchRegularExpression( '/(^|,)"?[=+@-]/m', $raw );
		self::assertSame( $texts, array_map( fn( int $id ): string => $this->export()[ $id ]['alt_text'], $ids ) );
	}

	public function test_an_image_can_be_marked_as_decorative_and_an_empty_cell_says_nothing(): void {
		$id     = $this->photo();
		$marked = $this->photo();
		Provenance::set_decorative( $marked, true );
		$lines  = $this->export();
		self::assertSame( 'yes', $lines[ $marked ]['decorative'] );
		$lines[ $id ]['decorative']     = 'Yes';
		$lines[ $marked ]['decorative'] = '';
		self::assertSame( array( 1, 1 ), array_slice( array_values( $this->import( $this->file( $lines ) )['counts'] ), 0, 2 ) );
		self::assertTrue( Provenance::is_decorative( $id ) );
		self::assertTrue( Provenance::is_decorative( $marked ) );
		$lines[ $id ]['new_alt_text'] = 'a text';
		self::assertSame( 1, $this->import( $this->file( $lines ) )['counts']['error'] );
	}

	public function test_a_file_that_is_none_is_refused_with_what_to_do(): void {
		foreach ( array( "a,b\n1,2\n" => 'These columns are missing', '' => 'These columns are missing' ) as $csv => $sentence ) {
			$answer = $this->call( 'POST', 'csv', array( 'csv' => $csv ) );
			self::assertSame( 400, $answer->get_status() );
			self::assertStringContainsString( $sentence, $answer->get_data()['message'] );
		}
	}

	public function test_a_library_with_characters_that_were_lost_can_be_imported_and_no_more_are_lost(): void {
		$ids   = array( $this->photo(), $this->photo(), $this->photo() );
		$texts = array( "old caf\u{FFFD}", "kept caf\u{FFFD}", 'a house' );
		foreach ( $ids as $i => $id ) {
			update_post_meta( $id, '_wp_attachment_image_alt', $texts[ $i ] );
		}
		$lines                            = $this->export();
		$lines[ $ids[0] ]['new_alt_text'] = 'a café';
		$lines[ $ids[1] ]['new_alt_text'] = $texts[1];
		$lines[ $ids[2] ]['new_alt_text'] = "h\u{FFFD}user";
		$told                             = $this->import( $this->file( $lines ) );
		self::assertSame( array( 1, 1, 0, 1 ), array_values( $told['counts'] ) );
		self::assertStringContainsString( 'CSV UTF-8', $told['items'][1]['message'] );
		self::assertSame( array( 'a café', $texts[1], 'a house' ), array_map( array( $this, 'stored_alt' ), $ids ) );
		$this->expectExceptionMessage( 'CSV UTF-8' );
		iterator_to_array( Csv_File::read( str_replace( 'a café', "a caf\xE9", $this->file( $lines ) ), Library_Export::COLUMNS ) );
	}

	public function test_a_download_has_no_time_limit(): void {
		set_time_limit( 600 );
		\Altsmith\Csv\Csv_File::lift_time_limit();
		self::assertSame( '0', ini_get( 'max_execution_time' ) );
	}

	public function test_a_long_file_goes_on_where_it_stopped(): void {
		$ids   = array( $this->photo(), $this->photo(), $this->photo() );
		$lines = $this->export();
		foreach ( $ids as $id ) {
			$lines[ $id ]['new_alt_text'] = "text of $id";
		}
		$first = ( new \Altsmith\Csv\Library_Import( new \Altsmith\Writeback\Alt_Text_Writer( new \Altsmith\Writeback\Library_Texts( new \Altsmith\Settings() ) ), new Request_Store(), new Picture_Watch( new Request_Store(), new Picture_Store(), new Client( new \Altsmith\Settings() ) ) ) )->run( $this->file( $lines ), false, 1, 0, get_user_by( 'login', 'admin' ) );
		self::assertSame( 1, $first['next'] );
		$answer = $this->call( 'POST', 'csv', array( 'csv' => $this->file( $lines ), 'dry_run' => false, 'from' => 2 ) );
		self::assertSame( 2, $answer->get_data()['counts']['change'] );
		self::assertNull( $this->stored_alt( $ids[0] ) );
	}
}
