<?php
declare( strict_types=1 );

namespace Altsmith\Audit;

defined( 'ABSPATH' ) || exit;

/** One image of a page, with what a screen reader has of it and what stands around it. Texts are single-spaced. */
final class Page_Image {
	/** Text of the nearest <figcaption>; '' for none. */
	public string $caption = '';
	/** Texts right before and after it, in the same link where it is in one. */
	public string $before = '';
	public string $after  = '';
	/** Whether it is all there is in its link or button, so that its text has to say where that leads. */
	public bool $names_link = false;

	/**
	 * @param string      $src             As the page has it.
	 * @param string|null $alt             Null: there is no attribute.
	 * @param string      $other_name      From aria-label or title; "…" where aria-labelledby names another element.
	 * @param bool        $is_for_nobody   Said to be decorative by its role or by aria-hidden.
	 * @param bool        $needs_text      Of a form's button, or an area of a map: an empty text is none.
	 * @param int         $attachment_id   From the class that WordPress sets; 0 where it is not known.
	 */
	public function __construct(
		public readonly string $src,
		public readonly ?string $alt,
		public readonly string $other_name,
		public readonly bool $is_for_nobody,
		public readonly bool $needs_text,
		public readonly int $attachment_id,
	) {}

	/** Whether a screen reader has anything to say about it. */
	public function has_name(): bool {
		return ! $this->is_for_nobody && ( '' !== trim( (string) $this->alt ) || '' !== $this->other_name );
	}
}
