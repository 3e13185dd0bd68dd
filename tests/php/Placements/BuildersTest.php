<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Placements;

use Altsmith\Tests\Support\Built_Pages;
use Altsmith\Tests\Support\Wp_Test_Case;

/** Pages of builders, over REST as the screens do it: every place is found, said truly, and what is rewritten is given back byte for byte. */
final class BuildersTest extends Wp_Test_Case {
	private const TEXT = 'A cat on a sofa, näher';

	private int $image;

	private string $url;

	protected function setUp(): void {
		parent::setUp();
		$this->become( 'admin' );
		$this->image = $this->upload();
		$this->url   = (string) wp_get_attachment_url( $this->image );
		update_post_meta( $this->image, '_wp_attachment_image_alt', self::TEXT );
	}

	/** @dataProvider builders */
	public function test_every_place_is_found_and_what_can_be_rewritten_comes_back_byte_for_byte( string $builder, string $key, array $states, int $writable ): void {
		$before = match ( $builder ) {
			'elementor' => Built_Pages::elementor( $this->image, $this->url ),
			'beaver'    => Built_Pages::beaver( $this->image, $this->url ),
			'bricks'    => Built_Pages::bricks( $this->image, $this->url, 'My own words' ),
			'wpbakery'  => Built_Pages::wpbakery( $this->image, $this->url ),
			'divi'      => Built_Pages::divi( $this->image, $this->url ),
			default     => Built_Pages::divi_blocks( $this->url ),
		};
		$post   = $this->post( $key, $before );
		$items  = $this->items();
		self::assertEqualsCanonicalizing( $states, array_column( $items, 'state' ), (string) wp_json_encode( $items, JSON_PRETTY_PRINT ) );
		self::assertSame( array( $post ), array_values( array_unique( array_column( array_column( $items, 'post' ), 'id' ) ) ) );
		$keys = array_column( array_filter( $items, static fn( array $item ): bool => $item['can_change'] ), 'key' );
		self::assertCount( $writable, $keys );

		$preview = $this->rest( 'POST', $this->route( 'preview' ), array( 'keys' => $keys, 'text' => self::TEXT ) )->get_data();
		self::assertSame( $before, $this->raw( $post, $key ), 'a preview changes nothing' );
		self::assertCount( $writable, array_merge( ...array_column( $preview['items'], 'changes' ) ) );
		self::assertStringContainsString( self::TEXT, (string) wp_json_encode( $preview, JSON_UNESCAPED_UNICODE ), 'legible, whatever the form' );
		$answer = $this->rest( 'POST', $this->route( 'apply' ), array( 'keys' => $keys, 'text' => self::TEXT ) )->get_data();
		self::assertSame( array( 'updated' ), array_values( array_unique( array_column( $answer['items'], 'outcome' ) ) ) );
		$after = $this->raw( $post, $key );
		self::assertNotSame( $before, $after );
		$this->must_be_whole( $builder, $before, $after );
		self::assertCount( $writable, array_filter( $this->items(), static fn( array $item ): bool => 'current' === $item['state'] ) );

		$undone = $this->rest( 'POST', $this->route( 'undo' ), array( 'change_id' => $answer['change_id'] ) )->get_data();
		self::assertSame( array( 'updated' ), array_values( array_unique( array_column( $undone['items'], 'outcome' ) ) ) );
		self::assertSame( $before, $this->raw( $post, $key ) );
	}

	public static function builders(): array {
		return array(
			'Elementor'      => array( 'elementor', '_elementor_data', array( 'background', 'live', 'live', 'live', 'empty', 'empty' ), 2 ),
			'Beaver Builder' => array( 'beaver', '_fl_builder_data', array( 'background', 'live', 'live', 'empty' ), 1 ),
			'Bricks'         => array( 'bricks', '_bricks_page_content_2', array( 'custom', 'live', 'background' ), 1 ),
			'WPBakery'       => array( 'wpbakery', 'post_content', array( 'background', 'live', 'live', 'empty', 'custom' ), 1 ),
			'Divi 4'         => array( 'divi', 'post_content', array( 'background', 'empty', 'custom', 'live', 'empty' ), 2 ),
			'Divi 5'         => array( 'diviblocks', 'post_content', array( 'empty' ), 1 ),
		);
	}

	public function test_a_text_that_a_shortcode_cannot_hold_is_refused_and_nothing_is_written(): void {
		update_post_meta( $this->image, '_wp_attachment_image_alt', 'A "cat" [big]' );
		$post = $this->post( 'post_content', "[et_pb_image src=\"$this->url\"][/et_pb_image]" );
		$done = $this->rest( 'POST', $this->route( 'apply' ), array( 'keys' => array_column( $this->items(), 'key' ), 'text' => 'A "cat" [big]' ) )->get_data();
		self::assertSame( array( 'refused' ), array_column( $done['items'], 'outcome' ) );
		self::assertSame( "[et_pb_image src=\"$this->url\"][/et_pb_image]", $this->raw( $post, 'post_content' ) );
	}

	public function test_a_draft_of_beaver_builder_is_updated_with_the_page_it_becomes(): void {
		$post = $this->post( '_fl_builder_data', Built_Pages::beaver( $this->image, $this->url ) );
		$this->meta( $post, '_fl_builder_draft', Built_Pages::beaver( $this->image, $this->url, 'typed in the draft' ) );
		$open = array_values( array_filter( $this->items(), static fn( array $item ): bool => $item['can_change'] ) );
		self::assertSame( array( array( 'empty', '' ), array( 'custom', 'draft' ) ), array_map( static fn( array $item ): array => array( $item['state'], $item['version'] ), $open ) );
		$this->rest( 'POST', $this->route( 'apply' ), array( 'keys' => array_column( $open, 'key' ), 'text' => self::TEXT ) );
		self::assertStringContainsString( 'alt="' . self::TEXT . '"', unserialize( $this->raw( $post, '_fl_builder_data' ) )['text1']->settings->text ); // phpcs:ignore Generic.PHP.ForbiddenFunctions -- our own
		self::assertStringContainsString( 'alt="' . self::TEXT . '"', unserialize( $this->raw( $post, '_fl_builder_draft' ) )['text1']->settings->text ); // phpcs:ignore Generic.PHP.ForbiddenFunctions -- our own
	}

	public function test_finished_pages_are_made_again_when_the_librarys_text_changes(): void {
		$post = $this->post( '_elementor_data', Built_Pages::elementor( $this->image, $this->url ) );
		update_post_meta( $post, '_elementor_element_cache', '{"timeout":1,"value":"old page"}' );
		$told = array();
		add_action( 'altsmith_texts_changed', static function ( array $posts ) use ( &$told ): void {
			$told = array_merge( $told, $posts );
		} );
		update_post_meta( $this->image, '_wp_attachment_image_alt', 'Another text' );
		$this->end_of_request();
		self::assertSame( '', get_post_meta( $post, '_elementor_element_cache', true ) );
		self::assertSame( array( $post ), $told );
	}

	/** @dataProvider broken */
	public function test_data_that_cannot_be_read_is_named_and_never_called_unused( string $key, string $raw ): void {
		$raw  = str_replace( array( 'URL', 'ID' ), array( trim( (string) wp_json_encode( $this->url ), '"' ), (string) $this->image ), $raw );
		$post = $this->post( $key, $raw );
		$data = $this->rest( 'GET', $this->route() )->get_data();
		self::assertSame( 1, $data['unread']['count'] );
		self::assertSame( $post, $data['unread']['items'][0]['id'] );
		self::assertSame( array( 'unknown' ), array_column( $data['items'], 'state' ), 'its address is there' );
		self::assertSame( array( false ), array_column( $data['items'], 'can_change' ) );
		self::assertSame( $raw, $this->raw( $post, $key ) );
	}

	public static function broken(): array {
		return array(
			'JSON that is cut off'           => array( '_elementor_data', '[{"id":"a","settings":{"image":{"url":"URL","id":ID' ),
			'JSON with a raw line break'     => array( '_elementor_data', "[{\"image\":{\"url\":\"URL\",\"id\":ID},\"text\":\"one\ntwo\"}]" ),
			'a length that is wrong'         => array( '_fl_builder_data', 'a:1:{s:5:"photo";s:3:"URL";}' ),
			'a class that keeps its own form' => array( '_bricks_page_content_2', 'a:1:{i:0;C:11:"ArrayObject":21:{URL}}' ),
			'nesting without an end'         => array( '_elementor_data', '"URL"' ),
			'a builder that is not read'     => array( '_breakdance_data', '{"tree_json_string":"{\"image\":\"URL\"}"}' ),
		);
	}

	public function test_no_class_that_stored_data_names_is_made(): void {
		eval( 'namespace Altsmith\Tests\Placements; final class Trap { public $a = 1; public function __wakeup() { $GLOBALS["altsmith_woken"] = true; } public function __destruct() { $GLOBALS["altsmith_woken"] = true; } }' ); // phpcs:ignore Squiz.PHP.Eval -- a class of a foreign plugin
		$class = 'Altsmith\Tests\Placements\Trap';
		$post  = $this->post( '_bricks_page_content_2', 'a:2:{i:0;O:' . strlen( $class ) . ':"' . $class . '":1:{s:1:"a";i:1;}i:1;a:1:{s:8:"settings";a:2:{s:5:"image";a:2:{s:2:"id";i:' . $this->image . ';s:3:"url";s:' . strlen( $this->url ) . ':"' . $this->url . '";}s:7:"altText";s:3:"old";}}}' );
		$items = $this->items();
		self::assertSame( array( 'custom' ), array_column( $items, 'state' ) );
		$this->rest( 'POST', $this->route( 'apply' ), array( 'keys' => array_column( $items, 'key' ), 'text' => self::TEXT ) );
		self::assertStringContainsString( 's:' . strlen( self::TEXT ) . ':"' . self::TEXT . '";', $this->raw( $post, '_bricks_page_content_2' ) );
		self::assertArrayNotHasKey( 'altsmith_woken', $GLOBALS );
	}

	public function test_an_undo_leaves_another_picture_with_the_same_text_alone(): void {
		$post    = $this->post( '_bricks_page_content_2', Built_Pages::bricks( $this->image, $this->url, 'My own words' ) );
		$keys    = array_column( array_filter( $this->items(), static fn( array $item ): bool => $item['can_change'] ), 'key' );
		$applied = $this->rest( 'POST', $this->route( 'apply' ), array( 'keys' => $keys, 'text' => self::TEXT ) )->get_data();
		$other   = $this->upload();
		$theirs  = Built_Pages::bricks( $other, (string) wp_get_attachment_url( $other ), self::TEXT );
		$this->meta( $post, '_bricks_page_content_2', $theirs );
		$undone = $this->rest( 'POST', $this->route( 'undo' ), array( 'change_id' => $applied['change_id'] ) )->get_data();
		self::assertSame( array( 'changed' ), array_column( $undone['items'], 'outcome' ) );
		self::assertSame( $theirs, $this->raw( $post, '_bricks_page_content_2' ) );
	}

	public function test_a_text_that_bricks_would_run_is_refused(): void {
		update_post_meta( $this->image, '_wp_attachment_image_alt', '{echo:phpinfo}' );
		$before = Built_Pages::bricks( $this->image, $this->url, 'My own words' );
		$post   = $this->post( '_bricks_page_content_2', $before );
		$keys   = array_column( array_filter( $this->items(), static fn( array $item ): bool => $item['can_change'] ), 'key' );
		$done   = $this->rest( 'POST', $this->route( 'apply' ), array( 'keys' => $keys, 'text' => '{echo:phpinfo}' ) )->get_data();
		self::assertSame( array( 'refused' ), array_values( array_unique( array_column( $done['items'], 'outcome' ) ) ) );
		self::assertSame( $before, $this->raw( $post, '_bricks_page_content_2' ) );
	}

	public function test_what_somebody_saved_meanwhile_stays(): void {
		$post = $this->post( '_elementor_data', Built_Pages::elementor( $this->image, $this->url ) );
		$keys = array_column( array_filter( $this->items(), static fn( array $item ): bool => $item['can_change'] ), 'key' );
		$new  = Built_Pages::elementor( $this->image, $this->url, 'typed meanwhile', 'typed meanwhile' );
		$this->meta( $post, '_elementor_data', $new );
		$done = $this->rest( 'POST', $this->route( 'apply' ), array( 'keys' => $keys, 'text' => self::TEXT ) )->get_data();
		self::assertSame( array( 'changed' ), array_column( $done['items'], 'outcome' ) );
		self::assertSame( $new, $this->raw( $post, '_elementor_data' ) );
	}

	public function test_a_number_that_only_begins_like_it_is_another_picture(): void {
		$this->post( '_elementor_data', '[{"image":{"id":' . $this->image . '5,"url":""}},{"image":{"id":' . $this->image . '5,"url":"https://elsewhere.test/x.jpg"}}]' );
		self::assertSame( array(), $this->items() );
	}

	private function must_be_whole( string $builder, string $before, string $after ): void {
		if ( 'elementor' === $builder ) {
			$clean = static fn( string $json ): array => json_decode( str_replace( trim( (string) wp_json_encode( self::TEXT ), '"' ), '', $json ), true );
			self::assertSame( $clean( $before ), $clean( $after ) );
		} elseif ( in_array( $builder, array( 'beaver', 'bricks' ), true ) ) {
			self::assertIsArray( unserialize( $after ) ); // phpcs:ignore Generic.PHP.ForbiddenFunctions -- our own
		} elseif ( 'diviblocks' === $builder ) {
			self::assertSame( self::TEXT, parse_blocks( $after )[0]['innerBlocks'][0]['attrs']['image']['innerContent']['desktop']['value']['alt'] );
		}
	}

	/** A post with this in its content or in its meta, saved past every filter as builders do it. */
	private function post( string $key, string $raw ): int {
		global $wpdb;
		$id = wp_insert_post( wp_slash( array( 'post_title' => 'Built', 'post_type' => 'page', 'post_content' => 'post_content' === $key ? $raw : '', 'post_status' => 'publish' ) ), true );
		self::assertIsInt( $id );
		if ( 'post_content' === $key ) {
			self::assertSame( $raw, $this->raw( $id, $key ) );
		} else {
			$this->meta( $id, $key, $raw );
		}
		return $id;
	}

	private function meta( int $post, string $key, string $raw ): void {
		global $wpdb;
		$wpdb->delete( $wpdb->postmeta, array( 'post_id' => $post, 'meta_key' => $key ) );
		$wpdb->insert( $wpdb->postmeta, array( 'post_id' => $post, 'meta_key' => $key, 'meta_value' => $raw ) );
		wp_cache_delete( $post, 'post_meta' );
		do_action( 'updated_post_meta', 1, $post, $key, '' );
	}

	private function raw( int $post, string $key ): string {
		global $wpdb;
		return (string) ( 'post_content' === $key
			? $wpdb->get_var( $wpdb->prepare( "SELECT post_content FROM $wpdb->posts WHERE ID = %d", $post ) )
			: $wpdb->get_var( $wpdb->prepare( "SELECT meta_value FROM $wpdb->postmeta WHERE post_id = %d AND meta_key = %s", $post, $key ) ) );
	}

	private function end_of_request(): void {
		foreach ( $GLOBALS['wp_filter']['shutdown']->callbacks[5] ?? array() as $callback ) {
			call_user_func( $callback['function'] );
		}
	}

	/** @return array<int, array<string, mixed>> */
	private function items(): array {
		return $this->rest( 'GET', $this->route() )->get_data()['items'];
	}

	private function route( string $action = '' ): string {
		return "/altsmith/v1/attachments/$this->image/placements" . ( '' === $action ? '' : "/$action" );
	}
}
