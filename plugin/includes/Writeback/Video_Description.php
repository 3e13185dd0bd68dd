<?php
declare( strict_types=1 );

namespace Altsmith\Writeback;

use WP_Post;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it
// phpcs:disable WordPress.DB.DirectDatabaseQuery -- wp_update_post() reads and then writes; between the two a person's text could be lost

/** Reads and changes the description of a video with a conditional statement, so that what was read is what is replaced. */
final class Video_Description {
	private function __construct( private readonly int $attachment_id, public readonly string $value ) {}

	/** As it is in the database now; no cache is asked. */
	public static function read( int $attachment_id ): self {
		global $wpdb;
		return new self( $attachment_id, (string) $wpdb->get_var( $wpdb->prepare( "SELECT post_content FROM {$wpdb->posts} WHERE ID = %d", $attachment_id ) ) );
	}

	public function text(): string {
		return $this->value;
	}

	/**
	 * Puts `$new` where this value was.
	 *
	 * @return bool False when the value is no longer the one that was read; nothing is changed then.
	 * @throws Database_Refusal When the database takes no such text, or nothing at all.
	 */
	public function replace( ?string $new ): bool {
		global $wpdb;
		$new = (string) $new;
		if ( $new === $this->value ) {
			return true;
		}
		if ( $wpdb->strip_invalid_text_for_column( $wpdb->posts, 'post_content', $new ) !== $new ) {
			throw Database_Refusal::of_character();
		}
		$before  = get_post( $this->attachment_id );
		$changed = $wpdb->query( $wpdb->prepare( "UPDATE {$wpdb->posts} SET post_content = %s, post_modified = %s, post_modified_gmt = %s WHERE ID = %d AND CAST( CONVERT( post_content USING utf8mb4 ) AS BINARY ) = CAST( CONVERT( %s USING utf8mb4 ) AS BINARY )", $new, current_time( 'mysql' ), current_time( 'mysql', true ), $this->attachment_id, $this->value ) );
		if ( false === $changed ) {
			throw Database_Refusal::of_query( (string) $wpdb->last_error );
		}
		clean_post_cache( $this->attachment_id );
		$after = get_post( $this->attachment_id );
		if ( 1 === $changed && $before instanceof WP_Post && $after instanceof WP_Post ) {
			do_action( 'edit_attachment', $this->attachment_id ); // phpcs:ignore WordPress.NamingConventions -- core's hook
			do_action( 'attachment_updated', $this->attachment_id, $after, $before ); // phpcs:ignore WordPress.NamingConventions -- core's hook
		}
		return 1 === $changed && self::read( $this->attachment_id )->value === $new;
	}
}
