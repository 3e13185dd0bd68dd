<?php
declare( strict_types=1 );

namespace Altsmith\Writeback;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it
// phpcs:disable WordPress.DB.DirectDatabaseQuery -- update_post_meta() reads, decides and then writes; between the two a person's text could be lost

/**
 * Reads and changes the alt text's meta row with conditional statements, so that what was read is what is replaced.
 *
 * "No row" and "an empty row" look the same to people but are kept apart, because an undo gives back exactly what was there.
 */
final class Alt_Text_Meta {
	public const KEY = '_wp_attachment_image_alt';

	private function __construct( private readonly int $attachment_id, private readonly int $meta_id, public readonly ?string $value ) {}

	/** As it is in the database now; no cache is asked. */
	public static function read( int $attachment_id ): self {
		global $wpdb;
		$row = $wpdb->get_row( $wpdb->prepare( "SELECT meta_id, meta_value FROM {$wpdb->postmeta} WHERE post_id = %d AND meta_key = %s ORDER BY meta_id LIMIT 1", $attachment_id, self::KEY ), ARRAY_A );
		return is_array( $row ) ? new self( $attachment_id, (int) $row['meta_id'], (string) $row['meta_value'] ) : new self( $attachment_id, 0, null );
	}

	/**
	 * For lists: one query for all of them.
	 *
	 * @param int[] $attachment_ids
	 * @return array<int, string> As people read them; no entry where there is none.
	 */
	public static function texts_of( array $attachment_ids ): array {
		global $wpdb;
		if ( array() === $attachment_ids ) {
			return array();
		}
		$marks = implode( ', ', array_fill( 0, count( $attachment_ids ), '%d' ) );
		$texts = array();
		// phpcs:ignore WordPress.DB.PreparedSQLPlaceholders, WordPress.DB.PreparedSQL -- one %d for each id; of several rows the first counts, as in read()
		foreach ( (array) $wpdb->get_results( $wpdb->prepare( "SELECT post_id, meta_id, meta_value FROM {$wpdb->postmeta} WHERE post_id IN ($marks) AND meta_key = %s ORDER BY meta_id DESC", array_merge( $attachment_ids, array( self::KEY ) ) ), ARRAY_A ) as $row ) {
			$texts[ (int) $row['post_id'] ] = ( new self( (int) $row['post_id'], (int) $row['meta_id'], (string) $row['meta_value'] ) )->text();
		}
		return $texts;
	}

	/** As people read it. A text that looks like serialised PHP is kept serialised once more, as WordPress itself does. */
	public function text(): string {
		$value = $this->value ?? '';
		if ( ! is_serialized_string( $value ) ) {
			return $value;
		}
		$text = maybe_unserialize( $value );
		return is_string( $text ) ? $text : $value;
	}

	/**
	 * Puts `$new` where this value was. Null removes the row.
	 *
	 * @return bool False when the value is no longer the one that was read; nothing is changed then.
	 * @throws Database_Refusal When the database takes no such text, or nothing at all.
	 */
	public function replace( ?string $new ): bool {
		if ( $new === $this->value ) {
			return true;
		}
		if ( null !== $new && ! self::can_hold( $new ) ) {
			throw Database_Refusal::of_character();
		}
		$done = match ( true ) {
			null === $this->value => $this->insert( (string) $new ),
			null === $new         => $this->delete(),
			default               => $this->update( $new ),
		};
		wp_cache_delete( $this->attachment_id, 'post_meta' );
		return $done && self::read( $this->attachment_id )->value === $new;
	}

	/** Whether the column can hold every character of a text; old tables know no characters of four bytes. */
	public static function can_hold( string $text ): bool {
		global $wpdb;
		return $wpdb->strip_invalid_text_for_column( $wpdb->postmeta, 'meta_value', $text ) === $text;
	}

	/** @param int|bool $changed What $wpdb->query() gave. @throws Database_Refusal */
	private static function must_have_run( int|bool $changed ): void {
		global $wpdb;
		if ( false === $changed ) {
			throw Database_Refusal::of_query( (string) $wpdb->last_error );
		}
	}

	private function update( string $new ): bool {
		global $wpdb;
		do_action( 'update_post_meta', $this->meta_id, $this->attachment_id, self::KEY, $new ); // phpcs:ignore WordPress.NamingConventions -- core's hook
		do_action( 'update_postmeta', $this->meta_id, $this->attachment_id, self::KEY, $new ); // phpcs:ignore WordPress.NamingConventions -- core's hook of old, to which WPML listens
		$changed = $wpdb->query( $wpdb->prepare( "UPDATE {$wpdb->postmeta} SET meta_value = %s WHERE meta_id = %d AND CAST( CONVERT( meta_value USING utf8mb4 ) AS BINARY ) = CAST( CONVERT( %s USING utf8mb4 ) AS BINARY )", $new, $this->meta_id, (string) $this->value ) );
		self::must_have_run( $changed );
		if ( 1 === $changed ) {
			wp_cache_delete( $this->attachment_id, 'post_meta' );
			do_action( 'updated_post_meta', $this->meta_id, $this->attachment_id, self::KEY, $new ); // phpcs:ignore WordPress.NamingConventions -- core's hook
			do_action( 'updated_postmeta', $this->meta_id, $this->attachment_id, self::KEY, $new ); // phpcs:ignore WordPress.NamingConventions -- core's hook of old
		}
		return 1 === $changed;
	}

	private function delete(): bool {
		global $wpdb;
		$changed = $wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->postmeta} WHERE meta_id = %d AND CAST( CONVERT( meta_value USING utf8mb4 ) AS BINARY ) = CAST( CONVERT( %s USING utf8mb4 ) AS BINARY )", $this->meta_id, (string) $this->value ) );
		self::must_have_run( $changed );
		if ( 1 === $changed ) {
			wp_cache_delete( $this->attachment_id, 'post_meta' );
			do_action( 'deleted_post_meta', array( $this->meta_id ), $this->attachment_id, self::KEY, $this->value ); // phpcs:ignore WordPress.NamingConventions -- core's hook
			do_action( 'deleted_postmeta', array( $this->meta_id ) ); // phpcs:ignore WordPress.NamingConventions -- core's hook of old
		}
		return 1 === $changed;
	}

	/** The table has no unique key on (post, key): if somebody else's row came in between, ours is taken back. */
	private function insert( string $new ): bool {
		global $wpdb;
		do_action( 'add_post_meta', $this->attachment_id, self::KEY, $new ); // phpcs:ignore WordPress.NamingConventions -- core's hook
		self::must_have_run( $wpdb->insert( $wpdb->postmeta, array( 'post_id' => $this->attachment_id, 'meta_key' => self::KEY, 'meta_value' => $new ) ) ); // phpcs:ignore WordPress.DB.SlowDBQuery -- an insert
		$mine = (int) $wpdb->insert_id;
		$rows = (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM {$wpdb->postmeta} WHERE post_id = %d AND meta_key = %s", $this->attachment_id, self::KEY ) );
		if ( 0 === $mine || 1 !== $rows ) {
			$wpdb->delete( $wpdb->postmeta, array( 'meta_id' => $mine ) );
			return false;
		}
		wp_cache_delete( $this->attachment_id, 'post_meta' );
		do_action( 'added_post_meta', $mine, $this->attachment_id, self::KEY, $new ); // phpcs:ignore WordPress.NamingConventions -- core's hook
		return true;
	}
}
