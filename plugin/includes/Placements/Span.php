<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** A piece of a document, with its place in it in bytes. */
final class Span {
	public function __construct(
		public readonly int $start,
		public readonly string $html,
	) {}

	public function end(): int {
		return $this->start + strlen( $this->html );
	}
}
