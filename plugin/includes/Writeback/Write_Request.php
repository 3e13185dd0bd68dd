<?php
declare( strict_types=1 );

namespace Altsmith\Writeback;

defined( 'ABSPATH' ) || exit;

/** What is to be written where, on whose word. */
final class Write_Request {
	/**
	 * @param string               $expected   The alt text the person saw; anything else there now is a conflict.
	 * @param string               $alt_text   The approved text; '' for a decorative image.
	 * @param array<string, mixed> $values     Everything that was approved: title, description and keywords may follow the alt text.
	 * @param array<string, mixed> $provenance suggestion_id, version, model, by: kept with the text.
	 */
	public function __construct(
		public readonly int $attachment_id,
		public readonly string $expected,
		public readonly string $alt_text,
		public readonly bool $decorative,
		public readonly array $values,
		public readonly array $provenance,
	) {}
}
