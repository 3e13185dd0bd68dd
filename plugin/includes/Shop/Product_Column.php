<?php
declare( strict_types=1 );

namespace Altsmith\Shop;

use Altsmith\Capabilities;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * The column "Alt text" in the list of products: how many pictures of a product lack it. Pages of a shop show the product's name in
 * its place, so nobody sees that it is missing.
 */
final class Product_Column {
	private const COLUMN = 'altsmith';

	/** Pictures of one product that are counted, and variations of all products of a page. A broken import may list any number. */
	private const MOST_PICTURES   = 500;
	private const MOST_VARIATIONS = 5000;

	/** Pictures whose meta is read for a page of the list. */
	private const MOST_AHEAD = 5000;

	/** @var array<int, int[]>|null Pictures of each product of the page; null before the first was asked for. */
	private ?array $pictures = null;

	public function register(): void {
		add_filter( 'manage_edit-product_columns', array( $this, 'add' ), 20 );
		add_action( 'manage_product_posts_custom_column', array( $this, 'render' ), 10, 2 );
	}

	public function add( mixed $columns ): mixed {
		if ( is_array( $columns ) && current_user_can( Capabilities::REVIEW ) ) {
			$columns[ self::COLUMN ] = __( 'Alt text', 'altsmith' );
		}
		return $columns;
	}

	public function render( mixed $column = '', mixed $product_id = 0 ): void {
		if ( self::COLUMN !== $column ) {
			return;
		}
		$pictures = $this->pictures_of( (int) $product_id );
		$missing  = array_values( array_filter( $pictures, array( self::class, 'lacks_text' ) ) );
		if ( array() === $pictures ) {
			echo '<span aria-hidden="true">—</span><span class="screen-reader-text">' . esc_html__( 'No images', 'altsmith' ) . '</span>';
			return;
		}
		if ( array() === $missing ) {
			esc_html_e( 'Complete', 'altsmith' );
			return;
		}
		/* translators: 1: number of images without alt text, 2: number of images of a product */
		$text = esc_html( sprintf( _n( '%1$s of %2$s image lacks it', '%1$s of %2$s images lack it', count( $pictures ), 'altsmith' ), number_format_i18n( count( $missing ) ), number_format_i18n( count( $pictures ) ) ) );
		$edit = (string) get_edit_post_link( $missing[0], 'raw' );
		echo '' === $edit ? $text : '<a href="' . esc_url( $edit ) . '">' . $text . '</a>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped above
	}

	private static function lacks_text( int $attachment_id ): bool {
		return '' === trim( Alt_Text_Meta::read( $attachment_id )->text() ) && ! Provenance::is_decorative( $attachment_id );
	}

	/** @return int[] */
	private function pictures_of( int $product_id ): array {
		if ( null === $this->pictures || ! isset( $this->pictures[ $product_id ] ) ) {
			$this->pictures = $this->read_ahead( $product_id );
		}
		return $this->pictures[ $product_id ];
	}

	/** @return array<int, int[]> */
	private function read_ahead( int $product_id ): array {
		global $wp_query;
		$shown   = $wp_query instanceof \WP_Query && is_array( $wp_query->posts ) ? wp_list_pluck( array_filter( $wp_query->posts, static fn( mixed $post ): bool => $post instanceof WP_Post ), 'ID' ) : array();
		$parents = array_fill_keys( array_map( 'intval', in_array( $product_id, $shown, true ) ? $shown : array( $product_id ) ), array() );
		$owners  = array_combine( array_keys( $parents ), array_keys( $parents ) ) + self::variations( array_keys( $parents ) );
		update_meta_cache( 'post', array_keys( $owners ) );
		foreach ( $owners as $owner => $product ) {
			$numbers = get_post_meta( $owner, '_thumbnail_id', true ) . ',' . wp_json_encode( array( get_post_meta( $owner, '_product_image_gallery', true ), get_post_meta( $owner, '_wc_additional_variation_images', true ) ) );
			preg_match_all( '/(?<![\w.-])\d{1,18}(?![\w.-])/', $numbers, $found );
			$parents[ $product ] = array_merge( $parents[ $product ], array_map( 'intval', $found[0] ) );
		}
		$parents = array_map( static fn( array $ids ): array => array_slice( array_values( array_unique( array_filter( $ids ) ) ), 0, self::MOST_PICTURES ), $parents );
		$all     = array_slice( array_values( array_unique( array_merge( ...array_values( $parents ) ) ) ), 0, self::MOST_AHEAD );
		_prime_post_caches( $all, false, true );
		// Galleries go on naming pictures that were deleted.
		return array_map( static fn( array $ids ): array => array_values( array_filter( $ids, 'wp_attachment_is_image' ) ), $parents );
	}

	/**
	 * @param int[] $products
	 * @return array<int, int> Product by variation.
	 */
	private static function variations( array $products ): array {
		global $wpdb;
		$in   = implode( ', ', array_fill( 0, count( $products ), '%d' ) );
		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT ID, post_parent FROM {$wpdb->posts} WHERE post_type = 'product_variation' AND post_status <> 'trash' AND post_parent IN ( $in ) ORDER BY ID LIMIT %d", array_merge( $products, array( self::MOST_VARIATIONS ) ) ), ARRAY_A ); // phpcs:ignore WordPress.DB -- a page of the list
		return array_map( 'intval', array_column( (array) $rows, 'post_parent', 'ID' ) );
	}
}
