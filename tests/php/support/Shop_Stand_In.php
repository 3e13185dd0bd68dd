<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support {
	/**
	 * The part of WooCommerce that the plugin meets: two post types, a taxonomy, metas, the option of the placeholder, and
	 * wc_get_product() with a few methods. Nothing of WooCommerce's own code.
	 */
	final class Shop_Stand_In {
		/** @var array<int, array<string, object|string>> Attributes by product or variation, as WC_Product::get_attributes() gives them. */
		public static array $attributes = array();

		public static function open(): void {
			self::$attributes = array();
			register_post_type( 'product', array( 'public' => true, 'supports' => array( 'title', 'editor', 'thumbnail' ) ) );
			register_post_type( 'product_variation', array( 'public' => false ) );
			register_taxonomy( 'product_cat', 'product', array( 'public' => true ) );
		}

		public static function close(): void {
			unregister_taxonomy( 'product_cat' );
			unregister_post_type( 'product_variation' );
			unregister_post_type( 'product' );
		}

		/** @param int[] $gallery */
		public static function product( string $name, int $picture = 0, array $gallery = array(), string $category = '' ): int {
			$id = wp_insert_post( array( 'post_type' => 'product', 'post_title' => $name, 'post_status' => 'publish' ) );
			self::pictures( $id, $picture, $gallery );
			if ( '' !== $category ) {
				wp_set_object_terms( $id, $category, 'product_cat' );
			}
			return $id;
		}

		/** @param array<string, string> $attributes */
		public static function variation( int $product, int $picture, array $attributes ): int {
			$id = wp_insert_post( array( 'post_type' => 'product_variation', 'post_title' => 'a variation', 'post_status' => 'publish', 'post_parent' => $product ) );
			self::pictures( $id, $picture );
			self::$attributes[ $id ] = $attributes;
			return $id;
		}

		/** @param int[] $gallery */
		public static function pictures( int $id, int $picture, array $gallery = array() ): void {
			if ( $picture > 0 ) {
				update_post_meta( $id, '_thumbnail_id', $picture );
			}
			if ( array() !== $gallery ) {
				update_post_meta( $id, '_product_image_gallery', implode( ',', $gallery ) );
			}
		}
	}
}

namespace {
	if ( ! function_exists( 'wc_get_product' ) ) {
		function wc_get_product( int $id ): object|false {
			$post = get_post( $id );
			return ! in_array( $post?->post_type, array( 'product', 'product_variation' ), true ) ? false : new class( $post ) {
				public function __construct( private readonly WP_Post $post ) {}

				public function get_name(): string {
					return $this->post->post_title;
				}

				public function get_parent_id(): int {
					return $this->post->post_parent;
				}

				public function get_attributes(): array {
					return Altsmith\Tests\Support\Shop_Stand_In::$attributes[ $this->post->ID ] ?? array();
				}

				public function get_attribute( string $key ): string {
					$value = $this->get_attributes()[ $key ] ?? '';
					return is_object( $value ) ? implode( ', ', $value->get_options() ) : $value;
				}
			};
		}
	}
}
