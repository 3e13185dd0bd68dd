<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Placements\Readers\Place_Reader;
use Closure;

defined( 'ABSPATH' ) || exit;

/** One picture as it stands in a stored value: whose it is, what it says, and the bytes that say so. */
final class Found_Image {
	/** Its alt attribute is filled from somewhere else (block bindings, pattern overrides, a builder's dynamic data). */
	public const LOCKED_BOUND = 'bound';
	/** It belongs to a block of another plugin, which may keep a second copy of the text where we do not look. */
	public const LOCKED_FOREIGN = 'foreign_block';
	/** The text is kept in a form that is not written from here. */
	public const LOCKED_FORM = 'form';

	/** What is shown there: a text of the place's own. */
	public const COPY = 'copy';
	/** The media library's text, read each time. */
	public const LIBRARY = 'library';
	/** No text at all: a background. */
	public const NO_TEXT = 'no_text';
	/** The name of what it stands for, whatever the library says: a category of a shop. */
	public const OWN_NAME = 'own_name';
	/** Not known: the picture's address was found in data of a form that is not read. */
	public const UNKNOWN = 'unknown';

	/**
	 * @param int          $index         Its number among all pictures of the value, from 0, in document order.
	 * @param int          $attachment_id 0 when it is nobody's we know.
	 * @param string       $block         Name of the block or of the builder's element it is in; '' in content without blocks.
	 * @param string|null  $alt           Decoded; null when there is no alt attribute at all.
	 * @param bool         $decorative    Somebody said that it carries no meaning (role, aria-hidden, 7.1's checkbox).
	 * @param bool         $linked        It stands inside a link, where alt text has to name the target.
	 * @param string       $locked        Why its text cannot be changed here, or ''.
	 * @param string       $source        Address of the picture file.
	 * @param Span         $tag           The bytes of the tag, or of whatever else keeps the text.
	 * @param Span|null    $opener        The block's opening comment, when the text is kept there too (Cover).
	 * @param string       $shows         What is shown there.
	 * @param string       $document      Key of the value it was found in.
	 * @param Closure|null $write         Gives the bytes that take the place of `$tag`, of a text. Null where Content_Rewriter knows.
	 * @param Span|null    $length        The digits that say how long the serialised string around `$tag` is.
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
		public readonly string $shows = self::COPY,
		public readonly string $document = Place_Reader::CONTENT,
		public readonly ?Closure $write = null,
		public readonly ?Span $length = null,
	) {}

	/** A place that always shows the library's text, or none. */
	public static function without_copy( int $index, int $attachment_id, string $source, string $document, string $shows = self::LIBRARY, string $block = '' ): self {
		return new self( $index, $attachment_id, $block, null, false, false, '', $source, new Span( 0, '' ), null, $shows, $document );
	}

	/** The same picture with the number of the attachment that its address belongs to. */
	public function with_attachment( int $id ): self {
		return new self( $this->index, $id, $this->block, $this->alt, $this->decorative, $this->linked, $this->locked, $this->source, $this->tag, $this->opener, $this->shows, $this->document, $this->write, $this->length );
	}

	/** The same picture, whose text cannot be changed here. */
	public function as_locked( string $why ): self {
		return new self( $this->index, $this->attachment_id, $this->block, $this->alt, $this->decorative, $this->linked, '' === $this->locked ? $why : $this->locked, $this->source, $this->tag, $this->opener, $this->shows, $this->document, $this->write, $this->length );
	}

	/** Changes whenever the picture, its text or its block's settings change. Short: it guards one post at a time. */
	public function fingerprint(): string {
		$document = Place_Reader::CONTENT === $this->document ? '' : "\n" . $this->document;
		return substr( hash( 'sha256', $this->attachment_id . "\n" . $this->tag->html . "\n" . ( $this->opener->html ?? '' ) . $document ), 0, 16 );
	}

	public function is_picture_tag(): bool {
		return 1 === preg_match( '/^<img\b/i', $this->tag->html );
	}

	/** Whether a reader's own rewrite() may give it another text. */
	public function can_be_written(): bool {
		return null !== $this->write && '' === $this->locked && self::COPY === $this->shows;
	}
}
