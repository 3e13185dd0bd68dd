<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/** A successful answer of the sidecar. */
final class Reply {
	/** @param array<string, mixed> $body */
	public function __construct( public readonly int $status, public readonly array $body, public readonly string $text = '' ) {}
}
