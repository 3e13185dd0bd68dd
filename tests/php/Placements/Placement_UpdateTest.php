<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Placements;

use Altsmith\Tests\Support\Wp_Test_Case;
use Altsmith\Writeback\Provenance;

/** Over REST, as the screens do it. */
final class Placement_UpdateTest extends Wp_Test_Case {
	private int $image;

	protected function setUp(): void {
		parent::setUp();
		$this->become( 'admin' );
		$this->image = $this->upload();
		update_post_meta( $this->image, '_wp_attachment_image_alt', 'A cat on a sofa' );
		update_post_meta( $this->image, '_altsmith_provenance', array( array( 'suggestion_id' => 's1', 'version' => 2, 'before' => 'cat', 'after' => 'A cat on a sofa', 'decorative_after' => false ) ) );
	}

	public function test_the_list_tells_the_places_apart_and_ticks_only_what_nobody_wrote(): void {
		$this->post( $this->block( '' ) . $this->block( 'cat' ) . $this->block( 'My own words' ) . $this->block( 'A cat on a sofa' ) . $this->decorative_block() . '<a href="/x">' . $this->tag( '' ) . '</a>' );
		$items = $this->items();
		self::assertSame( array( 'empty', 'old_value', 'custom', 'current', 'decorative', 'linked' ), array_column( $items, 'state' ) );
		self::assertSame( array( true, true, false, false, false, false ), array_column( $items, 'ticked' ) );
		self::assertSame( array( true, true, true, false, false, true ), array_column( $items, 'can_change' ) );
	}

	public function test_what_a_person_ticked_is_rewritten_and_nothing_else(): void {
		global $wpdb;
		$content = $this->block( '' ) . $this->block( 'My own words' ) . '<!-- wp:paragraph {"style":{"a":{}},"content":"\u003cb\u003e"} --><p>C:\\temp &amp; "x"</p><!-- /wp:paragraph -->';
		$post    = $this->post( $content );
		$wpdb->update( $wpdb->posts, array( 'post_modified' => '2020-01-02 04:04:05', 'post_modified_gmt' => '2020-01-02 03:04:05' ), array( 'ID' => $post ) );
		clean_post_cache( $post );
		$answer  = $this->apply( array( $this->items()[0]['key'] ) );
		self::assertSame( 200, $answer->get_status() );
		self::assertSame( 'updated', $answer->get_data()['items'][0]['outcome'] );
		self::assertSame( $this->block( 'A cat on a sofa' ) . substr( $content, strlen( $this->block( '' ) ) ), get_post( $post )->post_content );
		self::assertSame( array( '2020-01-02 04:04:05', '2020-01-02 03:04:05' ), array( get_post( $post )->post_modified, get_post( $post )->post_modified_gmt ) );
		wp_update_post( array( 'ID' => $post, 'post_title' => 'Changed by hand' ) );
		self::assertNotSame( '2020-01-02 04:04:05', get_post( $post )->post_modified );
	}

	public function test_a_preview_changes_nothing_and_shows_the_bytes(): void {
		$post   = $this->post( $this->block( '' ) );
		$answer = $this->rest( 'POST', $this->route( 'preview' ), array( 'keys' => array_column( $this->items(), 'key' ), 'text' => 'Not approved yet' ) );
		$change = $answer->get_data()['items'][0]['changes'][0];
		self::assertStringContainsString( 'alt=""', $change['before'] );
		self::assertStringContainsString( 'alt="Not approved yet"', $change['after'] );
		self::assertSame( $this->block( '' ), get_post( $post )->post_content );
	}

	public function test_undo_gives_every_post_back_byte_for_byte(): void {
		$first  = $this->post( "<p>é \\</p><img class='wp-image-{$this->image}' alt='' src='" . wp_get_attachment_url( $this->image ) . "'>" );
		$second = $this->post( $this->block( 'cat' ) . $this->block( '' ) );
		$before = array( get_post( $first )->post_content, get_post( $second )->post_content );
		$change = $this->apply( array_column( $this->items(), 'key' ) )->get_data()['change_id'];
		self::assertStringContainsString( 'A cat on a sofa', get_post( $first )->post_content );
		self::assertSame( array( 'current', 'current', 'current' ), array_column( $this->items(), 'state' ) );
		$answer = $this->rest( 'POST', $this->route( 'undo' ), array( 'change_id' => $change ) );
		self::assertSame( array( 'updated', 'updated' ), array_column( $answer->get_data()['items'], 'outcome' ) );
		self::assertSame( $before, array( get_post( $first )->post_content, get_post( $second )->post_content ) );
		self::assertSame( 404, $this->rest( 'POST', $this->route( 'undo' ), array( 'change_id' => $change ) )->get_status(), 'once is enough' );
	}

	public function test_a_text_that_changed_after_the_list_was_drawn_is_not_written(): void {
		$post = $this->post( $this->block( '' ) );
		$keys = array_column( $this->items(), 'key' );
		update_post_meta( $this->image, '_wp_attachment_image_alt', 'Somebody was faster' );
		self::assertSame( 409, $this->apply( $keys )->get_status() );
		self::assertSame( $this->block( '' ), get_post( $post )->post_content );
	}

	public function test_a_text_of_a_picture_that_has_changed_since_is_spread_no_further(): void {
		$post = $this->post( $this->block( '' ) );
		$keys = array_column( $this->items(), 'key' );
		Provenance::set_picture_changed( $this->image, '2026-01-02T03:04:05Z' );
		self::assertSame( 409, $this->apply( $keys )->get_status() );
		self::assertSame( $this->block( '' ), get_post( $post )->post_content );
		update_post_meta( $this->image, '_wp_attachment_image_alt', 'What a person wrote since' );
		self::assertSame( 200, $this->rest( 'POST', $this->route( 'apply' ), array( 'keys' => $keys, 'text' => 'What a person wrote since' ) )->get_status() );
	}

	public function test_a_picture_that_was_given_a_text_meanwhile_keeps_it(): void {
		$post = $this->post( $this->block( '' ) );
		$keys = array_column( $this->items(), 'key' );
		wp_update_post( wp_slash( array( 'ID' => $post, 'post_content' => $this->block( 'Written by hand' ) ) ) );
		$answer = $this->apply( $keys )->get_data();
		self::assertSame( 'changed', $answer['items'][0]['outcome'] );
		self::assertSame( '', $answer['change_id'] );
		self::assertSame( $this->block( 'Written by hand' ), get_post( $post )->post_content );
	}

	public function test_a_post_that_somebody_has_open_is_left_to_them(): void {
		$post = $this->post( $this->block( '' ) );
		$keys = array_column( $this->items(), 'key' );
		update_post_meta( $post, '_edit_lock', time() . ':' . get_user_by( 'login', 'editor' )->ID );
		self::assertSame( 'being_edited', $this->apply( $keys )->get_data()['items'][0]['outcome'] );
		update_post_meta( $post, '_edit_lock', time() . ':' . get_user_by( 'login', 'admin' )->ID );
		self::assertSame( 'being_edited', $this->apply( $keys )->get_data()['items'][0]['outcome'], 'also in another window of their own' );
		self::assertSame( $this->block( '' ), get_post( $post )->post_content );
		update_post_meta( $post, '_edit_lock', ( time() - 200 ) . ':1' );
		self::assertSame( 'updated', $this->apply( $keys )->get_data()['items'][0]['outcome'], 'an editor that was left long ago' );
	}

	public function test_other_peoples_posts_are_neither_shown_nor_changed(): void {
		$mine = (int) wp_update_post( array( 'ID' => $this->image, 'post_author' => get_user_by( 'login', 'author' )->ID ) );
		$post = $this->post( $this->block( '' ) );
		$keys = array_column( $this->items(), 'key' );
		$list = $this->rest( 'GET', $this->route(), array(), 'author' )->get_data();
		self::assertSame( array(), $list['items'] );
		self::assertSame( 1, $list['hidden'] );
		$answer = $this->apply( $keys, 'author' )->get_data();
		self::assertSame( 'not_allowed', $answer['items'][0]['outcome'] );
		self::assertNull( $answer['items'][0]['post'] );
		self::assertSame( $this->block( '' ), get_post( $post )->post_content );
		self::assertSame( $this->image, $mine );
	}

	/** @dataProvider people_without_the_right */
	public function test_people_who_may_not_edit_the_image_get_nothing( string $who ): void {
		$this->post( $this->block( '' ) );
		$keys = array_column( $this->items(), 'key' );
		foreach ( array( array( 'GET', '', array() ), array( 'POST', 'preview', array( 'keys' => $keys ) ), array( 'POST', 'apply', array( 'keys' => $keys, 'text' => 'A cat on a sofa' ) ), array( 'POST', 'undo', array( 'change_id' => wp_generate_uuid4() ) ) ) as list( $method, $route, $body ) ) {
			self::assertSame( '' === $who ? 401 : 404, $this->rest( $method, $this->route( $route ), $body, $who )->get_status(), $route );
		}
	}

	/** @return array<string, array{0: string}> */
	public static function people_without_the_right(): array {
		return array( 'a visitor' => array( '' ), 'a subscriber' => array( 'subscriber' ), 'an author who does not own it' => array( 'author' ) );
	}

	public function test_what_an_administrator_embedded_survives_an_editor_without_that_right(): void {
		$post = $this->post( $this->block( '' ) . '<!-- wp:html --><script>var kept = 1;</script><!-- /wp:html -->' );
		$keys = array_column( $this->items(), 'key' );
		$deny = static fn( array $caps, string $cap ): array => 'unfiltered_html' === $cap ? array( 'do_not_allow' ) : $caps;
		add_filter( 'map_meta_cap', $deny, 10, 2 );
		$this->become( 'editor' );
		kses_init_filters();
		$outcome = $this->apply( $keys, 'editor' )->get_data()['items'][0]['outcome'];
		self::assertNotFalse( has_filter( 'content_save_pre', 'wp_filter_post_kses' ), 'the filters are back' );
		kses_remove_filters();
		remove_filter( 'map_meta_cap', $deny );
		self::assertSame( 'updated', $outcome );
		self::assertStringContainsString( '<script>var kept = 1;</script>', get_post( $post )->post_content );
		self::assertStringContainsString( 'A cat on a sofa', get_post( $post )->post_content );
	}

	public function test_a_builders_page_is_named_and_left_alone(): void {
		$post = $this->post( $this->block( '' ) );
		update_post_meta( $post, '_elementor_edit_mode', 'builder' );
		$item = $this->items()[0];
		self::assertSame( array( 'builder', 'Elementor', false ), array( $item['locked'], $item['builder'], $item['can_change'] ) );
		self::assertSame( 'refused', $this->apply( array( $item['key'] ) )->get_data()['items'][0]['outcome'] );
	}

	public function test_malformed_keys_are_refused_at_the_door(): void {
		self::assertSame( 400, $this->apply( array( '1-2' ) )->get_status() );
		self::assertSame( 400, $this->apply( array() )->get_status() );
	}

	/** @return array<int, array<string, mixed>> */
	private function items(): array {
		return $this->rest( 'GET', $this->route() )->get_data()['items'];
	}

	/** @param string[] $keys */
	private function apply( array $keys, string $as = 'admin' ): \WP_REST_Response {
		return $this->rest( 'POST', $this->route( 'apply' ), array( 'keys' => $keys, 'text' => 'A cat on a sofa' ), $as );
	}

	private function route( string $end = '' ): string {
		return rtrim( "/altsmith/v1/attachments/{$this->image}/placements/$end", '/' );
	}

	private function post( string $content ): int {
		$id = wp_insert_post( wp_slash( array( 'post_title' => 'A post', 'post_content' => $content, 'post_status' => 'publish', 'post_author' => 1 ) ), true );
		self::assertIsInt( $id );
		return $id;
	}

	private function tag( string $alt ): string {
		return sprintf( '<img src="%s" alt="%s" class="wp-image-%d"/>', wp_get_attachment_url( $this->image ), $alt, $this->image );
	}

	private function block( string $alt ): string {
		return sprintf( '<!-- wp:image {"id":%d} --><figure class="wp-block-image">%s</figure><!-- /wp:image -->', $this->image, $this->tag( $alt ) );
	}

	private function decorative_block(): string {
		return str_replace( array( '"id"', '/>' ), array( '"isDecorative":true,"id"', ' role="none"/>' ), $this->block( '' ) );
	}
}
