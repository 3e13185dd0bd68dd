<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Rest;

use Altsmith\Tests\Support\Fake_Sidecar;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** Translating what is there: in a run, and one text again. */
final class TranslationTest extends Sidecar_Test_Case {
	protected function setUp(): void {
		parent::setUp();
		add_filter( 'locale', static fn(): string => 'de_DE' );
	}

	public function test_a_run_is_begun_paused_resumed_and_seen_to_its_end(): void {
		self::assertSame( array( 'languages' => array( 'de_DE' ), 'run' => null ), $this->call( 'GET', 'translation' )->get_data() );
		self::assertSame( array(), $this->sidecar->asked, 'nothing is asked about a run that never was' );

		$this->stands( 'running', null, array( 'done' => 1, 'waiting' => 2 ) );
		$begun = $this->call( 'POST', 'translation', array( 'action' => 'start', 'language' => 'de_DE', 'which' => 'approved' ) )->get_data();
		$body  = json_decode( $this->sidecar->bodies[ array_search( 'POST /v1/runs', $this->sidecar->asked, true ) ], true );
		self::assertSame( array( 'languages' => array( 'de_DE' ), 'which' => 'approved' ), $body['translate'] );
		self::assertSame( array( 'running', null, 1 ), array( $begun['run']['state'], $begun['run']['total'], $begun['run']['ended'] ) );

		$second = $this->call( 'POST', 'translation', array( 'action' => 'start', 'language' => 'de_DE' ) );
		self::assertSame( array( 409, 'altsmith_already_running' ), array( $second->get_status(), $second->get_data()['code'] ) );

		foreach ( array( 'pause', 'resume' ) as $action ) {
			self::assertSame( 200, $this->call( 'POST', 'translation', array( 'action' => $action ) )->get_status() );
			self::assertSame( 1, $this->sidecar->count( "POST /v1/runs/run_1/$action" ) );
		}
		$this->stands( 'running', 3, array( 'done' => 2, 'failed' => 1, 'waiting' => 0 ) );
		$over = $this->call( 'GET', 'translation' )->get_data()['run'];
		self::assertSame( array( 'done', 3, 3, 1 ), array( $over['state'], $over['total'], $over['ended'], $over['failed'] ) );
		self::assertSame( 200, $this->call( 'POST', 'translation', array( 'action' => 'start', 'language' => 'de_DE' ) )->get_status() );
	}

	public function test_a_run_that_the_sidecar_lost_is_no_run_and_one_that_cannot_be_asked_about_says_so(): void {
		$this->stands( 'running', null, array() );
		$this->call( 'POST', 'translation', array( 'action' => 'start', 'language' => 'de_DE' ) );
		$this->sidecar->canned = array();
		self::assertNull( $this->call( 'GET', 'translation' )->get_data()['run'] );
		$this->sidecar->down = true;
		self::assertSame( 503, $this->call( 'GET', 'translation' )->get_status() );
	}

	public function test_the_languages_are_those_of_the_site_without_english(): void {
		add_filter( 'wpml_active_languages', static fn(): array => array( 'en' => array( 'language_code' => 'en' ), 'de' => array( 'default_locale' => 'de_CH' ), 'fr' => array( 'language_code' => 'fr' ), 'x' => 'broken' ) );
		self::assertSame( array( 'de_DE', 'fr' ), $this->call( 'GET', 'translation' )->get_data()['languages'] );
		$refused = $this->call( 'POST', 'translation', array( 'action' => 'start', 'language' => 'ja' ) );
		self::assertSame( array( 400, 'altsmith_language_unknown' ), array( $refused->get_status(), $refused->get_data()['code'] ) );
		add_filter( 'locale', static fn(): string => 'en_GB', 20 );
		self::assertSame( array( 'de_CH', 'fr' ), $this->call( 'GET', 'translation' )->get_data()['languages'] );
	}

	public function test_two_ways_to_write_a_language_can_both_be_chosen(): void {
		add_filter( 'wpml_active_languages', static fn(): array => array_map( static fn( string $locale ): array => array( 'default_locale' => $locale ), array( 'zh_CN', 'zh_TW', 'pt_PT', 'pt_BR', 'pt-BR', 'de_AT' ) ) );
		self::assertSame( array( 'de_DE', 'zh_CN', 'zh_TW', 'pt_PT', 'pt_BR' ), $this->call( 'GET', 'translation' )->get_data()['languages'] );
	}

	public function test_one_text_is_translated_again_and_nothing_is_written(): void {
		$row  = $this->suggested();
		$none = $this->call( 'POST', "suggestions/$row->suggestion_id/translation", array( 'source' => 'a dog' ) );
		self::assertSame( array( 400, 'altsmith_nothing_to_translate' ), array( $none->get_status(), $none->get_data()['code'] ), 'it is no translation' );

		$this->sidecar->suggestions[ $row->suggestion_id ] = array( 'version' => 2, 'language' => 'de', 'source' => 'a cat on a mat', 'translator' => array( 'id' => 'opus-mt-en-de' ) ) + $this->sidecar->suggestions[ $row->suggestion_id ];
		$this->sidecar->changes[] = array( 'cursor' => '2', 'type' => 'suggestion.changed', 'at' => gmdate( 'c' ), 'job' => null, 'suggestion' => $this->sidecar->suggestions[ $row->suggestion_id ] );
		$this->sync();
		$this->sidecar->canned['POST /v1/translations'] = array( 200, array( 'text' => "ein <b>Hund</b>", 'alternatives' => array( 'der Hund' ), 'flags' => array( array( 'code' => 'gender', 'message' => 'The translation says “Mann”; English does not.' ), array( 'code' => 'cut', 'message' => 'It was “cut” off.' ) ) ) );
		$made = $this->call( 'POST', "suggestions/$row->suggestion_id/translation", array( 'source' => 'a dog' ) )->get_data();
		self::assertSame( array( 'text' => 'a dog', 'to' => 'de' ), json_decode( (string) end( $this->sidecar->bodies ), true ) );
		self::assertSame( array( 'ein Hund', array( 'der Hund' ), 'gender' ), array( $made['text'], $made['alternatives'], $made['flags'][0]['code'] ) );
		self::assertStringEndsWith( '. “Mann”', $made['flags'][0]['message'], 'in words of the site, with the one that it is about' );
		self::assertStringNotContainsString( '“', $made['flags'][1]['message'] );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
		self::assertSame( 'a cat on a mat', $this->row( $row->attachment_id )->suggestion['fields']['alt_text'] );
	}

	/** @param array<string, int> $jobs */
	private function stands( string $state, ?int $expected, array $jobs ): void {
		$run = array( 'id' => 'run_1', 'state' => $state, 'expected' => $expected, 'jobs' => (object) $jobs, 'suggestions' => (object) array(), 'translates' => array( 'languages' => array( 'de' ), 'which' => 'all' ) );
		$this->sidecar->canned['GET /v1/runs/run_1'] = array( 200, array( 'run' => $run ) );
	}
}
