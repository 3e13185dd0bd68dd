<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Admin\Destination;
use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Sync\Pause;
use Altsmith\Tests\Support\Fake_Sidecar;
use Altsmith\Tests\Support\Sidecar_Test_Case;

final class DestinationTest extends Sidecar_Test_Case {
	private function sentence( array $status = array() ): string {
		$this->sidecar->canned = array( 'GET /v1/status' => array( 200, $status + Fake_Sidecar::status() ) );
		$settings              = new Settings();
		return ( new Destination( $settings, new Client( $settings ), new Pause() ) )->sentence();
	}

	public function test_bytes_that_stay_on_the_sidecar_are_said_to_stay_there(): void {
		self::assertStringContainsString( 'go to ' . self::SIDECAR . ' and nowhere else.', $this->sentence() );
		self::assertStringContainsString( 'and nowhere else.', $this->sentence( array( 'bytes_also_go_to' => null ) ) );
	}

	public function test_a_server_behind_the_sidecar_is_named(): void {
		$sentence = $this->sentence( array( 'bytes_also_go_to' => 'http://gpu.lan:11434/v1' ) );
		self::assertStringContainsString( 'The bytes go to the model server http://gpu.lan:11434/v1 as well', $sentence );
		self::assertStringNotContainsString( 'nowhere else', $sentence );
		$remote = array( 'model' => array( 'id' => 'big', 'precision' => 'remote', 'demonstration' => false ) );
		self::assertStringNotContainsString( 'nowhere else', $this->sentence( $remote ) );
	}

	public function test_what_could_not_be_asked_is_not_claimed(): void {
		$this->sidecar->canned = array( 'GET /v1/status' => array( 500, array() ) );
		$settings              = new Settings();
		$destination           = new Destination( $settings, new Client( $settings ), new Pause() );
		self::assertStringContainsString( 'could not be asked now', $destination->sentence() );
		( new Pause() )->begin( new Sidecar_Error( Sidecar_Error::UNREACHABLE, 'gone', 0, true ) );
		self::assertStringContainsString( 'could not be asked now', $this->sentence() );
		update_option( Settings::URL_OPTION, '' );
		self::assertSame( 'No address is set: nothing leaves this site.', $this->sentence() );
	}

	public function test_the_settings_page_says_it_and_escapes_it(): void {
		$this->become( 'admin' );
		$this->sidecar->canned = array( 'GET /v1/status' => array( 200, array( 'bytes_also_go_to' => 'http://x/<script>' ) + Fake_Sidecar::status() ) );
		require_once ABSPATH . 'wp-admin/includes/plugin.php';
		require_once ABSPATH . 'wp-admin/includes/template.php';
		do_action( 'admin_menu' );
		$GLOBALS['title'] = 'Altsmith';
		ob_start();
		do_action( (string) get_plugin_page_hookname( 'altsmith', 'options-general.php' ) );
		$html = (string) ob_get_clean();
		self::assertStringContainsString( 'The bytes go to the model server http://x/', $html );
		self::assertStringNotContainsString( '<script>', $html );
	}
}
