<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Admin;

use Altsmith\Admin\Pairing_Input;
use Altsmith\Admin\Settings_Check;
use Altsmith\Settings;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** One-time codes of the sidecar. */
final class PairingTest extends Sidecar_Test_Case {
	private const ADDRESS = 'http://127.0.0.1:59999';
	private const KEY     = 'alt_0123456789abcdef_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq';

	protected function tearDown(): void {
		$_POST = array();
		parent::tearDown();
	}

	/** @return array<string, array{0: string, 1: int, 2: string, 3: string}> The code typed, status and error of the sidecar, and a word of what is said. */
	public static function refusals(): array {
		return array(
			'a wrong code'       => array( '7K3QM-W9XPT', 404, 'PAIRING_UNKNOWN', 'does not know this code' ),
			'a used code'        => array( '7K3QM-W9XPT', 410, 'PAIRING_USED', 'used already' ),
			'an old code'        => array( '7K3QM-W9XPT', 410, 'PAIRING_EXPIRED', 'older than ten minutes' ),
			'too many of them'   => array( '7K3QM-W9XPT', 429, 'RATE_LIMITED', 'Wait a minute' ),
			'an earlier sidecar' => array( '7K3QM-W9XPT', 401, 'KEY_MISSING', 'does not know one-time codes' ),
			'half a code'        => array( '7K3QM', 0, '', 'ten letters and digits' ),
			'a key'              => array( self::KEY, 0, '', 'This is a site key' ),
		);
	}

	/** @dataProvider refusals */
	public function test_what_is_wrong_with_a_code_is_one_sentence( string $typed, int $status, string $error, string $word ): void {
		$this->sidecar->canned['POST /v1/pairings/'] = array( $status, array( 'error' => array( 'code' => $error, 'message' => 'x', 'retryable' => false ) ) );
		$read = Pairing_Input::exchange( $typed, self::ADDRESS );
		self::assertSame( '', $read->value );
		self::assertStringContainsString( $word, $read->error );
		self::assertCount( 0 === $status ? 0 : 1, $this->sidecar->asked );
	}

	public function test_a_code_is_taken_to_the_sidecar_as_it_is_meant_and_without_a_key(): void {
		$this->sidecar->canned['POST /v1/pairings/'] = array( 201, array( 'key' => self::KEY, 'site' => array( 'id' => 's', 'name' => 'S' ) ) );
		self::assertSame( self::KEY, Pairing_Input::exchange( " 7k3qm –\u{200B} w9xpt\n", self::ADDRESS )->value );
		self::assertSame( array( 'POST /v1/pairings/7K3QMW9XPT' ), $this->sidecar->asked );
		self::assertArrayNotHasKey( 'Authorization', $this->sidecar->headers );
		self::assertSame( '', Pairing_Input::exchange( '', self::ADDRESS )->error );
	}

	public function test_the_form_of_the_settings_stores_the_key_that_a_code_gives(): void {
		$this->sidecar->canned['POST /v1/pairings/'] = array( 201, array( 'key' => self::KEY ) );
		$_POST[ Pairing_Input::FIELD ] = '7K3QM-W9XPT';
		$check = new Settings_Check();
		self::assertSame( self::KEY, $check->key( '' ) );
		// WordPress may check the same field twice: the code is used up then.
		$check->key( '' );
		self::assertSame( array( 'POST /v1/pairings/7K3QMW9XPT' ), $this->sidecar->asked );
	}

	public function test_a_key_that_is_typed_wins_over_a_code_and_a_refused_code_leaves_the_stored_key(): void {
		update_option( Settings::KEY_OPTION, 'key-of-the-test' );
		$_POST[ Pairing_Input::FIELD ] = '7K3QM-W9XPT';
		self::assertSame( 'another-key', ( new Settings_Check() )->key( 'another-key' ) );
		self::assertSame( array(), $this->sidecar->asked );
		$this->sidecar->canned['POST /v1/pairings/'] = array( 410, array( 'error' => array( 'code' => 'PAIRING_USED', 'message' => 'x', 'retryable' => false ) ) );
		$_POST[ Pairing_Input::FIELD ] = '7K3QM-W9XPT';
		self::assertSame( 'key-of-the-test', ( new Settings_Check() )->key( '' ) );
	}
}
