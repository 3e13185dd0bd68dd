<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Storage\Schema;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Keeps the table of placements true while people write. Posts from before the plugin are found by Placement_Scan. */
final class Placement_Index {
	/** Kinds of posts whose content is no page, or is a copy of another post's. */
	private const LEFT_OUT = array( 'attachment', 'revision', 'nav_menu_item', 'customize_changeset', 'oembed_cache', 'custom_css', 'user_request' );

	public function __construct(
		private readonly Placement_Table $table,
		private readonly Content_Scanner $scanner,
		private readonly Attachment_Check $check,
	) {}

	public function register(): void {
		add_action( 'save_post', array( $this, 'post_saved' ), 20, 2 );
		add_action( 'deleted_post', array( $this, 'post_deleted' ) );
		// The featured image is set apart from the post, by the editor as well as by wp_set_post_thumbnail().
		add_action( 'added_post_meta', array( $this, 'meta_changed' ), 10, 3 );
		add_action( 'updated_post_meta', array( $this, 'meta_changed' ), 10, 3 );
		add_action( 'deleted_post_meta', array( $this, 'meta_changed' ), 10, 3 );
	}

	// Other plugins fire these hooks by hand, with less than WordPress does.
	public function post_saved( mixed $post_id = 0, mixed $post = null ): void {
		$post = $post instanceof WP_Post ? $post : get_post( (int) $post_id );
		if ( ! Schema::exists() || ! $post instanceof WP_Post || in_array( $post->post_type, self::LEFT_OUT, true ) || wp_is_post_autosave( $post ) ) {
			return;
		}
		$this->read_post( $post );
	}

	public function post_deleted( mixed $post_id = 0 ): void {
		$post_id = (int) $post_id;
		if ( Schema::exists() ) {
			$this->table->forget_post( $post_id );
			$this->table->forget_attachment( $post_id );
		}
	}

	// `mixed`: deleted_post_meta sends a list of ids first, and other plugins fire these hooks by hand.
	public function meta_changed( mixed $meta_id = 0, mixed $post_id = 0, mixed $key = '' ): void {
		$post = '_thumbnail_id' === $key && is_numeric( $post_id ) ? get_post( (int) $post_id ) : null;
		if ( $post instanceof WP_Post ) {
			$this->post_saved( $post->ID, $post );
		}
	}

	/** Reads one post and keeps what it shows. What lies in the trash shows nothing. */
	public function read_post( WP_Post $post ): void {
		if ( in_array( $post->post_status, array( 'trash', 'auto-draft', 'inherit' ), true ) ) {
			$this->table->forget_post( $post->ID );
			return;
		}
		$images = $this->check->own( $this->scanner->scan( $post->post_content ) );
		$this->table->keep(
			$post->ID,
			array_map( static fn( Found_Image $image ): int => $image->attachment_id, $images ),
			(int) get_post_meta( $post->ID, '_thumbnail_id', true )
		);
	}

	/** @return string[] Kinds of posts the scan walks through. */
	public static function post_types(): array {
		return array_values( array_diff( array_keys( get_post_types( array( 'show_ui' => true ) ) ), self::LEFT_OUT ) );
	}
}
