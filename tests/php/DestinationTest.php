<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Settings;
use Altsmith\Tests\Support\Fake_Sidecar;
use Altsmith\Tests\Support\Sidecar_Test_Case;

final class DestinationTest extends Sidecar_Test_Case {
	/** What the settings page shows once the connection was tested. */
	private function sentence( array $status = array(), int $code = 200 ): string {
		$this->sidecar->canned = array( 'GET /v1/status' => array( $code, $status + Fake_Sidecar::status() ) );
		return $this->call( 'POST', 'connection' )->get_data()['destination'];
	}

	public function test_bytes_that_stay_on_the_sidecar_are_said_to_stay_there(): void {
		self::assertStringContainsString( 'go to ' . self::SIDECAR . '. They go nowhere else.', $this->sentence() );
		self::assertStringContainsString( 'They go nowhere else.', $this->sentence( array( 'bytes_also_go_to' => null ) ) );
	}

	public function test_a_server_behind_the_sidecar_is_named(): void {
		$sentence = $this->sentence( array( 'bytes_also_go_to' => 'http://gpu.lan:11434/v1' ) );
		self::assertStringContainsString( 'go on to the model server http://gpu.lan:11434/v1', $sentence );
		self::assertStringNotContainsString( 'nowhere else', $sentence );
		$remote = array( 'model' => array( 'id' => 'big', 'precision' => 'remote', 'demonstration' => false ) );
		self::assertStringNotContainsString( 'nowhere else', $this->sentence( $remote ) );
	}

	public function test_what_the_model_can_write_is_told_where_it_is_more_than_captions(): void {
		$message = function ( array $model ): string {
			$status                = array( 'model' => $model + Fake_Sidecar::status()['model'] ) + Fake_Sidecar::status();
			$this->sidecar->canned = array( 'GET /v1/status' => array( 200, $status ) );
			return $this->call( 'POST', 'connection' )->get_data()['message'];
		};
		$florence = $message( array( 'tasks' => array( 'caption', 'detailed', 'more_detailed', 'ocr' ) ) );
		self::assertStringContainsString( 'It can write: captions, detailed captions, whole paragraphs, the text in a picture.', $florence );
		foreach ( array( array(), array( 'tasks' => array( 'caption' ) ), array( 'tasks' => 'caption' ), array( 'tasks' => array( array( 'x' ), 7 ) ) ) as $model ) {
			self::assertStringNotContainsString( 'It can write', $message( $model ) );
		}
	}

	public function test_what_was_not_asked_is_not_claimed(): void {
		self::assertStringContainsString( 'The connection test says whether', $this->sentence( array(), 500 ) );
		update_option( Settings::URL_OPTION, '' );
		self::assertSame( 'No address is set: nothing leaves this site.', $this->sentence() );
	}

	public function test_the_settings_page_asks_the_sidecar_nothing_while_it_is_drawn(): void {
		require_once ABSPATH . 'wp-admin/includes/plugin.php';
		require_once ABSPATH . 'wp-admin/includes/template.php';
		$this->become( 'admin' );
		do_action( 'admin_menu' );
		$GLOBALS['title'] = 'Altsmith';
		ob_start();
		do_action( (string) get_plugin_page_hookname( 'altsmith', 'options-general.php' ) );
		$html = (string) ob_get_clean();
		self::assertStringContainsString( 'The connection test says whether', $html );
		self::assertSame( array(), $this->sidecar->asked );
	}
}
