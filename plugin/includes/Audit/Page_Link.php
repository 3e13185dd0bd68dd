<?php
declare( strict_types=1 );

namespace Altsmith\Audit;

defined( 'ABSPATH' ) || exit;

/** A link or button while its content is read. */
final class Page_Link {
	private string $text = '';

	/** @var Page_Image[] */
	private array $images = array();

	/** @param string $name What its own attributes call it. */
	public function __construct( private readonly string $name ) {}

	public function add_text( string $text ): void {
		$this->text .= $text;
	}

	public function add_image( Page_Image $image ): void {
		$this->images[] = $image;
	}

	/** Its content is complete: the images know now what else is in it. */
	public function end(): void {
		$text     = Page_Reader::plain( $this->text );
		$is_named = '' !== $text || '' !== $this->name;
		foreach ( $this->images as $image ) {
			$image->before = $text;
			$is_named      = $is_named || $image->has_name();
		}
		if ( isset( $this->images[0] ) ) {
			$this->images[0]->names_link = ! $is_named;
		}
	}
}
