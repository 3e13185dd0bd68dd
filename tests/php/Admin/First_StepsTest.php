<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Admin;

use Altsmith\Admin\Assets;
use Altsmith\Admin\Connection_Fields;
use Altsmith\Admin\Menu_Badge;
use Altsmith\Admin\Start_Page;
use Altsmith\Settings;
use Altsmith\Storage\Library_Counts;
use Altsmith\Storage\Run_Store;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use RuntimeException;

/** What an owner meets from the activation to the first texts. */
final class First_StepsTest extends Sidecar_Test_Case {
	protected function setUp(): void {
		parent::setUp();
		$this->needs_wp_admin();
		set_current_screen( 'dashboard' );
		delete_option( 'altsmith_start_shown' );
		delete_transient( 'altsmith_activated' );
		add_filter( 'wp_redirect', array( $this, 'redirected' ) );
	}

	protected function tearDown(): void {
		remove_filter( 'wp_redirect', array( $this, 'redirected' ) );
		$_REQUEST = array();
		parent::tearDown();
	}

	/** WordPress would end the process after it. */
	public function redirected( string $where ): string {
		throw new RuntimeException( $where );
	}

	private function page(): Start_Page {
		$settings = new Settings();
		return new Start_Page( new Assets( $settings ), $settings, new Connection_Fields( $settings ), new Library_Counts(), new Run_Store() );
	}

	private function next_page_leads_to(): string {
		try {
			$this->page()->lead_there();
		} catch ( RuntimeException $sent ) {
			return $sent->getMessage();
		}
		return '';
	}

	public function test_who_activates_the_plugin_is_led_to_the_first_steps_once(): void {
		$this->become( 'admin' );
		Start_Page::activated();
		self::assertStringEndsWith( 'options-general.php?page=altsmith-start', $this->next_page_leads_to() );
		self::assertSame( '', $this->next_page_leads_to() );
		Start_Page::activated();
		self::assertSame( '', $this->next_page_leads_to(), 'not after every update or new activation' );
	}

	public function test_activating_many_plugins_or_a_network_leads_nobody_away(): void {
		$this->become( 'admin' );
		Start_Page::activated( true );
		self::assertSame( '', $this->next_page_leads_to() );
		$_REQUEST['action'] = 'activate-selected';
		Start_Page::activated();
		self::assertSame( '', $this->next_page_leads_to() );
		unset( $_REQUEST['action'] );
		Start_Page::activated();
		$this->become( 'editor' );
		self::assertSame( '', $this->next_page_leads_to(), 'somebody else who opens a page a moment later' );
		$this->become( 'admin' );
		self::assertNotSame( '', $this->next_page_leads_to(), 'who activated it' );
	}

	/** @return array<string, string> "0" or "1" by step. */
	private function steps(): array {
		$this->become( 'admin' );
		$GLOBALS['title'] = 'Get started';
		ob_start();
		$this->page()->render();
		$html = (string) ob_get_clean();
		preg_match_all( '/data-step="(\w+)" data-done="(\d)"/', $html, $found );
		return array_combine( $found[1], $found[2] );
	}

	public function test_the_page_shows_which_steps_are_done_and_leaves_the_menu_with_the_last(): void {
		global $submenu, $wpdb;
		$this->become( 'admin' );
		$submenu = array();
		do_action( 'admin_menu' );
		delete_option( 'altsmith_last_sync' );
		self::assertSame( array( 'connect' => '0', 'try' => '0', 'existing' => '0' ), $this->steps() );
		$this->suggested();
		self::assertSame( array( 'connect' => '1', 'try' => '1', 'existing' => '0' ), $this->steps() );
		$in_menu = static fn(): bool => in_array( 'altsmith-start', array_column( $GLOBALS['submenu']['options-general.php'] ?? array(), 2 ), true );
		$this->page()->leave_menu();
		self::assertTrue( $in_menu() );
		self::assertSame( 200, $this->call( 'POST', 'backfill', array( 'action' => 'start' ) )->get_status() );
		$this->sync();
		$asked = $wpdb->num_queries;
		$this->page()->leave_menu();
		self::assertSame( 0, $wpdb->num_queries - $asked, 'the menu is on every page of wp-admin' );
		self::assertFalse( $in_menu() );
		self::assertSame( array( 'connect' => '1', 'try' => '1', 'existing' => '1' ), $this->steps() );
	}

	public function test_the_menu_says_how_many_suggestions_need_review_to_those_who_see_all(): void {
		global $wpdb;
		$this->become( 'editor' );
		self::assertSame( '', ( new Menu_Badge() )->html() );
		$this->suggested();
		$this->become( 'editor' );
		$asked = $wpdb->num_queries;
		self::assertStringContainsString( '>1 suggestion needs review<', ( new Menu_Badge() )->html() );
		self::assertLessThanOrEqual( 1, $wpdb->num_queries - $asked );
		$this->become( 'author' );
		self::assertSame( '', ( new Menu_Badge() )->html() );
		$this->become( 'editor' );
		update_option( 'altsmith_schema_version', '1' );
		$asked = $wpdb->num_queries;
		self::assertSame( '', ( new Menu_Badge() )->html(), 'tables of another version are not asked' );
		self::assertSame( 0, $wpdb->num_queries - $asked );
	}

	public function test_uploads_from_before_the_connection_are_found_once_there_is_one(): void {
		delete_option( Settings::KEY_OPTION );
		$early  = $this->photo();
		$texted = $this->photo();
		update_post_meta( $texted, '_wp_attachment_image_alt', 'by hand' );
		$this->sync();
		self::assertSame( array(), $this->sidecar->asked );
		update_option( Settings::KEY_OPTION, 'key-of-the-test' );
		$later = $this->photo();
		$this->sync();
		self::assertSame( 'sent', $this->row( $early )->status );
		self::assertSame( 'sent', $this->row( $later )->status );
		self::assertSame( 2, $this->sidecar->count( 'POST /v1/jobs' ), 'what has a text is left alone, and nothing is asked twice' );
		self::assertFalse( get_option( 'altsmith_missed_from' ) );
	}

	public function test_the_dashboard_shows_coverage_with_a_text_alternative(): void {
		$this->photo();
		$texted = $this->photo();
		update_post_meta( $texted, '_wp_attachment_image_alt', 'by hand' );
		update_option( 'altsmith_coverage', array( 'days' => array( '2026-01-05' => array( 'with_text' => 0, 'decorative' => 0, 'missing' => 2, 'pending' => 0 ) ), 'seconds' => 0.01 ) );
		$this->become( 'editor' );
		require_once ABSPATH . 'wp-admin/includes/dashboard.php';
		do_action( 'wp_dashboard_setup' );
		$widgets = $GLOBALS['wp_meta_boxes']['dashboard']['normal']['core'] ?? array();
		self::assertArrayHasKey( 'altsmith_coverage', $widgets );
		ob_start();
		call_user_func( $widgets['altsmith_coverage']['callback'] );
		$html = (string) ob_get_clean();
		self::assertStringContainsString( '50% of your images have alt text or need none: 1 of 2.', $html );
		self::assertStringContainsString( 'aria-label="Images without alt text: 2 on January 5, 2026, 1 on ', $html );
		self::assertSame( 6, substr_count( $html, '<rect ' ), 'three parts a day' );
		self::assertStringContainsString( '<details>', $html );
	}

	public function test_the_daily_row_is_written_by_cron_once_a_day(): void {
		delete_option( 'altsmith_coverage' );
		$this->photo();
		$this->sync();
		$stored = get_option( 'altsmith_coverage' );
		self::assertSame( array( wp_date( 'Y-m-d' ) ), array_keys( $stored['days'] ) );
		self::assertSame( 1, $stored['days'][ wp_date( 'Y-m-d' ) ]['missing'] );
		$this->photo();
		$this->sync();
		self::assertSame( $stored, get_option( 'altsmith_coverage' ) );
	}

	public function test_days_are_stored_in_the_calendar_of_the_database_whatever_calendar_the_site_shows(): void {
		delete_option( 'altsmith_coverage' );
		$other = static fn(): string => '۱۴۰۵-۰۹-۱۰';
		add_filter( 'wp_date', $other );
		$this->photo();
		$this->sync();
		remove_filter( 'wp_date', $other );
		self::assertSame( array( current_datetime()->format( 'Y-m-d' ) ), array_keys( get_option( 'altsmith_coverage' )['days'] ) );
	}

	public function test_the_digest_is_off_until_somebody_wants_it_and_comes_only_when_something_waits(): void {
		$mails = array();
		$catch = static function ( mixed $null, array $mail ) use ( &$mails ): bool {
			$mails[] = $mail;
			return true;
		};
		add_filter( 'pre_wp_mail', $catch, 10, 2 );
		$row = $this->suggested();
		self::assertSame( array(), $mails, 'off by default' );
		update_option( Settings::MORE_OPTION, array( 'digest' => 'daily', 'digest_to' => 'one@example.test, two@example.test' ) + Settings::defaults() );
		$this->sync();
		$this->sync();
		self::assertCount( 1, $mails, 'once a day' );
		delete_option( 'altsmith_digest_sent' );
		$stored = get_option( 'altsmith_instance' );
		update_option( 'altsmith_instance', array( 'hash' => 'of another address' ) + $stored );
		$this->sync();
		self::assertCount( 1, $mails, 'a copy of the site sends none' );
		update_option( 'altsmith_instance', $stored );
		update_option( 'altsmith_digest_sent', time() );
		self::assertSame( array( 'one@example.test', 'two@example.test' ), $mails[0]['to'] );
		self::assertStringContainsString( '1 suggestion for alt text needs review', $mails[0]['subject'] );
		self::assertStringContainsString( 'page=altsmith-review', $mails[0]['message'] );
		self::assertStringContainsString( 'options-general.php?page=altsmith', $mails[0]['message'] );
		update_option( 'altsmith_digest_sent', time() - DAY_IN_SECONDS );
		self::assertSame( 200, $this->decide( $row, 'approve' )->get_status() );
		$this->sync();
		self::assertCount( 1, $mails, 'nothing waits' );
		remove_filter( 'pre_wp_mail', $catch );
	}

	public function test_an_address_that_is_none_is_told_and_the_stored_ones_stay(): void {
		update_option( Settings::MORE_OPTION, array( 'digest_to' => 'one@example.test' ) + Settings::defaults() );
		$GLOBALS['wp_settings_errors'] = array();
		$kept = ( new \Altsmith\Admin\Settings_Check() )->choices( array( 'types' => array( 'image/png' ), 'digest' => 'weekly', 'digest_to' => 'one@example.test, nobody' ) );
		self::assertSame( array( 'weekly', 'one@example.test' ), array( $kept['digest'], $kept['digest_to'] ) );
		self::assertStringContainsString( '“nobody” is not an e-mail address', get_settings_errors( 'altsmith_digest_to' )[0]['message'] );
	}

	public function test_a_copy_of_the_plugin_without_its_scripts_says_so(): void {
		remove_all_actions( 'admin_notices' );
		( new Assets( new Settings() ) )->enqueue( 'no-such-script' );
		( new Assets( new Settings() ) )->enqueue( 'nor-this-one' );
		ob_start();
		do_action( 'admin_notices' );
		self::assertSame( 1, substr_count( (string) ob_get_clean(), 'The scripts of Altsmith are missing' ) );
	}

	public function test_a_form_with_the_connection_alone_switches_nothing_off(): void {
		delete_option( Settings::MORE_OPTION );
		$GLOBALS['wp_settings_errors'] = array();
		$check = new \Altsmith\Admin\Settings_Check();
		$kept  = $check->choices( $check->choices( null ) );
		update_option( Settings::MORE_OPTION, $kept );
		self::assertEquals( Settings::defaults(), ( new Settings() )->all() );
		self::assertSame( array(), get_settings_errors() );
	}

	public function test_the_list_of_plugins_says_what_deactivating_and_deleting_mean(): void {
		$own   = implode( '', apply_filters( 'plugin_row_meta', array( 'Version 1' ), plugin_basename( ALTSMITH_FILE ) ) );
		self::assertStringContainsString( 'Deactivated, Altsmith sends no images', $own );
		self::assertStringContainsString( 'The alt texts, titles and descriptions of your images stay.', $own );
		self::assertSame( array( 'Version 1' ), apply_filters( 'plugin_row_meta', array( 'Version 1' ), 'another/plugin.php' ) );
	}
}
