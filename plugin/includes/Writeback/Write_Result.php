<?php
declare( strict_types=1 );

namespace Altsmith\Writeback;

use Throwable;

defined( 'ABSPATH' ) || exit;

/**
 * What came of a write. `before` and `after` are alt texts; `before` is what was really there. `late`: what a hook of another
 * plugin threw although the text is written. `was_before`: an earlier call has written it.
 */
final class Write_Result {
	public const APPLIED  = 'applied';
	public const CONFLICT = 'conflict';
	public const GONE     = 'gone';
	public const UNDONE   = 'undone';
	/** Another process holds the lock, or the database refused: nothing is known to be wrong, try again. */
	public const BUSY = 'busy';

	public function __construct(
		public readonly string $outcome,
		public readonly string $before,
		public readonly string $after,
		public readonly ?Throwable $late = null,
		public readonly bool $was_before = false,
	) {}
}
