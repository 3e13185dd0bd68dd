<?php
declare( strict_types=1 );

namespace Altsmith\Video;

use Altsmith\Placements\Placement_Scan;
use Altsmith\Placements\Placement_Table;
use Altsmith\Writeback\Provenance;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** What a video has besides its description: the text alternative that a person approved, and the poster they took. */
final class Video_Texts {
	/** The text alternative of WCAG 1.2.1, one scene a line. */
	public const ALTERNATIVE_KEY = '_altsmith_text_alternative';

	/** Marks an image that was made of a frame; its value is the video. */
	public const POSTER_OF_KEY = '_altsmith_poster_of';

	/**
	 * @param array<string, mixed> $values What the person approved.
	 * @return array<string, array{before: mixed, after: mixed}> What was changed, for the undo.
	 */
	public static function write( WP_Post $post, array $values ): array {
		$text   = (string) ( $values['text_alternative'] ?? '' );
		$before = (string) get_post_meta( $post->ID, self::ALTERNATIVE_KEY, true );
		// One that was approved stays when another description is, unless it was written for another video.
		$stays = '' === $text && ! isset( Provenance::latest( $post->ID )['picture_changed_before'] );
		if ( ! Video_File::is_one( $post ) || $stays || $text === $before ) {
			return array();
		}
		self::store( $post->ID, $text );
		return array( 'text_alternative' => array( 'before' => $before, 'after' => $text ) );
	}

	private static function store( int $attachment_id, string $text ): void {
		'' === $text ? delete_post_meta( $attachment_id, self::ALTERNATIVE_KEY ) : update_post_meta( $attachment_id, self::ALTERNATIVE_KEY, wp_slash( $text ) );
	}

	/** @param array<string, array{before: mixed, after: mixed}> $changed What was changed; something changed since stays. */
	public static function undo( int $attachment_id, array $changed ): void {
		$text = $changed['text_alternative'] ?? null;
		if ( is_array( $text ) && get_post_meta( $attachment_id, self::ALTERNATIVE_KEY, true ) === $text['after'] ) {
			self::store( $attachment_id, (string) $text['before'] );
		}
		if ( is_array( $changed['poster'] ?? null ) ) {
			self::undo_poster( $attachment_id, (int) $changed['poster']['after'] );
		}
	}

	/** The image goes as well, unless something else shows it by now. */
	private static function undo_poster( int $attachment_id, int $poster ): void {
		global $wpdb;
		if ( (int) get_post_thumbnail_id( $attachment_id ) === $poster ) {
			delete_post_thumbnail( $attachment_id );
		}
		$is_ours = (int) get_post_meta( $poster, self::POSTER_OF_KEY, true ) === $attachment_id;
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- one look, at an undo
		$uses    = (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM {$wpdb->postmeta} WHERE meta_key = '_thumbnail_id' AND meta_value = %s", (string) $poster ) );
		$url     = (string) wp_get_attachment_url( $poster );
		$name    = $wpdb->esc_like( (string) preg_replace( '/\.\w+$/', '', wp_basename( $url ) ) );
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- the same
		$shown   = '' === $name || 0 < (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM {$wpdb->posts} WHERE post_status <> 'trash' AND post_type NOT IN ( 'attachment', 'revision' ) AND post_content LIKE %s", '%' . $name . '%' ) );
		// Builders, galleries and widgets name it by its number: only an index that has been through everything knows.
		$is_known = Placement_Scan::state()['done'] && array() === ( new Placement_Table() )->count_posts( array( $poster ) );
		if ( $is_ours && 0 === $uses && ! $shown && $is_known ) {
			wp_delete_attachment( $poster, true );
		}
	}
}
