<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Backfill\Choices;
use Altsmith\Placements\Placement_Scan;
use Altsmith\Placements\Placement_Table;
use Altsmith\Settings;
use Altsmith\Shop\Product_Column;
use Altsmith\Shop\Products;
use Altsmith\Storage\Candidate_Query;
use Altsmith\Tests\Support\Shop_Stand_In;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** Pictures of products: a stand-in of the surface that WooCommerce has for plugins (tests/php/support/Shop_Stand_In.php). */
final class ShopTest extends Sidecar_Test_Case {
	protected function setUp(): void {
		parent::setUp();
		Shop_Stand_In::open();
		update_option( Settings::MORE_OPTION, array( 'automatic' => false ) );
		$this->become( 'admin' );
	}

	protected function tearDown(): void {
		Shop_Stand_In::close();
		parent::tearDown();
	}

	private function picture(): int {
		return wp_insert_attachment( array( 'post_title' => 'p', 'post_mime_type' => 'image/jpeg', 'post_status' => 'inherit' ), 'p.jpg' );
	}

	/** @return array<string, mixed>|null */
	private function told( int $id ): ?array {
		$this->call( 'POST', "attachments/$id/request" );
		foreach ( array_reverse( $this->sidecar->bodies ) as $body ) {
			$job = json_decode( $body, true );
			if ( ( $job['subject']['id'] ?? '' ) === (string) $id ) {
				return $job;
			}
		}
		return null;
	}

	public function test_every_place_of_a_product_is_found_without_saving_the_product(): void {
		list( $main, $second, $third, $of_variation, $more, $of_category ) = array_map( fn(): int => $this->picture(), range( 1, 6 ) );
		$product   = Shop_Stand_In::product( 'Trail Runner', $main, array( $second, $third ), 'Shoes' );
		$variation = Shop_Stand_In::variation( $product, $of_variation, array( 'pa_color' => 'Blue' ) );
		update_post_meta( $variation, '_wc_additional_variation_images', "$more" );
		update_term_meta( get_term_by( 'name', 'Shoes', 'product_cat' )->term_id, 'thumbnail_id', $of_category );
		$items = static fn( array $data ): array => array_map( static fn( array $one ): string => $one['kind'] . ' ' . $one['post']['title'] . ' ' . $one['state'], $data );
		foreach ( array( $main => 'featured Trail Runner live', $second => 'shopgallery Trail Runner live', $third => 'shopgallery Trail Runner live', $of_variation => 'featured a variation live', $more => 'variations a variation live', $of_category => 'termpicture Shoes named' ) as $id => $place ) {
			self::assertSame( array( $place ), $items( $this->call( 'GET', "attachments/$id/placements" )->get_data()['items'] ), $place );
		}
		// Only the gallery: WooCommerce saves no post then.
		update_post_meta( $product, '_product_image_gallery', (string) $third );
		self::assertSame( array(), $this->call( 'GET', "attachments/$second/placements" )->get_data()['items'] );
	}

	public function test_the_sidecar_is_told_the_one_product_that_a_picture_shows(): void {
		$picture = $this->photo();
		$product = Shop_Stand_In::product( 'Trail <b>Runner</b> &amp; Co', 0, array( $picture ), 'Shoes' );
		wp_set_object_terms( $product, array( 'Shoes', 'Uncategorized' ), 'product_cat' );
		update_option( 'default_product_cat', get_term_by( 'name', 'Uncategorized', 'product_cat' )->term_id );
		$attribute = static fn( bool $visible, string ...$options ): object => new class( $visible, $options ) {
			public function __construct( private readonly bool $visible, private readonly array $options ) {}
			public function get_visible(): bool {
				return $this->visible;
			}
			public function get_options(): array {
				return $this->options;
			}
		}; // phpcs:ignore Generic.CodeAnalysis.EmptyPHPStatement -- it ends the arrow function
		Shop_Stand_In::$attributes[ $product ] = array( 'pa_size' => $attribute( true, '41', '42' ), 'material' => $attribute( true, 'Leather' ), 'supplier' => $attribute( false, 'Secret Inc.' ) );
		$context = $this->told( $picture )['context'];
		self::assertSame( array( 'name' => 'Trail Runner & Co', 'attributes' => array( 'Leather' ), 'categories' => array( 'Shoes' ) ), $context['product'] );
		self::assertSame( 'Trail Runner & Co', $context['page_title'] );
	}

	public function test_a_variation_says_its_own_attributes_and_shared_pictures_no_name_at_all(): void {
		list( $blue, $both, $shared ) = array( $this->picture(), $this->picture(), $this->picture() );
		$product = Shop_Stand_In::product( 'Trail Runner', 0, array( $shared ) );
		Shop_Stand_In::product( 'Road Runner', $shared );
		Shop_Stand_In::variation( $product, $blue, array( 'pa_color' => 'Blue', 'pa_size' => '' ) );
		Shop_Stand_In::variation( $product, $both, array( 'pa_color' => 'Red' ) );
		Shop_Stand_In::variation( $product, $both, array( 'pa_color' => 'Green' ) );
		self::assertSame( array( 'name' => 'Trail Runner', 'attributes' => array( 'Blue' ), 'categories' => array() ), Products::context( $blue ) );
		self::assertSame( array(), Products::context( $both )['attributes'] );
		self::assertNull( Products::context( $shared ) );
		// The parent of an attachment says nothing about where it is used.
		wp_update_post( array( 'ID' => $shared, 'post_parent' => $product ) );
		self::assertNull( Products::context( $shared ) );
	}

	public function test_a_run_over_products_only(): void {
		list( $main, $gallery, $variation, $category, $post ) = array_map( fn(): int => $this->picture(), range( 1, 5 ) );
		$product = Shop_Stand_In::product( 'Trail Runner', $main, array( $gallery ), 'Shoes' );
		Shop_Stand_In::variation( $product, $variation, array() );
		update_term_meta( get_term_by( 'name', 'Shoes', 'product_cat' )->term_id, 'thumbnail_id', $category );
		set_post_thumbnail( wp_insert_post( array( 'post_title' => 'a post', 'post_status' => 'publish' ) ), $post );
		$taken = ( new Candidate_Query( Choices::from_array( array( 'used' => 'products' ) ), array( 'image/jpeg' ) ) )->after( $main - 1, 50 );
		self::assertSame( array( $main => '', $gallery => '', $variation => '' ), $taken );
	}

	public function test_the_list_of_products_shows_what_lacks_alt_text(): void {
		list( $a, $b, $c, $d ) = array_map( fn(): int => $this->picture(), range( 1, 4 ) );
		update_post_meta( $b, '_wp_attachment_image_alt', 'a shoe' );
		update_post_meta( $c, '_altsmith_decorative', '1' );
		$some = Shop_Stand_In::product( 'Some', $a, array( $b, $c, 999999999 ) );
		Shop_Stand_In::variation( $some, $d, array() );
		$none     = Shop_Stand_In::product( 'None' );
		$complete = Shop_Stand_In::product( 'Complete', $b );
		$GLOBALS['wp_query'] = new \WP_Query( array( 'post_type' => 'product', 'post__in' => array( $some, $none, $complete ) ) );
		$column = new Product_Column();
		$shown  = static function ( int $id ) use ( $column ): string {
			ob_start();
			$column->render( 'altsmith', $id );
			return trim( wp_strip_all_tags( (string) ob_get_clean() ) );
		};
		self::assertSame( array( '2 of 4 images lack it', '—No images', 'Complete' ), array_map( $shown, array( $some, $none, $complete ) ) );
		self::assertArrayHasKey( 'altsmith', $column->add( array( 'name' => 'Name' ) ) );
		$this->become( 'subscriber' );
		self::assertSame( array( 'name' => 'Name' ), $column->add( array( 'name' => 'Name' ) ) );
	}

	public function test_what_customers_pay_for_is_never_sent_and_the_placeholder_is_not_asked_for(): void {
		$paid = $this->picture();
		update_post_meta( $paid, '_wp_attached_file', 'woocommerce_uploads/2026/print.jpg' );
		$placeholder = $this->picture();
		update_option( 'woocommerce_placeholder_image', $placeholder );
		self::assertSame( array( false, false, true ), array_map( static fn( int $id ): mixed => apply_filters( 'altsmith_should_request', true, $id ), array( $paid, $placeholder, $this->picture() ) ) );
		$this->call( 'POST', "attachments/$paid/request" );
		$this->sync();
		self::assertSame( array( 'skipped', 'PAID_FILE', 0 ), array( $this->row( $paid )->status, $this->row( $paid )->error_code, $this->sidecar->count( 'PUT' ) ) );
	}

	public function test_at_review_it_is_said_that_a_shop_knows_no_decorative_picture(): void {
		update_option( Settings::MORE_OPTION, array( 'automatic' => true ) );
		$row = $this->suggested();
		Shop_Stand_In::product( 'Trail Runner', $row->attachment_id );
		$flags = $this->call( 'GET', 'suggestions' )->get_data()['items'][0]['flags'];
		self::assertStringContainsString( 'the shop shows the product’s name', implode( ' ', array_column( $flags, 'message' ) ) );
	}

	public function test_an_earlier_sidecar_gets_the_job_without_the_product(): void {
		$picture = $this->photo();
		Shop_Stand_In::product( 'Trail Runner', $picture );
		$this->sidecar->firewall = static fn( string $asked, string $body ): ?array => 'POST /v1/jobs' === $asked && str_contains( $body, '"product"' ) ? array( 400, array( 'error' => array( 'code' => 'BAD_REQUEST', 'message' => 'm', 'retryable' => false ) ) ) : null;
		self::assertArrayNotHasKey( 'product', $this->told( $picture )['context'] );
		self::assertSame( 'sent', $this->row( $picture )->status );
	}

	public function test_50000_products_with_broken_galleries_cost_no_request_much(): void {
		global $wpdb;
		$first = (int) $wpdb->get_var( "SELECT MAX( ID ) FROM $wpdb->posts" ) + 1;
		$broken = array( "a:2:{i:0;s:3:\"12", ',,,,', '12,,x13,-4,99999999999999999999,0,5.5', str_repeat( '7,', 2000 ), '<script>', "\xff\xfe", '{"ids":[1,2]}', '[null]' );
		for ( $from = 0; $from < 50_000; $from += 5000 ) {
			$posts = array();
			$metas = array();
			for ( $i = $from; $i < $from + 5000; $i++ ) {
				$id      = $first + $i;
				$posts[] = "( $id, 1, 'product', 'publish', 'Product $i', '', '', '', '', '', NOW(), NOW(), NOW(), NOW() )";
				$metas[] = $wpdb->prepare( '( %d, %s, %s )', $id, '_product_image_gallery', mb_scrub( $broken[ $i % count( $broken ) ] ) );
			}
			$wpdb->query( "INSERT INTO $wpdb->posts ( ID, post_author, post_type, post_status, post_title, post_content, post_excerpt, to_ping, pinged, post_content_filtered, post_date, post_date_gmt, post_modified, post_modified_gmt ) VALUES " . implode( ',', $posts ) );
			$wpdb->query( "INSERT INTO $wpdb->postmeta ( post_id, meta_key, meta_value ) VALUES " . implode( ',', $metas ) );
		}
		wp_cache_flush();
		$costs = array();
		$cost  = static function ( string $what, callable $do ) use ( &$costs ): mixed {
			gc_collect_cycles();
			memory_reset_peak_usage();
			$before = array( getrusage(), memory_get_usage() );
			$result = $do();
			$used   = getrusage();
			$costs[ $what ] = array( round( $used['ru_utime.tv_sec'] - $before[0]['ru_utime.tv_sec'] + ( $used['ru_utime.tv_usec'] - $before[0]['ru_utime.tv_usec'] ) / 1e6, 2 ), ( memory_get_peak_usage() - $before[1] ) >> 20 );
			return $result;
		};
		update_option( Placement_Scan::OPTION, array( 'cursor' => $first - 1, 'done' => false ) );
		$scan  = new Placement_Scan( new \Altsmith\Placements\Placement_Index( new Placement_Table(), new \Altsmith\Placements\Place_Search( new \Altsmith\Placements\Place_Readers(), new \Altsmith\Placements\Attachment_Check() ) ) );
		$cost( 'scan', static fn(): bool => $scan->run( 2.0 ) );
		$state = Placement_Scan::state();
		$cost( 'preview', fn(): array => $this->call( 'GET', 'backfill', array( 'used' => 'products' ) )->get_data()['preview'] );
		$GLOBALS['wp_query'] = new \WP_Query( array( 'post_type' => 'product', 'posts_per_page' => 200, 'orderby' => 'ID' ) );
		$cost( 'column', static function (): void {
			$column = new Product_Column();
			ob_start();
			foreach ( $GLOBALS['wp_query']->posts as $post ) {
				$column->render( 'altsmith', $post->ID );
			}
			ob_end_clean();
		} );
		foreach ( $costs as $what => list( $seconds, $mb ) ) {
			self::assertLessThan( 10, $seconds, $what );
			self::assertLessThan( 64, $mb, $what );
		}
		self::assertGreaterThan( 50, $state['read'] );
	}
}
