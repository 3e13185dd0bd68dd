<?php
declare( strict_types=1 );

namespace Altsmith\Backfill;

use RuntimeException;

defined( 'ABSPATH' ) || exit;

/** A run cannot do what was asked of it. */
final class Backfill_Error extends RuntimeException {
	public function __construct( public readonly string $error, string $message ) {
		parent::__construct( $message );
	}
}
