<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Sidecar\Attachment_Locale;
use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Language_Stand_In;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** The versions of one picture in several languages, with stand-ins for Polylang and WPML (tests/php/support/Language_Stand_In.php). */
final class LanguageVersionsTest extends Sidecar_Test_Case {
	protected function tearDown(): void {
		Language_Stand_In::switch_off();
		parent::tearDown();
	}

	public static function plugins(): array {
		return array( 'Polylang' => array( 'polylang' ), 'WPML' => array( 'wpml' ) );
	}

	/** @return int A picture in English. */
	private function english( string $plugin ): int {
		Language_Stand_In::switch_on( $plugin );
		$id = $this->photo();
		Language_Stand_In::set( $id, 'en' );
		return $id;
	}

	/** @return array<int, string> The locale of each job, by attachment. */
	private function asked(): array {
		$asked = array();
		foreach ( $this->sidecar->bodies as $i => $body ) {
			if ( 'POST /v1/jobs' === $this->sidecar->asked[ $i ] ) {
				$job = json_decode( $body, true );
				$asked[ (int) $job['subject']['id'] ] = $job['locale'];
			}
		}
		return $asked;
	}

	/** The sidecar's answer in the language of the job. */
	private function answer_all(): void {
		$this->sidecar->describe_all( 'a cat' );
		foreach ( $this->sidecar->suggestions as $id => $suggestion ) {
			$locale = $this->asked()[ (int) $suggestion['subject']['id'] ];
			$this->sidecar->suggestions[ $id ]['language']           = substr( $locale, 0, 2 );
			$this->sidecar->suggestions[ $id ]['fields']['alt_text'] = array( 'en' => 'a cat', 'de' => 'eine Katze', 'fr' => 'un chat' )[ substr( $locale, 0, 2 ) ];
		}
		$this->sync();
	}

	/** @dataProvider plugins */
	public function test_each_version_is_asked_for_in_its_language_and_the_bytes_go_once( string $plugin ): void {
		$english = $this->english( $plugin );
		$german  = Language_Stand_In::translate( $english, 'de' );
		$french  = Language_Stand_In::translate( $english, 'fr' );
		$this->sync();
		self::assertSame( array( $english => 'en_US', $german => 'de_DE', $french => 'fr_FR' ), $this->asked() );
		self::assertSame( 1, $this->sidecar->count( 'PUT' ) );
		$this->answer_all();
		foreach ( array( $english => 'a cat', $german => 'eine Katze', $french => 'un chat' ) as $id => $text ) {
			self::assertSame( 200, $this->decide( $this->row( $id ), 'approve' )->get_status() );
			self::assertSame( $text, $this->stored_alt( $id ) );
		}
		$this->sync();
		self::assertSame( array( 'a cat', 'eine Katze', 'un chat' ), array_map( array( $this, 'stored_alt' ), array( $english, $german, $french ) ) );
		self::assertSame( array( 'applied', 'applied', 'applied' ), $this->sidecar->reported() );
	}

	/** @dataProvider plugins */
	public function test_a_text_copied_from_another_language_is_no_reason_not_to_ask( string $plugin ): void {
		$english = $this->english( $plugin );
		update_post_meta( $english, '_wp_attachment_image_alt', 'A person wrote this' );
		$german = Language_Stand_In::translate( $english, 'de' );
		self::assertSame( 'A person wrote this', $this->stored_alt( $german ) );
		$own = Language_Stand_In::translate( $english, 'fr' );
		update_post_meta( $own, '_wp_attachment_image_alt', 'Une personne a écrit ceci' );
		$this->sync();
		self::assertSame( array( 'skipped', 'sent', 'skipped' ), array( $this->row( $english )->status, $this->row( $german )->status, $this->row( $own )->status ) );
		$this->answer_all();
		self::assertSame( 'A person wrote this', $this->stored_alt( $german ), 'nothing is written before a person says so' );
		$this->decide( $this->row( $german ), 'approve' );
		self::assertSame( array( 'eine Katze', 'A person wrote this' ), array( $this->stored_alt( $german ), $this->stored_alt( $english ) ) );
	}

	public function test_what_wpml_copies_into_an_empty_version_meanwhile_stands_in_nobodys_way(): void {
		$english = $this->english( 'wpml' );
		$german  = Language_Stand_In::translate( $english, 'de' );
		$this->sync();
		$this->answer_all();
		$row = $this->row( $german );
		$this->decide( $this->row( $english ), 'approve' );
		self::assertSame( 'a cat', $this->stored_alt( $german ), 'WPML copied it' );
		// The reviewer saw an empty text before that.
		$this->decide( $row, 'approve', array( 'seen' => '' ) );
		self::assertSame( 'eine Katze', $this->stored_alt( $german ) );
		self::assertSame( 200, $this->call( 'POST', "suggestions/$row->suggestion_id/undo" )->get_status() );
		self::assertSame( 'a cat', $this->stored_alt( $german ) );
		// A person's own words are a conflict still.
		update_post_meta( $german, '_wp_attachment_image_alt', 'Mieze' );
		$this->decide( $this->row( $german ), 'approve', array( 'seen' => '' ) );
		self::assertSame( 'Mieze', $this->stored_alt( $german ) );
	}

	public function test_switched_off_in_the_middle_what_waits_is_asked_for_in_its_own_language(): void {
		$english = $this->english( 'polylang' );
		$german  = Language_Stand_In::translate( $english, 'de' );
		$french  = Language_Stand_In::translate( $english, 'fr' );
		( new Request_Store() )->change( $french, array( 'next_attempt_at' => time() + 600 ) );
		$this->sync();
		Language_Stand_In::switch_off();
		( new Request_Store() )->change( $french, array( 'next_attempt_at' => 0 ) );
		$this->sync();
		self::assertSame( 'fr_FR', $this->asked()[ $french ] );
		$this->answer_all();
		foreach ( array( $english => 'a cat', $german => 'eine Katze', $french => 'un chat' ) as $id => $text ) {
			self::assertSame( 200, $this->decide( $this->row( $id ), 'approve' )->get_status() );
			self::assertSame( $text, $this->stored_alt( $id ) );
		}
	}

	public function test_wpmls_language_is_known_when_it_is_switched_off(): void {
		global $wpdb;
		$id = $this->photo();
		update_option( 'icl_sitepress_settings', array( 'default_language' => 'en' ) );
		$wpdb->query( "CREATE TEMPORARY TABLE {$wpdb->prefix}icl_translations ( element_type varchar(60), element_id bigint, trid bigint, language_code varchar(7) )" );
		$wpdb->query( "CREATE TEMPORARY TABLE {$wpdb->prefix}icl_locale_map ( code varchar(7), locale varchar(35) )" );
		$wpdb->insert( "{$wpdb->prefix}icl_translations", array( 'element_type' => 'post_attachment', 'element_id' => $id, 'trid' => 1, 'language_code' => 'de' ) );
		self::assertSame( 'de', Attachment_Locale::of( get_post( $id ) ) );
		$wpdb->insert( "{$wpdb->prefix}icl_locale_map", array( 'code' => 'de', 'locale' => 'de_AT' ) );
		self::assertSame( 'de_AT', Attachment_Locale::of( get_post( $id ) ) );
		$wpdb->query( "DROP TEMPORARY TABLE {$wpdb->prefix}icl_translations" );
		$wpdb->query( "DROP TEMPORARY TABLE {$wpdb->prefix}icl_locale_map" );
		self::assertSame( 'en_US', Attachment_Locale::of( get_post( $id ) ) );
	}

	public function test_a_text_in_the_former_language_of_an_image_is_not_written_and_another_is_asked_for(): void {
		$id = $this->english( 'polylang' );
		$this->sync();
		$this->answer_all();
		Language_Stand_In::set( $id, 'de' );
		$answer = $this->decide( $this->row( $id ), 'approve' );
		self::assertSame( array( 409, 'altsmith_language_changed' ), array( $answer->get_status(), $answer->get_data()['code'] ) );
		self::assertNull( $this->stored_alt( $id ) );
		$this->sync();
		self::assertSame( 'de_DE', $this->asked()[ $id ] );
		$this->answer_all();
		self::assertSame( 200, $this->decide( $this->row( $id ), 'approve' )->get_status() );
		self::assertSame( 'eine Katze', $this->stored_alt( $id ) );
	}

	public function test_a_text_approved_elsewhere_in_the_former_language_becomes_a_conflict(): void {
		$id = $this->english( 'polylang' );
		$this->sync();
		$this->answer_all();
		Language_Stand_In::set( $id, 'de' );
		$this->sidecar->decide_elsewhere( $this->row( $id )->suggestion_id, 'approve' );
		$this->sync();
		self::assertNull( $this->stored_alt( $id ) );
		self::assertSame( 'conflict', $this->row( $id )->display_status() );
	}

	public function test_a_version_that_is_deleted_takes_nothing_of_the_others_with_it(): void {
		$english = $this->english( 'polylang' );
		$german  = Language_Stand_In::translate( $english, 'de' );
		$this->sync();
		$file = get_attached_file( $german );
		add_filter( 'wp_delete_file', '__return_empty_string' ); // As Polylang does while another version uses the file.
		wp_delete_attachment( $german, true );
		$this->sync();
		self::assertFileExists( $file );
		$this->answer_all();
		self::assertSame( 'pending', $this->row( $english )->display_status() );
		self::assertNull( ( new Request_Store() )->find( $german ) );
	}

	public function test_without_a_language_of_its_own_an_image_gets_the_default_one_whatever_page_is_requested(): void {
		Language_Stand_In::switch_on( 'polylang' );
		$id = $this->photo();
		add_filter( 'locale', static fn(): string => 'fr_FR' );
		$this->sync();
		self::assertSame( 'en_US', $this->asked()[ $id ] );
	}
}
