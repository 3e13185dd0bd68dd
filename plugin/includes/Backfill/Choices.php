<?php
declare( strict_types=1 );

namespace Altsmith\Backfill;

defined( 'ABSPATH' ) || exit;

/** Which images a run takes, as a person chose. By default every image without alt text that nobody has decided about. */
final class Choices {
	/** Where an image must be used to be taken: anywhere or nowhere, in the content of a post, as a featured image, as a picture of a product. */
	public const USES = array( 'any', 'content', 'featured', 'products' );

	/** What is described: a run is about images or about videos. */
	public const KINDS = array( 'image', 'video' );

	/**
	 * @param bool   $overwrite       Also ask for images that have a text. It still takes a person to replace it.
	 * @param bool   $include_decided Also ask again for images whose suggestion was rejected.
	 * @param int    $limit           How many images to ask for at most; 0 for all.
	 * @param string $from            First day of upload, `YYYY-MM-DD` in the site's time; '' for any.
	 * @param string $to              Last day of upload.
	 * @param string $used            One of USES.
	 * @param string $kind            One of KINDS.
	 */
	public function __construct(
		public readonly bool $overwrite = false,
		public readonly bool $include_decided = false,
		public readonly int $limit = 0,
		public readonly string $from = '',
		public readonly string $to = '',
		public readonly string $used = 'any',
		public readonly string $kind = 'image',
	) {}

	/**
	 * A value that is not valid counts as not given.
	 *
	 * @param array<string, mixed> $given By the names of the properties.
	 */
	public static function from_array( array $given ): self {
		$used = (string) ( $given['used'] ?? 'any' );
		return new self(
			! empty( $given['overwrite'] ),
			! empty( $given['include_decided'] ),
			max( 0, (int) ( $given['limit'] ?? 0 ) ),
			self::is_day( $given['from'] ?? '' ) ? (string) $given['from'] : '',
			self::is_day( $given['to'] ?? '' ) ? (string) $given['to'] : '',
			in_array( $used, self::USES, true ) ? $used : 'any',
			'video' === ( $given['kind'] ?? '' ) ? 'video' : 'image',
		);
	}

	/** @return array<string, bool|int|string> By the names of the properties. */
	public function to_array(): array {
		return get_object_vars( $this );
	}

	/** Whether a text is a date as `YYYY-MM-DD` that exists. */
	public static function is_day( mixed $text ): bool {
		return is_string( $text ) && 1 === preg_match( '/^(\d{4})-(\d\d)-(\d\d)$/', $text, $parts ) && checkdate( (int) $parts[2], (int) $parts[3], (int) $parts[1] );
	}
}
