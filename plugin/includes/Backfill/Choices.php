<?php
declare( strict_types=1 );

namespace Altsmith\Backfill;

defined( 'ABSPATH' ) || exit;

/** What a person ticked before a backfill. By default only images without a text that nobody has decided about. */
final class Choices {
	/**
	 * @param bool $overwrite       Also ask for images that have a text. It still takes a person to replace it.
	 * @param bool $include_decided Also ask again for images whose suggestion was rejected.
	 */
	public function __construct( public readonly bool $overwrite = false, public readonly bool $include_decided = false ) {}
}
