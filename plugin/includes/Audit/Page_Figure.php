<?php
declare( strict_types=1 );

namespace Altsmith\Audit;

defined( 'ABSPATH' ) || exit;

/** A <figure> while its content is read. */
final class Page_Figure {
	private string $caption = '';

	/** @var Page_Image[] */
	private array $images = array();

	public function add_caption( string $text ): void {
		$this->caption .= $text;
	}

	public function add_image( Page_Image $image ): void {
		$this->images[] = $image;
	}

	/** Its content is complete: the images know their caption now. */
	public function end(): void {
		foreach ( $this->images as $image ) {
			$image->caption = Page_Reader::plain( $this->caption );
		}
	}
}
