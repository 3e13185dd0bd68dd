<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** One piece of a document, before and after. */
final class Edit {
	/**
	 * @param int       $index  Number of the picture it belongs to.
	 * @param Span|null $length The digits that say how long the serialised string around the piece is.
	 */
	public function __construct(
		public readonly int $index,
		public readonly Span $old,
		public readonly string $html,
		public readonly ?Span $length = null,
	) {}
}
