<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** One picture as it stands in a post's content: whose it is, what it says, and the bytes that say so. */
final class Found_Image {
	/** Its alt attribute is filled from somewhere else (block bindings, pattern overrides). */
	public const LOCKED_BOUND = 'bound';
	/** It belongs to a block of another plugin, which may keep a second copy of the text where we do not look. */
	public const LOCKED_FOREIGN = 'foreign_block';

	/**
	 * @param int         $index         Its number among all pictures of the post, from 0, in document order.
	 * @param int         $attachment_id 0 when it is nobody's we know.
	 * @param string      $block         Name of the block it is in; '' in content without blocks.
	 * @param string|null $alt           Decoded; null when there is no alt attribute at all.
	 * @param bool        $decorative    Somebody said that it carries no meaning (role, aria-hidden, 7.1's checkbox).
	 * @param bool        $linked        It stands inside a link, where alt text has to name the target.
	 * @param string      $locked        Why its text cannot be changed here, or ''.
	 * @param string      $source        Address of the picture file.
	 * @param Span        $tag           The bytes of the tag.
	 * @param Span|null   $opener        The block's opening comment, when the text is kept there too (Cover).
	 */
	public function __construct(
		public readonly int $index,
		public readonly int $attachment_id,
		public readonly string $block,
		public readonly ?string $alt,
		public readonly bool $decorative,
		public readonly bool $linked,
		public readonly string $locked,
		public readonly string $source,
		public readonly Span $tag,
		public readonly ?Span $opener,
	) {}

	/** Changes whenever the picture, its text or its block's settings change. Short: it guards one post at a time. */
	public function fingerprint(): string {
		return substr( hash( 'sha256', $this->attachment_id . "\n" . $this->tag->html . "\n" . ( $this->opener->html ?? '' ) ), 0, 16 );
	}

	public function is_picture_tag(): bool {
		return 1 === preg_match( '/^<img\b/i', $this->tag->html );
	}
}
