<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** A post's content before and after, with the pieces that differ. */
final class Rewrite {
	/** @param Edit[] $edits */
	public function __construct(
		public readonly string $before,
		public readonly string $after,
		public readonly array $edits,
	) {}
}
