<?php
declare( strict_types=1 );

namespace Altsmith\Shop;

use Altsmith\Placements\Place_Readers;
use Altsmith\Placements\Placement_Table;
use Altsmith\Text\Utf8;
use WP_Post;
use WP_Term;

defined( 'ABSPATH' ) || exit;

/**
 * Pictures of WooCommerce's products: which ones they are, by the index of places, and what the shop says about the product.
 * The parent of an attachment says nothing: a picture is used again for other products, or was uploaded elsewhere.
 */
final class Products {
	public const GALLERY = 'shopgallery';

	/** Kinds of places of the index that show a picture as one of a product. */
	public const PLACES = array( Place_Readers::FEATURED, self::GALLERY, 'variations' );

	private const TYPES = array( 'product', 'product_variation' );

	/** Products that are looked at for one picture; more cannot agree on one name. */
	private const MOST = 100;

	/** Attributes and categories that are told; a title has 60 characters. */
	private const MOST_WORDS = 3;

	/** Whether there is a shop. */
	public static function are_there(): bool {
		return function_exists( 'wc_get_product' ) && post_type_exists( 'product' );
	}

	/** Whether the index shows the picture as one of a product or a variation. */
	public static function show( int $attachment_id ): bool {
		return self::are_there() && array() !== self::of( $attachment_id );
	}

	/** @return string A condition on the posts table: pictures of products and their variations. */
	public static function condition(): string {
		global $wpdb;
		$t = Placement_Table::name();
		return "{$wpdb->posts}.ID IN ( SELECT pl.attachment_id FROM $t pl JOIN {$wpdb->posts} pr ON pr.ID = pl.post_id WHERE pl.owner = 'post' AND pl.kind IN ( '" . implode( "', '", self::PLACES ) . "' ) AND pr.post_type IN ( '" . implode( "', '", self::TYPES ) . "' ) )";
	}

	/**
	 * What the shop says of the one product that the picture shows. Pictures that several products share have none: a name of
	 * one would be wrong for the others.
	 *
	 * @return array{name: string, attributes: string[], categories: string[]}|null
	 */
	public static function context( int $attachment_id ): ?array {
		if ( ! self::are_there() ) {
			return null;
		}
		$ids      = self::of( $attachment_id );
		$ids      = array() === $ids ? self::uploaded_to( $attachment_id ) : $ids;
		$products = array_unique( array_map( static fn( int $id ): int => 'product_variation' === get_post_type( $id ) ? (int) wp_get_post_parent_id( $id ) : $id, $ids ) );
		$parent   = 1 === count( $products ) ? wc_get_product( current( $products ) ) : null;
		if ( ! is_object( $parent ) ) {
			return null;
		}
		// Several variations differ in what their names would say.
		$one  = 1 === count( $ids ) ? wc_get_product( $ids[0] ) : $parent;
		$name = self::plain( $parent->get_name() );
		return '' === $name || ! is_object( $one ) ? null : array(
			'name'       => Utf8::cut( $name, 300 ),
			'attributes' => self::attributes( $one ),
			'categories' => self::categories( current( $products ) ),
		);
	}

	/** @return int[] Products and variations that show the picture. */
	private static function of( int $attachment_id ): array {
		$found = ( new Placement_Table() )->posts_of_kinds( $attachment_id, self::PLACES, self::MOST );
		return array_values( array_filter( $found, static fn( int $id ): bool => in_array( get_post_type( $id ), self::TYPES, true ) && 'trash' !== get_post_status( $id ) ) );
	}

	/** @return int[] The product in whose screen it was uploaded, while it is shown nowhere yet. */
	private static function uploaded_to( int $attachment_id ): array {
		$parent = (int) wp_get_post_parent_id( $attachment_id );
		$post   = 0 === $parent || 0 < ( ( new Placement_Table() )->count_posts( array( $attachment_id ) )[ $attachment_id ] ?? 0 ) ? null : get_post( $parent );
		return $post instanceof WP_Post && 'product' === $post->post_type && 'auto-draft' !== $post->post_status ? array( $parent ) : array();
	}

	/**
	 * Values that hold for all of the product, or for this variation: one each. Of a list of sizes none is what the picture shows.
	 *
	 * @return string[]
	 */
	private static function attributes( object $product ): array {
		$values = array();
		foreach ( (array) $product->get_attributes() as $key => $attribute ) {
			if ( is_object( $attribute ) && method_exists( $attribute, 'get_visible' ) && ! $attribute->get_visible() ) {
				continue;
			}
			$value = self::plain( (string) $product->get_attribute( (string) $key ) );
			if ( '' !== $value && 1 !== preg_match( '/[,|]/', $value ) ) {
				$values[] = Utf8::cut( $value, 100 );
			}
		}
		return array_slice( array_values( array_unique( $values ) ), 0, self::MOST_WORDS );
	}

	/** @return string[] */
	private static function categories( int $product_id ): array {
		$terms = get_the_terms( $product_id, 'product_cat' );
		$terms = is_array( $terms ) ? array_filter( $terms, static fn( mixed $term ): bool => $term instanceof WP_Term && (int) get_option( 'default_product_cat' ) !== $term->term_id ) : array();
		return array_slice( array_values( array_map( static fn( WP_Term $term ): string => Utf8::cut( self::plain( $term->name ), 100 ), $terms ) ), 0, self::MOST_WORDS );
	}

	private static function plain( mixed $text ): string {
		return is_scalar( $text ) ? trim( Utf8::scrub( wp_strip_all_tags( html_entity_decode( (string) $text, ENT_QUOTES, 'UTF-8' ) ) ) ) : '';
	}
}
