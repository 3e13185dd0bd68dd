<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Owner;

defined( 'ABSPATH' ) || exit;

/**
 * Meta that holds nothing but numbers of attachments, one or a list with commas, and whose pictures are shown with the
 * library's text: featured images, galleries of shops, pictures of terms.
 */
final class Attachment_Numbers extends Place_Reader {
	/**
	 * @param string $block What such a place is called in the list: a word that the screen knows, or ''.
	 * @param string $shows Whose text is shown there: a constant of Found_Image.
	 */
	public function __construct(
		private readonly string $name,
		private readonly string $key,
		private readonly string $owner = Owner::POST,
		private readonly string $label = '',
		private readonly string $block = '',
		private readonly string $shows = Found_Image::LIBRARY,
	) {}

	public function name(): string {
		return $this->name;
	}

	public function label(): string {
		return $this->label;
	}

	public function keys(): array {
		return array( $this->key );
	}

	public function owner(): string {
		return $this->owner;
	}

	/** What is no number is passed over: lists of shops are often broken. */
	public function find( string $raw, string $key ): array {
		preg_match_all( '/(?<![\w.-])\d{1,19}(?![\w.-])/', $raw, $numbers );
		$ids = array_values( array_unique( array_filter( array_map( 'intval', $numbers[0] ) ) ) );
		return array_map( fn( int $i, int $id ): Found_Image => Found_Image::without_copy( $i, $id, '', $key, $this->shows, $this->block ), array_keys( $ids ), $ids );
	}
}
