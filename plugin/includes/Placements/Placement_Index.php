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

	public function __construct( private readonly Placement_Table $table, private readonly Place_Search $search ) {}

	public function register(): void {
		add_action( 'save_post', array( $this, 'post_saved' ), 20, 2 );
		add_action( 'deleted_post', array( $this, 'post_deleted' ) );
		// The featured image and what builders keep are set apart from the post.
		add_action( 'added_post_meta', array( $this, 'meta_changed' ), 10, 3 );
		add_action( 'updated_post_meta', array( $this, 'meta_changed' ), 10, 3 );
		add_action( 'deleted_post_meta', array( $this, 'meta_changed' ), 10, 3 );
		add_action( 'added_term_meta', array( $this, 'term_meta_changed' ), 10, 3 );
		add_action( 'updated_term_meta', array( $this, 'term_meta_changed' ), 10, 3 );
		add_action( 'deleted_term_meta', array( $this, 'term_meta_changed' ), 10, 3 );
		add_action( 'added_user_meta', array( $this, 'user_meta_changed' ), 10, 3 );
		add_action( 'updated_user_meta', array( $this, 'user_meta_changed' ), 10, 3 );
		add_action( 'deleted_user_meta', array( $this, 'user_meta_changed' ), 10, 3 );
		add_action( 'added_option', array( $this, 'option_changed' ) );
		add_action( 'updated_option', array( $this, 'option_changed' ) );
		add_action( 'deleted_option', array( $this, 'option_changed' ) );
		add_action( 'delete_term', array( $this, 'term_deleted' ) );
		add_action( 'deleted_user', array( $this, 'user_deleted' ) );
	}

	// Other plugins fire these hooks by hand, with less than WordPress does.
	public function post_saved( mixed $post_id = 0, mixed $post = null ): void {
		$post = $post instanceof WP_Post ? $post : get_post( (int) $post_id );
		if ( ! Schema::is_current() || ! $post instanceof WP_Post || in_array( $post->post_type, self::LEFT_OUT, true ) || wp_is_post_autosave( $post ) ) {
			return;
		}
		$this->read_post( $post );
	}

	public function post_deleted( mixed $post_id = 0 ): void {
		$post_id = (int) $post_id;
		if ( Schema::is_current() ) {
			$this->table->forget( new Owner( Owner::POST, $post_id ) );
			$this->table->forget_attachment( $post_id );
		}
	}

	public function term_deleted( mixed $term_id = 0 ): void {
		if ( Schema::is_current() ) {
			$this->table->forget( new Owner( Owner::TERM, (int) $term_id ) );
		}
	}

	public function user_deleted( mixed $user_id = 0 ): void {
		if ( Schema::is_current() ) {
			$this->table->forget( new Owner( Owner::USER, (int) $user_id ) );
		}
	}

	// `mixed`: deleted_post_meta sends a list of ids first, and other plugins fire these hooks by hand.
	public function meta_changed( mixed $meta_id = 0, mixed $post_id = 0, mixed $key = '' ): void {
		$post = $this->is_read( Owner::POST, $key ) && is_numeric( $post_id ) ? get_post( (int) $post_id ) : null;
		if ( $post instanceof WP_Post ) {
			$this->post_saved( $post->ID, $post );
		}
	}

	public function term_meta_changed( mixed $meta_id = 0, mixed $term_id = 0, mixed $key = '' ): void {
		if ( is_numeric( $term_id ) && $this->is_read( Owner::TERM, $key ) ) {
			$this->read( new Owner( Owner::TERM, (int) $term_id ) );
		}
	}

	public function user_meta_changed( mixed $meta_id = 0, mixed $user_id = 0, mixed $key = '' ): void {
		if ( is_numeric( $user_id ) && $this->is_read( Owner::USER, $key ) ) {
			$this->read( new Owner( Owner::USER, (int) $user_id ) );
		}
	}

	public function option_changed( mixed $name = '' ): void {
		if ( $this->is_read( Owner::SITE, $name ) ) {
			$this->read( new Owner( Owner::SITE, 0 ) );
		}
	}

	private function is_read( string $owner, mixed $key ): bool {
		return is_string( $key ) && Schema::is_current() && in_array( $key, $this->search->readers->keys( $owner ), true );
	}

	/** Reads one post and keeps what it shows. What lies in the trash shows nothing. */
	public function read_post( WP_Post $post ): void {
		$owner = new Owner( Owner::POST, $post->ID );
		if ( in_array( $post->post_status, array( 'trash', 'auto-draft', 'inherit' ), true ) ) {
			$this->table->forget( $owner );
			return;
		}
		$this->read( $owner );
	}

	/** Reads one owner and keeps what it shows. */
	public function read( Owner $owner ): void {
		$this->table->keep( $owner, $this->search->of( $owner )->numbers() );
	}

	/** @return string[] Kinds of posts the scan walks through, among them templates and variations of products, which have no screen. */
	public static function post_types(): array {
		return array_values( array_diff( array_keys( get_post_types() ), self::LEFT_OUT ) );
	}

	/** @return int[] Terms or users that have meta which is looked at, in order of their ids. */
	public function owners_with_meta( string $owner, int $after, int $limit ): array {
		global $wpdb;
		$keys = $this->search->readers->keys( $owner );
		if ( array() === $keys ) {
			return array();
		}
		$in                   = implode( ', ', array_fill( 0, count( $keys ), '%s' ) );
		list( $table, $column ) = Owner::TERM === $owner ? array( $wpdb->termmeta, 'term_id' ) : array( $wpdb->usermeta, 'user_id' );
		// phpcs:ignore WordPress.DB -- names of core's tables
		return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT $column FROM $table WHERE meta_key IN ( $in ) AND $column > %d ORDER BY $column LIMIT %d", array_merge( $keys, array( $after, $limit ) ) ) ) );
	}
}
