<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use RuntimeException;

defined( 'ABSPATH' ) || exit;

/** No bytes to send for an attachment. Retryable when the file may still arrive, for instance from an offload plugin. */
final class Rendition_Error extends RuntimeException {
	public function __construct( public readonly string $error, string $message, public readonly bool $retryable = false ) {
		parent::__construct( $message );
	}
}
