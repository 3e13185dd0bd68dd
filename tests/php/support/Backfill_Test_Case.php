<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

use Altsmith\Settings;

/** Runs through images that were in the library before. */
abstract class Backfill_Test_Case extends Sidecar_Test_Case {
	private string $file = '';

	protected function setUp(): void {
		parent::setUp();
		update_option( Settings::MORE_OPTION, array( 'automatic' => false ) );
		$image      = imagecreatetruecolor( 40, 30 );
		$this->file = wp_upload_dir()['path'] . '/backfill.jpg';
		imagejpeg( $image, $this->file );
	}

	protected function tearDown(): void {
		parent::tearDown();
		unlink( $this->file );
	}

	/** @return int[] Images that share one file: quick to make in numbers. */
	protected function images( int $count, string $type = 'image/jpeg' ): array {
		$ids = array();
		for ( $i = 0; $i < $count; $i++ ) {
			$ids[] = wp_insert_attachment( array( 'post_title' => "Image $i", 'post_mime_type' => $type, 'post_status' => 'inherit' ), $this->file );
		}
		return $ids;
	}

	protected function start( array $choices = array() ): array {
		$answer = $this->call( 'POST', 'backfill', $choices + array( 'action' => 'start' ) );
		self::assertSame( 200, $answer->get_status(), (string) wp_json_encode( $answer->get_data() ) );
		return $answer->get_data()['run'];
	}

	protected function shown( string $run_id ): array {
		$data = $this->call( 'GET', 'backfill' )->get_data();
		foreach ( array_merge( array_filter( array( $data['run'] ) ), $data['history'] ) as $run ) {
			if ( $run['id'] === $run_id ) {
				return $run;
			}
		}
		self::fail( "no run $run_id" );
	}
}
