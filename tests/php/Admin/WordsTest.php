<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Admin;

use Altsmith\Admin\Words_Form;
use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Text\Glossary_Lines;
use InvalidArgumentException;

/** The site's own words: as lines, and on their way to the sidecar. */
final class WordsTest extends Sidecar_Test_Case {
	private const LINES = "child, children = kid\n\"Golden Gate Bridge\" = red bridge\n[de] Fahrrad = Rad, Velo\nwhiteboard";

	/** @return array<int, array<string, mixed>> */
	private static function entries(): array {
		return array(
			array( 'term' => 'child', 'forms' => array( 'children' ), 'instead_of' => array( 'kid' ), 'is_name' => false, 'language' => 'en' ),
			array( 'term' => 'Golden Gate Bridge', 'forms' => array(), 'instead_of' => array( 'red bridge' ), 'is_name' => true, 'language' => 'en' ),
			array( 'term' => 'Fahrrad', 'forms' => array(), 'instead_of' => array( 'Rad', 'Velo' ), 'is_name' => false, 'language' => 'de' ),
			array( 'term' => 'whiteboard', 'forms' => array(), 'instead_of' => array(), 'is_name' => false, 'language' => 'en' ),
		);
	}

	public function test_lines_are_entries_and_back(): void {
		self::assertSame( self::entries(), Glossary_Lines::parse( "\r\n" . str_replace( "\n", "  \r\n\n", self::LINES ) ) );
		self::assertSame( self::LINES, Glossary_Lines::text( self::entries() ) );
		self::assertSame( array(), Glossary_Lines::parse( " \n" ) );
	}

	/** @dataProvider wrong_lines */
	public function test_a_line_without_a_word_is_named( string $line ): void {
		$this->expectException( InvalidArgumentException::class );
		$this->expectExceptionMessage( 'Line 2' );
		Glossary_Lines::parse( "whiteboard\n$line" );
	}

	/** @return array<string, array{0: string}> */
	public static function wrong_lines(): array {
		return array( 'nothing to say' => array( '= kid' ), 'commas only' => array( ', , = kid' ), 'a language only' => array( '[de]' ) );
	}

	public function test_what_is_kept_is_shown_and_sent_as_it_was_typed(): void {
		$this->become( 'admin' );
		$form = new Words_Form( new Client( new Settings() ) );
		$this->sidecar->canned = array(
			'GET /v1/site' => array( 200, array( 'site' => array( 'glossary' => self::entries() ) ) ),
			'PUT /v1/site' => array( 200, array( 'site' => array( 'glossary' => self::entries() ) ) ),
		);
		self::assertStringContainsString( esc_textarea( self::LINES ), $this->shown( $form ) );
		self::assertNull( $form->keep( self::LINES ) );
		self::assertSame( 'PUT /v1/site', end( $this->sidecar->asked ) );
		self::assertSame( array( 'glossary' => self::entries() ), json_decode( (string) end( $this->sidecar->bodies ), true ) );
	}

	public function test_words_that_somebody_else_saved_since_are_not_replaced_unseen(): void {
		$this->become( 'admin' );
		$form  = new Words_Form( new Client( new Settings() ) );
		$words = array( 'GET /v1/site' => array( 200, array( 'site' => array( 'glossary' => self::entries() ) ) ) );
		$this->sidecar->canned = array( 'GET /v1/site' => array( 200, array( 'site' => array( 'glossary' => array() ) ) ) );
		self::assertSame( 1, preg_match( '/name="altsmith_words_before" value="([^"]+)"/', $this->shown( $form ), $before ) );
		$this->sidecar->canned = $words + array( 'PUT /v1/site' => array( 200, array( 'site' => array( 'glossary' => array() ) ) ) );
		self::assertStringContainsString( 'Someone changed the words', (string) $form->keep( 'whiteboard', $before[1] ) );
		self::assertSame( 0, $this->sidecar->count( 'PUT' ) );
		$shown = $this->shown( $form );
		self::assertStringContainsString( 'whiteboard</textarea>', $shown );
		self::assertSame( 1, preg_match( '/name="altsmith_words_before" value="([^"]+)"/', $shown, $before ) );
		self::assertNull( $form->keep( 'whiteboard', $before[1] ), 'the person has been told' );
	}

	public function test_what_is_refused_stays_in_the_field_once_with_the_reason(): void {
		$this->become( 'admin' );
		$form = new Words_Form( new Client( new Settings() ) );
		$this->sidecar->canned = array( 'GET /v1/site' => array( 200, array( 'site' => array( 'glossary' => array() ) ) ) );
		self::assertStringContainsString( 'Line 1', (string) $form->keep( '= kid' ) );
		self::assertSame( array(), $this->sidecar->asked, 'nothing is sent' );
		$shown = $this->shown( $form );
		self::assertStringContainsString( '= kid</textarea>', $shown );
		self::assertStringContainsString( 'Line 1', $shown );
		self::assertStringNotContainsString( '= kid</textarea>', $this->shown( $form ) );
	}

	public function test_a_sidecar_that_is_away_or_older_is_told_in_place_of_the_form(): void {
		$this->become( 'admin' );
		$form                  = new Words_Form( new Client( new Settings() ) );
		$this->sidecar->canned = array( 'GET /v1/site' => array( 404, array( 'error' => array( 'code' => 'NOT_FOUND', 'message' => 'No.', 'retryable' => false ) ) ) );
		$older                 = $this->shown( $form );
		$this->sidecar->down   = true;
		foreach ( array( $older, $this->shown( $form ) ) as $shown ) {
			self::assertStringContainsString( 'notice-error', $shown );
			self::assertStringNotContainsString( '<textarea', $shown );
		}
	}

	public function test_the_settings_page_has_a_link_to_the_form_and_asks_nothing(): void {
		$this->become( 'admin' );
		$form  = new Words_Form( new Client( new Settings() ) );
		$shown = $this->shown( $form, false );
		self::assertStringContainsString( 'words=edit', $shown );
		self::assertStringNotContainsString( '<textarea', $shown );
		self::assertSame( array(), $this->sidecar->asked );
	}

	private function shown( Words_Form $form, bool $is_opened = true ): string {
		$this->needs_wp_admin();
		$_GET = $is_opened ? array( 'words' => 'edit' ) : array();
		ob_start();
		$form->render();
		$_GET = array();
		return (string) ob_get_clean();
	}
}
