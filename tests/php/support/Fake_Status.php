<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

/** A sidecar that is well. */
trait Fake_Status {
	public static function status(): array {
		return array(
			'version'                => '0.1.0',
			'model'                  => array( 'id' => 'blip-base', 'precision' => 'int8', 'demonstration' => false ),
			'ready'                  => true,
			'problems'               => array(),
			'queue'                  => array( 'waiting' => 0, 'running' => 0 ),
			'seconds_per_image'      => 0.4,
			'estimated_wait_seconds' => 0,
			'site'                   => array( 'id' => 'site_1', 'name' => 'Test' ),
		);
	}
}
