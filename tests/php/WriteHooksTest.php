<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Writeback\Alt_Text_Meta;

/** Which of WordPress's hooks a written alt text fires, as docs/wordpress.md tells authors of other plugins. */
final class WriteHooksTest extends Sidecar_Test_Case {
	private const ACTIONS = array( 'add_post_meta', 'added_post_meta', 'update_post_meta', 'updated_post_meta', 'update_postmeta', 'updated_postmeta', 'delete_post_meta', 'deleted_post_meta', 'delete_postmeta', 'deleted_postmeta' );
	private const FILTERS = array( 'add_post_metadata', 'update_post_metadata', 'delete_post_metadata', 'sanitize_post_meta__wp_attachment_image_alt' );

	public function test_the_hooks_are_those_of_the_documentation(): void {
		$id = $this->photo();
		self::assertSame( array( 'add_post_meta', 'added_post_meta' ), $this->fired( $id, 'first' ) );
		self::assertSame( array( 'update_post_meta', 'update_postmeta', 'updated_post_meta', 'updated_postmeta' ), $this->fired( $id, 'second' ) );
		self::assertSame( array( 'deleted_post_meta', 'deleted_postmeta' ), $this->fired( $id, null ) );
		self::assertSame( array(), $this->fired( $id, null ), 'nothing changes' );
	}

	/** @return string[] */
	private function fired( int $id, ?string $new ): array {
		$fired = array();
		$notes = array();
		foreach ( array_merge( self::ACTIONS, self::FILTERS ) as $hook ) {
			$notes[ $hook ] = static function ( mixed $value = null ) use ( $hook, &$fired ): mixed {
				$fired[] = $hook;
				return $value;
			};
			add_filter( $hook, $notes[ $hook ] );
		}
		self::assertTrue( Alt_Text_Meta::read( $id )->replace( $new ) );
		foreach ( $notes as $hook => $note ) {
			remove_filter( $hook, $note );
		}
		return $fired;
	}
}
