<?php
declare( strict_types=1 );

namespace Altsmith\Writeback;

use Altsmith\Text\Utf8;
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

	/** Nothing was written, because of the text that is there. */
	public static function conflict_with( string $live ): self {
		return new self( self::CONFLICT, $live, $live );
	}

	/** @return array<string, mixed> Body of `POST /v1/suggestions/{id}/write-back`. */
	public function body(): array {
		$texts = static fn( string $text ): array => array( 'alt_text' => Utf8::cut( Utf8::scrub( $text ), 10000 ) );
		return array( 'outcome' => $this->outcome, 'before' => $texts( $this->before ), 'after' => $texts( $this->after ) );
	}
}
