<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Abilities;

use Altsmith\Tests\Support\Wp_Test_Case;

/** On WordPress 6.9 and later; before that there is nothing to register with, and nothing must break. */
final class AbilitiesTest extends Wp_Test_Case {
	/** Older versions never fire the hook we register on; that nothing happens is what there is to see there. */
	private function has_api(): bool {
		if ( function_exists( 'wp_get_ability' ) ) {
			return true;
		}
		self::assertSame( 0, did_action( 'wp_abilities_api_init' ) );
		return false;
	}

	public function test_a_program_may_look_and_ask_but_not_approve(): void {
		if ( ! $this->has_api() ) {
			return;
		}
		$ours = array_filter( array_keys( wp_get_abilities() ), static fn( string $name ): bool => str_starts_with( $name, 'altsmith/' ) );
		sort( $ours );
		self::assertSame( array( 'altsmith/get-image', 'altsmith/list-suggestions', 'altsmith/request-suggestion' ), array_values( $ours ) );
	}

	public function test_the_state_of_an_image_is_read(): void {
		if ( ! $this->has_api() ) {
			return;
		}
		$this->become( 'admin' );
		$image = $this->upload();
		update_post_meta( $image, '_wp_attachment_image_alt', 'A cat' );
		$state = wp_get_ability( 'altsmith/get-image' )->execute( array( 'attachment_id' => $image ) );
		self::assertIsArray( $state );
		self::assertSame( 'A cat', $state['alt_text'] );
	}

	public function test_rights_are_those_of_the_image(): void {
		if ( ! $this->has_api() ) {
			return;
		}
		$this->become( 'admin' );
		$image = $this->upload();
		foreach ( array( '', 'subscriber', 'author' ) as $who ) {
			$this->become( $who );
			foreach ( array( 'get-image', 'request-suggestion' ) as $name ) {
				self::assertNotTrue( wp_get_ability( "altsmith/$name" )->check_permissions( array( 'attachment_id' => $image ) ), "$who $name" );
			}
		}
		$this->become( 'subscriber' );
		self::assertNotTrue( wp_get_ability( 'altsmith/list-suggestions' )->check_permissions( array() ) );
	}

	public function test_the_list_is_the_review_screens(): void {
		if ( ! $this->has_api() ) {
			return;
		}
		$this->become( 'admin' );
		$list = wp_get_ability( 'altsmith/list-suggestions' )->execute( array( 'per_page' => 5 ) );
		self::assertIsArray( $list );
		self::assertArrayHasKey( 'items', $list );
	}

	public function test_input_that_makes_no_sense_is_refused(): void {
		if ( ! $this->has_api() ) {
			return;
		}
		$this->become( 'admin' );
		self::assertWPError( wp_get_ability( 'altsmith/get-image' )->execute( array( 'attachment_id' => 0 ) ) );
		self::assertWPError( wp_get_ability( 'altsmith/get-image' )->execute( array() ) );
	}

	private static function assertWPError( mixed $value ): void {
		self::assertInstanceOf( \WP_Error::class, $value );
	}
}
