<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** The comment that opens a block: its name, its settings, and its bytes. */
final class Block_Opener {
	/** @param array<string, mixed> $attributes As the parser read them. */
	public function __construct(
		public readonly string $name,
		public readonly array $attributes,
		public readonly Span $comment,
	) {}

	public function number( string $attribute ): int {
		$value = $this->attributes[ $attribute ] ?? 0;
		return is_int( $value ) || ( is_string( $value ) && ctype_digit( $value ) ) ? (int) $value : 0;
	}

	public function is_on( string $attribute ): bool {
		return true === ( $this->attributes[ $attribute ] ?? false );
	}

	/** Whether a value of this attribute would be replaced when the page is shown. */
	public function is_bound( string $attribute ): bool {
		$bindings = $this->attributes['metadata']['bindings'] ?? array();
		return is_array( $bindings ) && ( isset( $bindings[ $attribute ] ) || isset( $bindings['__default'] ) );
	}
}
