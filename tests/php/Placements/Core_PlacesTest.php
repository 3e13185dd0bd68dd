<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Placements;

use Altsmith\Placements\Placement_Scan;
use Altsmith\Placements\Placement_Table;
use Altsmith\Placements\Placements;
use Altsmith\Rest\Access;
use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Wp_Test_Case;

/** Places of WordPress itself that are no picture tag in a post: all are found, both when they are saved and by the scan. */
final class Core_PlacesTest extends Wp_Test_Case {
	private int $image;

	private string $url;

	protected function setUp(): void {
		parent::setUp();
		$this->become( 'admin' );
		$this->image = $this->upload();
		$this->url   = (string) wp_get_attachment_url( $this->image );
		update_post_meta( $this->image, '_wp_attachment_image_alt', 'A cat' );
	}

	/** @dataProvider contents */
	public function test_it_is_found_in_a_post( string $type, string $content, string $state, bool $can_change ): void {
		$post = $this->post( $type, str_replace( array( 'ID', 'URL' ), array( (string) $this->image, $this->url ), $content ) );
		$this->must_be_found( array( $state ), $can_change );
		self::assertSame( array( $post ), array_column( array_column( $this->items(), 'post' ), 'id' ) );
	}

	public static function contents(): array {
		$block = '<!-- wp:image {"id":ID} --><figure class="wp-block-image"><img src="URL" alt="" class="wp-image-ID"/></figure><!-- /wp:image -->';
		return array(
			'a pattern'                             => array( 'wp_block', $block, 'empty', true ),
			'a template'                            => array( 'wp_template', $block, 'empty', true ),
			'a template part'                       => array( 'wp_template_part', $block, 'empty', true ),
			'a menu of blocks'                      => array( 'wp_navigation', $block, 'empty', true ),
			'a Cover'                               => array( 'post', '<!-- wp:cover {"url":"URL","id":ID} --><div class="wp-block-cover"><img class="wp-block-cover__image-background wp-image-ID" alt="" src="URL" data-object-fit="cover"/></div><!-- /wp:cover -->', 'empty', true ),
			'a picture without a number'            => array( 'post', '<p><img src="URL" alt="old words"></p>', 'custom', true ),
			'the shortcode for galleries'           => array( 'post', '[gallery columns="2" ids="999999999,ID"]', 'live', false ),
			'the background of a block'             => array( 'page', '<!-- wp:group {"style":{"background":{"backgroundImage":{"url":"URL","id":ID,"source":"file"}}}} --><div class="wp-block-group"></div><!-- /wp:group -->', 'background', false ),
			'the background of the site'            => array( 'wp_global_styles', '{"version":3,"styles":{"background":{"backgroundImage":{"url":"URL","id":ID}}}}', 'background', false ),
			'a link to the file'                    => array( 'post', '<a href="URL">the picture</a>', 'unknown', false ),
			'a block of another plugin'             => array( 'post', '<!-- wp:some/slider {"slides":[{"image":"URL"}]} /-->', 'unknown', false ),
			'JSON in an attribute'                  => array( 'post', '<div data-slides="{&quot;image&quot;:&quot;URL&quot;}"></div>', 'unknown', false ),
			'a style'                               => array( 'post', '<div style="background:url(\'URL\')"></div>', 'unknown', false ),
		);
	}

	public function test_a_gallery_without_names_shows_what_was_uploaded_to_its_post(): void {
		$post = $this->post( 'post', '' );
		wp_update_post( array( 'ID' => $this->image, 'post_parent' => $post ) );
		wp_update_post( array( 'ID' => $post, 'post_content' => '[gallery]' ) );
		$this->must_be_found( array( 'live' ) );
	}

	public function test_images_of_the_site_are_found(): void {
		update_option( 'site_logo', $this->image );
		update_option( 'site_icon', $this->image );
		set_theme_mod( 'custom_logo', $this->image );
		$this->must_be_found( array( 'background', 'live', 'live' ) );
		self::assertSame( 0, $this->items()[0]['post']['id'] );
		self::assertNotSame( '', $this->items()[0]['post']['edit_url'] );
		$this->become( 'author' );
		self::assertSame( array(), $this->list()->of( $this->image )['items'], 'not for people who may not change the site' );
		self::assertSame( 1, $this->list()->of( $this->image )['hidden'] );
	}

	public function test_widgets_are_found_rewritten_and_given_back_byte_for_byte(): void {
		global $wpdb;
		update_option( 'widget_media_image', array( 2 => array( 'attachment_id' => $this->image, 'url' => $this->url, 'alt' => 'words of the widget', 'é' => 1.5 ), 3 => array( 'attachment_id' => $this->image, 'url' => $this->url, 'alt' => '' ), '_multiwidget' => 1 ) );
		update_option( 'widget_media_gallery', array( 2 => array( 'ids' => array( $this->image ) ), '_multiwidget' => 1 ) );
		update_option( 'widget_block', array( 2 => array( 'content' => sprintf( '<!-- wp:image {"id":%1$d} --><figure><img src="%2$s" alt="" class="wp-image-%1$d"/></figure><!-- /wp:image -->', $this->image, $this->url ) ), '_multiwidget' => 1 ) );
		$this->must_be_found( array( 'custom', 'empty', 'live', 'live' ) );
		$read   = static fn(): array => $wpdb->get_results( "SELECT option_name, option_value FROM $wpdb->options WHERE option_name LIKE 'widget\\_%' ORDER BY option_name", ARRAY_A );
		$before = $read();
		$keys   = array_column( array_filter( $this->items(), static fn( array $item ): bool => $item['can_change'] ), 'key' );
		$done   = $this->rest( 'POST', $this->route( '/apply' ), array( 'keys' => $keys, 'text' => 'A cat' ) )->get_data();
		self::assertSame( array( 'updated', 'updated' ), array_column( $done['items'], 'outcome' ) );
		self::assertSame( 'A cat', get_option( 'widget_media_image' )[2]['alt'] );
		self::assertStringContainsString( 'alt="A cat"', get_option( 'widget_block' )[2]['content'] );
		$this->rest( 'POST', $this->route( '/undo' ), array( 'change_id' => $done['change_id'] ) );
		self::assertSame( $before, $read() );
	}

	public function test_avatars_are_found_and_forgotten(): void {
		$user = (int) get_user_by( 'login', 'author' )->ID;
		update_user_meta( $user, 'simple_local_avatar', array( 'media_id' => $this->image, 'full' => $this->url ) );
		$this->must_be_found( array( 'background' ) );
		delete_user_meta( $user, 'simple_local_avatar' );
		self::assertSame( array(), $this->items() );
	}

	/** @param string[] $states */
	private function must_be_found( array $states, ?bool $can_change = null ): void {
		foreach ( array( 'when it is saved', 'by the scan' ) as $how ) {
			$items = $this->items();
			self::assertEqualsCanonicalizing( $states, array_column( $items, 'state' ), $how . wp_json_encode( $items ) );
			if ( null !== $can_change ) {
				self::assertSame( array( $can_change ), array_column( $items, 'can_change' ), $how );
			}
			$this->scan_anew();
		}
	}

	private function scan_anew(): void {
		global $wpdb;
		$t = Placement_Table::name();
		$wpdb->query( "DELETE FROM $t" );
		Placement_Scan::start_over();
		$this->all()->scan->run( 10.0 );
		self::assertTrue( Placement_Scan::state()['done'] );
	}

	private function all(): Placements {
		return new Placements( new Access( new Request_Store() ) );
	}

	private function list(): \Altsmith\Placements\Placement_List {
		return $this->all()->list;
	}

	private function post( string $type, string $content ): int {
		$id = wp_insert_post( wp_slash( array( 'post_title' => 'A post', 'post_type' => $type, 'post_content' => $content, 'post_status' => 'publish' ) ), true );
		self::assertIsInt( $id );
		return $id;
	}

	/** @return array<int, array<string, mixed>> */
	private function items(): array {
		return $this->rest( 'GET', $this->route() )->get_data()['items'];
	}

	private function route( string $action = '' ): string {
		return "/altsmith/v1/attachments/$this->image/placements$action";
	}
}
