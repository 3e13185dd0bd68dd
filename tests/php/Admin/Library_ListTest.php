<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Admin;

use Altsmith\Tests\Support\Sidecar_Test_Case;
use WP_Query;

/** The media library's list, as its screen draws it. */
final class Library_ListTest extends Sidecar_Test_Case {
	public function test_its_lines_ask_for_their_requests_with_one_query(): void {
		$this->needs_wp_admin();
		$ids = array( $this->suggested()->attachment_id, $this->photo(), $this->photo() );
		$this->become( 'admin' );
		set_current_screen( 'upload' );
		$asked = 0;
		$count = static function ( string $query ) use ( &$asked ): string {
			$asked += (int) str_contains( $query, 'FROM ' . $GLOBALS['table_prefix'] . 'altsmith_requests' );
			return $query;
		};
		add_filter( 'query', $count );
		$labels = array();
		foreach ( ( new WP_Query( array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'post__in' => $ids, 'orderby' => 'post__in' ) ) )->posts as $post ) {
			$labels[] = wp_strip_all_tags( apply_filters( 'media_row_actions', array(), $post, true )['altsmith'] );
			ob_start();
			do_action( 'manage_media_custom_column', 'altsmith', $post->ID );
			self::assertStringContainsString( 'data-altsmith-status', (string) ob_get_clean() );
		}
		remove_filter( 'query', $count );
		set_current_screen( 'front' );
		self::assertSame( array( 'Review alt text', 'Suggest alt text', 'Suggest alt text' ), $labels );
		self::assertSame( 1, $asked );
	}
	public function test_a_long_list_of_another_plugin_is_not_read_ahead(): void {
		$this->needs_wp_admin();
		$post  = get_post( $this->photo() );
		$query = new WP_Query( array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'post__in' => array( $post->ID ) ) );
		set_current_screen( 'upload' );
		$before = $GLOBALS['wpdb']->num_queries;
		apply_filters_ref_array( 'the_posts', array( array_fill( 0, 201, $post ), $query ) );
		$asked = $GLOBALS['wpdb']->num_queries - $before;
		set_current_screen( 'front' );
		self::assertSame( 0, $asked );
	}
}
