<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Placements\Readers\Attachment_Numbers;
use Altsmith\Placements\Readers\Avatars;
use Altsmith\Placements\Readers\Backgrounds;
use Altsmith\Placements\Readers\Beaver_Builder;
use Altsmith\Placements\Readers\Bricks;
use Altsmith\Placements\Readers\Divi;
use Altsmith\Placements\Readers\Divi_Blocks;
use Altsmith\Placements\Readers\Elementor;
use Altsmith\Placements\Readers\Gallery;
use Altsmith\Placements\Readers\Other_Builders;
use Altsmith\Placements\Readers\Place_Reader;
use Altsmith\Placements\Readers\Post_Text;
use Altsmith\Placements\Readers\Site_Images;
use Altsmith\Placements\Readers\Widgets;
use Altsmith\Placements\Readers\Wpbakery;
use Altsmith\Shop\Products;

defined( 'ABSPATH' ) || exit;

/** Every kind of place that is looked at. A builder or plugin more is one class in Readers and one line here. */
final class Place_Readers {
	public const FEATURED = 'featured';

	/** @var array<string, Place_Reader> By name. */
	private readonly array $all;

	/** @param Place_Reader[]|null $all For tests; null for all there are. */
	public function __construct( ?array $all = null ) {
		$scanner   = new Content_Scanner();
		$all       = $all ?? array(
			new Post_Text( $scanner, new Content_Rewriter( $scanner ) ),
			new Attachment_Numbers( self::FEATURED, '_thumbnail_id' ),
			new Gallery(),
			new Backgrounds(),
			new Elementor(),
			new Divi(),
			new Divi_Blocks(),
			new Beaver_Builder(),
			new Wpbakery(),
			new Bricks(),
			new Other_Builders(),
			new Widgets(),
			new Site_Images(),
			new Avatars(),
			new Attachment_Numbers( Products::GALLERY, '_product_image_gallery', Owner::POST, 'WooCommerce' ),
			new Attachment_Numbers( 'variations', '_wc_additional_variation_images', Owner::POST, 'WooCommerce' ),
			new Attachment_Numbers( 'termpicture', 'thumbnail_id', Owner::TERM, 'WooCommerce', '', Found_Image::OWN_NAME ),
		);
		$this->all = array_combine( array_map( static fn( Place_Reader $reader ): string => $reader->name(), $all ), $all );
	}

	public function named( string $name ): ?Place_Reader {
		return $this->all[ $name ] ?? null;
	}

	/** @return array<string, Place_Reader> */
	public function of( string $owner ): array {
		return array_filter( $this->all, static fn( Place_Reader $reader ): bool => $reader->owner() === $owner );
	}

	/** @return string[] Keys of meta, or names of options, that one kind of owner has. */
	public function keys( string $owner ): array {
		$keys = array_merge( ...array_values( array_map( static fn( Place_Reader $reader ): array => $reader->keys(), $this->of( $owner ) ) ), ...array( array() ) );
		return array_values( array_diff( array_unique( $keys ), array( Place_Reader::CONTENT ) ) );
	}
}
