<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Rest;

use Altsmith\Tests\Support\Fake_Sidecar;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** What the review screen asks to say how good the suggestions are. */
final class ModelTest extends Sidecar_Test_Case {
	public function test_a_demonstration_model_and_the_one_that_is_downloaded(): void {
		$this->says( true, array( 'id' => 'blip-base', 'state' => 'fetching' ) );
		self::assertSame( array( 'demonstration' => true, 'coming' => 'blip-base', 'answers' => false, 'asksAgain' => true ), $this->call( 'GET', 'model', array(), 'author' )->get_data() );
	}

	public function test_nothing_is_requested_again_where_the_sidecar_is_told_so(): void {
		$this->says( true, array( 'id' => 'blip-base', 'state' => 'fetching', 'asks_again' => false ) );
		self::assertFalse( $this->call( 'GET', 'model' )->get_data()['asksAgain'] );
		$message = $this->call( 'POST', 'connection' )->get_data()['message'];
		self::assertStringContainsString( 'is being downloaded', $message );
		self::assertStringNotContainsString( 'requested again', $message );
	}

	public function test_one_that_cannot_be_downloaded_is_not_coming(): void {
		$this->says( true, array( 'id' => 'blip-base', 'state' => 'waiting' ) );
		self::assertSame( array( 'demonstration' => true, 'coming' => '', 'answers' => false, 'asksAgain' => true ), $this->call( 'GET', 'model' )->get_data() );
	}

	public function test_a_real_model_of_a_sidecar_that_names_no_other(): void {
		self::assertSame( array( 'demonstration' => false, 'coming' => '', 'answers' => false, 'asksAgain' => false ), $this->call( 'GET', 'model' )->get_data() );
	}

	public function test_a_sidecar_that_does_not_answer(): void {
		$this->sidecar->down = true;
		self::assertSame( array( 'demonstration' => null, 'coming' => '', 'answers' => null, 'asksAgain' => false ), $this->call( 'GET', 'model' )->get_data() );
	}

	/** @param array<string, string|bool> $coming */
	private function says( bool $demonstration, array $coming ): void {
		$status                                  = Fake_Sidecar::status();
		$status['model']['demonstration']        = $demonstration;
		$this->sidecar->canned['GET /v1/status'] = array( 200, array( 'coming_model' => $coming ) + $status, array() );
	}
}
