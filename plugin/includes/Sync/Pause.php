<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Sidecar\Retry_Policy;
use Altsmith\Sidecar\Sidecar_Error;

defined( 'ABSPATH' ) || exit;

/** Leaves a sidecar alone that does not answer, and remembers why, so that the screens can say what is happening. */
final class Pause {
	private const OPTION = 'altsmith_pause';

	public function is_on(): bool {
		return $this->read()['until'] > time();
	}

	/** Pauses requests after a failure; longer for each one in a row. */
	public function begin( Sidecar_Error $error ): void {
		$failures = $this->read()['failures'] + 1;
		$jitter   = wp_rand( 0, 1000 ) / 1000;
		update_option(
			self::OPTION,
			array(
				'until'    => time() + Retry_Policy::pause_seconds( $failures, $error->retry_after, $jitter ),
				'failures' => $failures,
				'code'     => $error->error,
				'message'  => $error->getMessage(),
			),
			false
		);
	}

	/** Ends the pause and forgets the failures. */
	public function end(): void {
		if ( 0 !== $this->read()['failures'] ) {
			delete_option( self::OPTION );
		}
	}

	/** Address or key were changed: whatever failed before says nothing about them. */
	public static function forget(): void {
		delete_option( self::OPTION );
	}

	/** @return array{until: int, failures: int, code: string, message: string} */
	public function read(): array {
		$stored = get_option( self::OPTION, array() );
		$stored = is_array( $stored ) ? $stored : array();
		return array(
			'until'    => (int) ( $stored['until'] ?? 0 ),
			'failures' => (int) ( $stored['failures'] ?? 0 ),
			'code'     => (string) ( $stored['code'] ?? '' ),
			'message'  => (string) ( $stored['message'] ?? '' ),
		);
	}
}
