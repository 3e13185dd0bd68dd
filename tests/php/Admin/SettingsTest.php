<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Admin;

use Altsmith\Admin\Assets;
use Altsmith\Admin\Choice_Fields;
use Altsmith\Admin\Connection_Fields;
use Altsmith\Admin\Destination;
use Altsmith\Admin\Settings_Page;
use Altsmith\Settings;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use RuntimeException;

/** What the settings page does with what people type: nothing that was right is lost, and what is wrong is said beside its field. */
final class SettingsTest extends Sidecar_Test_Case {
	protected function setUp(): void {
		parent::setUp();
		$this->needs_wp_admin();
		$this->become( 'admin' );
		$GLOBALS['wp_settings_errors'] = array();
		$settings = new Settings();
		Settings_Page::add_settings();
	}

	protected function tearDown(): void {
		$GLOBALS['wp_settings_errors'] = array();
		unset( $_REQUEST['_wpnonce'] );
		foreach ( array( Settings::URL_OPTION, Settings::KEY_OPTION, Settings::MORE_OPTION ) as $option ) {
			unregister_setting( 'altsmith', $option );
		}
		parent::tearDown();
	}

	/** @return array<string, array{0: string, 1: string}> What is typed, and a word of what is said. */
	public static function wrong_addresses(): array {
		return array(
			'another scheme'           => array( 'ftp://sidecar.local:8787', 'begins with http:// or https://' ),
			'a path of a file'         => array( 'file:///etc/passwd', 'begins with http:// or https://' ),
			'one slash'                => array( 'http:/127.0.0.1:8787', 'two slashes' ),
			'no colon'                 => array( 'http//127.0.0.1:8787', 'two slashes' ),
			'a space'                  => array( 'http://127.0.0.1 :8787', 'no spaces' ),
			'backslashes'              => array( 'http:\\\\127.0.0.1', '“/”' ),
			'no host'                  => array( 'http://:8787', 'no host name' ),
			'a port that is none'      => array( 'http://127.0.0.1:87870', 'at most 65535' ),
			'a name and a password'    => array( 'http://me:secret@sidecar.local', 'user name and password' ),
			'a query'                  => array( 'http://127.0.0.1:8787/?key=1', 'Leave out' ),
			'what it listens on'       => array( '0.0.0.0:8787', 'use 127.0.0.1' ),
			'an impossible host'       => array( 'http://side,car:8787', 'characters' ),
			'half an IP address'       => array( 'http://127.0.0:8787', 'characters' ),
			'this site'                => array( 'HOME', 'address of this website' ),
			'a screen of this site'    => array( 'HOME/wp-admin/options-general.php', 'address of this website' ),
			'the key'                  => array( 'alt_0123456789abcdef_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop', 'looks like the site key' ),
		);
	}

	/** @dataProvider wrong_addresses */
	public function test_a_wrong_address_is_told_beside_the_field_and_the_stored_one_stays( string $typed, string $word ): void {
		$typed = str_replace( 'HOME', home_url(), $typed );
		$this->assert_told( Settings::URL_OPTION, $typed, self::SIDECAR, $word );
	}

	/** @return array<string, array{0: string, 1: string}> */
	public static function wrong_keys(): array {
		return array(
			'a space'                 => array( 'alt_0123 456', 'no spaces' ),
			'two lines'               => array( "Your key:\nalt_0123", 'no spaces' ),
			'letters that are none'   => array( 'schlüssel', 'plain letters' ),
			'the dots of a hidden one' => array( '••••••••', 'dots' ),
			'the address'             => array( 'http://sidecar.test:9999', 'This is an address' ),
			'the name of the file'    => array( '/srv/altsmith/data/first-key.txt', 'last line' ),
			'half a key'              => array( 'alt_0123456789abcdef_ABCDEFG', 'not the whole key' ),
			'far too long'            => array( str_repeat( 'a', 201 ), 'too long' ),
		);
	}

	/** @dataProvider wrong_keys */
	public function test_a_wrong_key_is_told_beside_the_field_and_the_stored_one_stays( string $typed, string $word ): void {
		$this->assert_told( Settings::KEY_OPTION, $typed, 'key-of-the-test', $word );
		self::assertStringNotContainsString( esc_html( $typed ), wp_strip_all_tags( $this->page() ), 'a key is never shown' );
	}

	public function test_no_type_at_all_is_told_and_the_types_stay(): void {
		update_option( Settings::MORE_OPTION, array( 'types' => array( 'image/png' ) ) + Settings::defaults() );
		$this->assert_told_choice( array( 'automatic' => '1' ), 'No type of image was chosen' );
		self::assertSame( array( 'image/png' ), ( new Settings() )->types() );
	}

	public function test_a_word_that_is_none_of_a_choice_is_told_and_the_stored_one_stays(): void {
		update_option( Settings::MORE_OPTION, array( 'reviewers' => 'edit_others_posts', 'digest' => 'weekly' ) + Settings::defaults() );
		$this->save( Settings::MORE_OPTION, array( 'reviewers' => 'manage_options', 'digest' => array( 'daily' ) ) + Settings::defaults() );
		self::assertSame( array( 'edit_others_posts', 'weekly' ), array( ( new Settings() )->review_capability(), ( new Settings() )->digest() ) );
		self::assertSame( array( 'altsmith_reviewers', 'altsmith_digest' ), array_column( get_settings_errors(), 'setting' ) );
		foreach ( array( 'reviewers', 'digest' ) as $name ) {
			$row = $this->row_of( Settings::MORE_OPTION . "[$name]" );
			self::assertStringContainsString( 'This is none of the choices', $row );
			self::assertStringContainsString( 'aria-invalid="true"', $row );
		}
		$GLOBALS['wp_settings_errors'] = array();
		$this->save( Settings::MORE_OPTION, array( 'reviewers' => 'upload_files', 'digest' => 'off' ) + Settings::defaults() );
		self::assertSame( array( 'upload_files', 'off' ), array( ( new Settings() )->review_capability(), ( new Settings() )->digest() ) );
	}

	/** @return array<string, array{0: string}> */
	public static function wrong_addressees(): array {
		return array(
			'no address at all'    => array( 'the editors' ),
			'one of them is none'  => array( 'one@example.test, two@' ),
			'semicolons'           => array( 'one@example.test; two@example.test' ),
		);
	}

	/** @dataProvider wrong_addressees */
	public function test_a_wrong_addressee_is_told_beside_the_field_and_the_stored_ones_stay( string $typed ): void {
		update_option( Settings::MORE_OPTION, array( 'digest_to' => 'owner@example.test' ) + Settings::defaults() );
		$this->save( Settings::MORE_OPTION, array( 'digest_to' => $typed ) + Settings::defaults() );
		self::assertSame( array( 'owner@example.test' ), ( new Settings() )->digest_to() );
		$row = $this->row_of( Settings::MORE_OPTION . '[digest_to]' );
		self::assertStringContainsString( 'is not an e-mail address', $row );
		self::assertStringContainsString( 'aria-invalid="true"', $row );
	}

	public function test_values_of_another_kind_than_the_form_sends_change_nothing(): void {
		$stored = array( 'types' => array( 'image/png' ), 'digest_to' => 'owner@example.test' ) + Settings::defaults();
		update_option( Settings::MORE_OPTION, $stored );
		$this->save( Settings::MORE_OPTION, array( 'types' => 'image/gif', 'digest_to' => array( 'x@example.test' ) ) + Settings::defaults() );
		self::assertSame( array( array( 'image/png' ), array( 'owner@example.test' ) ), array( ( new Settings() )->types(), ( new Settings() )->digest_to() ) );
	}

	/** @return array<string, array{0: string, 1: string}> What is typed, and what is stored. */
	public static function meant_addresses(): array {
		return array(
			'no scheme'          => array( 'localhost:8787', 'http://localhost:8787' ),
			'a name of the LAN'  => array( 'sidecar.local:8787', 'http://sidecar.local:8787' ),
			'one word'           => array( 'sidecar', 'http://sidecar' ),
			'/v1'                => array( 'http://127.0.0.1:8787/v1', 'http://127.0.0.1:8787' ),
			'a whole route'      => array( 'https://example.org/altsmith/v1/status/', 'https://example.org/altsmith' ),
			'invisible marks'    => array( "\u{FEFF}http://127.0.0.1:8787\u{200B}", 'http://127.0.0.1:8787' ),
			'quotation marks'    => array( '"http://127.0.0.1:8787/"', 'http://127.0.0.1:8787' ),
			'IPv6'               => array( 'http://[::1]:8787', 'http://[::1]:8787' ),
			'nothing'            => array( '', '' ),
		);
	}

	/** @dataProvider meant_addresses */
	public function test_what_is_meant_is_understood( string $typed, string $stored ): void {
		$this->save( Settings::URL_OPTION, $typed );
		self::assertSame( array(), get_settings_errors() );
		self::assertSame( $stored, get_option( Settings::URL_OPTION ) );
		self::assertSame( $stored, ( new Settings() )->sidecar_url() );
	}

	public function test_a_key_is_taken_out_of_what_was_copied_with_it(): void {
		$key = 'alt_0123456789abcdef_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq';
		foreach ( array( "  $key\n", "\u{200B}$key", "Bearer $key", "\"$key\"" ) as $typed ) {
			update_option( Settings::KEY_OPTION, 'key-of-the-test' );
			$this->save( Settings::KEY_OPTION, $typed );
			self::assertSame( array(), get_settings_errors() );
			self::assertSame( $key, get_option( Settings::KEY_OPTION ) );
		}
		$this->save( Settings::KEY_OPTION, '' );
		self::assertSame( $key, get_option( Settings::KEY_OPTION ), 'an empty field leaves it as it was' );
	}

	public function test_fields_that_were_not_sent_change_nothing(): void {
		update_option( Settings::MORE_OPTION, array( 'reviewers' => 'edit_others_posts' ) + Settings::defaults() );
		foreach ( array( Settings::URL_OPTION, Settings::KEY_OPTION, Settings::MORE_OPTION ) as $option ) {
			$before = get_option( $option );
			$this->save( $option, null );
			self::assertSame( $before, get_option( $option ) );
		}
	}

	public function test_the_browser_is_asked_not_to_fill_in_a_password(): void {
		self::assertStringContainsString( 'autocomplete="new-password"', $this->page() );
		self::assertStringNotContainsString( 'key-of-the-test', $this->page() );
	}

	public function test_the_key_is_removed_by_a_button_with_a_nonce(): void {
		self::assertStringContainsString( 'Remove key', $this->page() );
		add_filter( 'wp_die_handler', array( $this, 'die_handler' ) );
		add_filter( 'wp_redirect', array( $this, 'redirected' ) );
		self::assertSame( 'refused', $this->press() );
		self::assertSame( 'key-of-the-test', get_option( Settings::KEY_OPTION ) );
		$_REQUEST['_wpnonce'] = wp_create_nonce( 'altsmith_remove_key' );
		self::assertStringContainsString( 'sent to', $this->press() );
		self::assertFalse( get_option( Settings::KEY_OPTION ) );
		self::assertStringNotContainsString( 'Remove key', $this->page() );
		remove_filter( 'wp_die_handler', array( $this, 'die_handler' ) );
		remove_filter( 'wp_redirect', array( $this, 'redirected' ) );
	}

	public function test_a_capability_of_its_own_is_mapped_as_before_and_can_be_filtered(): void {
		$this->become( 'author' );
		self::assertTrue( current_user_can( 'altsmith_review' ) );
		self::assertFalse( current_user_can( 'altsmith_manage' ) );
		update_option( Settings::MORE_OPTION, array( 'reviewers' => 'edit_others_posts' ) + Settings::defaults() );
		self::assertFalse( current_user_can( 'altsmith_review' ) );
		$own = static fn( array $needed, string $capability ): array => 'altsmith_manage' === $capability ? array( 'upload_files' ) : $needed;
		add_filter( 'altsmith_capabilities_needed', $own, 10, 2 );
		self::assertTrue( current_user_can( 'altsmith_manage' ) );
		remove_filter( 'altsmith_capabilities_needed', $own );
		wp_get_current_user()->add_cap( 'altsmith_review' );
		self::assertTrue( current_user_can( 'altsmith_review' ), 'given by a role editor' );
	}

	public function die_handler(): callable {
		return static fn( mixed $message ) => throw new RuntimeException( 'refused' );
	}

	public function redirected( string $where ): string {
		throw new RuntimeException( "sent to $where" );
	}

	private function press(): string {
		try {
			do_action( 'admin_post_altsmith_remove_key' );
		} catch ( RuntimeException $end ) {
			return $end->getMessage();
		}
		return 'nothing';
	}

	private function assert_told( string $option, string $typed, string $stored, string $word ): void {
		$this->save( $option, $typed );
		self::assertSame( $stored, get_option( $option ) );
		$errors = array_column( get_settings_errors( $option ), 'message' );
		self::assertCount( 1, $errors );
		self::assertStringContainsString( $word, $errors[0] );
		$row = $this->row_of( $option );
		self::assertStringContainsString( 'aria-invalid="true"', $row );
		self::assertStringContainsString( esc_html( $errors[0] ), $row );
	}

	/** @param array<string, string> $sent */
	private function assert_told_choice( array $sent, string $word ): void {
		$this->save( Settings::MORE_OPTION, $sent );
		self::assertStringContainsString( $word, implode( array_column( get_settings_errors( 'altsmith_types' ), 'message' ) ) );
		self::assertStringContainsString( $word, $this->row_of( Settings::MORE_OPTION . '[types][]' ) );
	}

	/** As options.php does it. */
	private function save( string $option, mixed $value ): void {
		update_option( $option, is_string( $value ) ? trim( $value ) : $value );
	}

	/** The row of the form that has this field. */
	private function row_of( string $name ): string {
		$rows = array_filter( explode( '<tr>', $this->page() ), static fn( string $row ): bool => str_contains( $row, sprintf( 'name="%s"', $name ) ) );
		self::assertCount( 1, $rows );
		return (string) reset( $rows );
	}

	private function page(): string {
		do_action( 'admin_menu' );
		$GLOBALS['title'] = 'Altsmith';
		ob_start();
		do_action( (string) get_plugin_page_hookname( 'altsmith', 'options-general.php' ) );
		return (string) ob_get_clean();
	}
}
