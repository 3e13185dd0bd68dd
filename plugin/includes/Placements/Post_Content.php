<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Storage\Lock;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Replaces a post's content by one that was worked out from it. The only place that writes posts. */
final class Post_Content {
	public const WRITTEN  = 'updated';
	/** Somebody saved the post since it was read. */
	public const CHANGED  = 'changed';
	/** Somebody has the post open in an editor, whose next save would bring the old text back. */
	public const OPEN     = 'being_edited';
	/** WordPress or another plugin did not take it. */
	public const NOT_KEPT = 'not_kept';

	public function write( WP_Post $post, Rewrite $rewrite ): string {
		if ( $rewrite->before === $rewrite->after ) {
			return self::WRITTEN;
		}
		if ( self::is_open( $post->ID ) ) {
			return self::OPEN;
		}
		$lock = new Lock( 'post_' . $post->ID, 20 );
		if ( ! $lock->acquire_within( 2000 ) ) {
			return self::CHANGED;
		}
		try {
			return self::read( $post->ID ) === $rewrite->before ? $this->save( $post->ID, $rewrite->after ) : self::CHANGED;
		} finally {
			$lock->release();
		}
	}

	/**
	 * Whether an editor has the post open, also this very person's in another window: wp_check_post_lock() leaves those
	 * out, but their next save would bring the old text back all the same.
	 */
	public static function is_open( int $post_id ): bool {
		$time = (int) strtok( (string) get_post_meta( $post_id, '_edit_lock', true ), ':' );
		/** This filter is documented in wp-admin/includes/ajax-actions.php */
		$window = (int) apply_filters( 'wp_check_post_lock_window', 150 ); // phpcs:ignore WordPress.NamingConventions -- core's hook
		return $time > time() - $window;
	}

	/** As it is in the database now; no cache is asked. */
	public static function read( int $post_id ): string {
		clean_post_cache( $post_id );
		$post = get_post( $post_id );
		return $post instanceof WP_Post ? $post->post_content : '';
	}

	/**
	 * Through wp_update_post(), so that there is a revision and every cache hears of it. It takes slashes away, hence
	 * wp_slash(): without it `\u0022` in a block's settings becomes `u0022` and the block breaks.
	 */
	private function save( int $post_id, string $content ): string {
		// For people without unfiltered_html WordPress would filter the whole post again, and take out what somebody
		// with that right put there. Rewrite has shown that only alternative texts differ, and those are plain text. The
		// filter itself stays in place: what other plugins save meanwhile goes through it.
		$as_it_is = static function () use ( $content, &$as_it_is ): string {
			remove_filter( 'content_save_pre', $as_it_is, PHP_INT_MAX );
			return wp_slash( $content );
		};
		add_filter( 'content_save_pre', $as_it_is, PHP_INT_MAX );
		$dates = self::dates_of( $post_id );
		add_filter( 'wp_insert_post_data', $dates, PHP_INT_MAX, 2 );
		try {
			$saved = wp_update_post( wp_slash( array( 'ID' => $post_id, 'post_content' => $content ) ), true );
		} finally {
			remove_filter( 'content_save_pre', $as_it_is, PHP_INT_MAX );
			remove_filter( 'wp_insert_post_data', $dates, PHP_INT_MAX );
		}
		return ! is_wp_error( $saved ) && self::read( $post_id ) === $content ? self::WRITTEN : self::NOT_KEPT;
	}

	/** @return \Closure A filter that keeps the date of a post's last change: “Updated on” and sitemaps speak of what was written. */
	private static function dates_of( int $post_id ): \Closure {
		$kept = array();
		$post = get_post( $post_id );
		if ( $post instanceof WP_Post ) {
			$kept = array( 'post_modified' => $post->post_modified, 'post_modified_gmt' => $post->post_modified_gmt );
		}
		return static fn( mixed $data, mixed $given = array() ): mixed => is_array( $data ) && is_array( $given ) && $post_id === (int) ( $given['ID'] ?? 0 ) ? $kept + $data : $data;
	}
}
