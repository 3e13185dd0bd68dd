<?php
declare( strict_types=1 );

namespace Altsmith\Writeback;

defined( 'ABSPATH' ) || exit;

/**
 * Where an attachment's texts came from: one entry for each write of ours, the newest last, each with what was there before.
 *
 * An entry: suggestion_id, version, model {id, precision, demonstration}, by {id, name}, at (RFC 3339), before (null: there
 * was no row), after, decorative_before, decorative_after, picture_changed_before (where it had), texts (title, description, keywords: each before and after).
 */
final class Provenance {
	public const KEY            = '_altsmith_provenance';
	public const DECORATIVE_KEY = '_altsmith_decorative';

	/** When the picture changed after its text had been approved; no row when it did not. */
	public const CHANGED_KEY    = '_altsmith_picture_changed';

	/** Older entries are dropped; undo goes back this many steps. */
	private const MAX_ENTRIES = 20;

	/** @return array<int, array<string, mixed>> */
	public static function all( int $attachment_id ): array {
		$stored = get_post_meta( $attachment_id, self::KEY, true );
		return is_array( $stored ) ? array_values( array_filter( $stored, 'is_array' ) ) : array();
	}

	/** @return array<string, mixed>|null */
	public static function latest( int $attachment_id ): ?array {
		$all = self::all( $attachment_id );
		return array() === $all ? null : $all[ count( $all ) - 1 ];
	}

	/** @param array<string, mixed> $entry */
	public static function push( int $attachment_id, array $entry ): void {
		$all   = self::all( $attachment_id );
		$all[] = $entry;
		// Post meta functions take slashes away: without wp_slash() a backslash in a text would be lost.
		update_post_meta( $attachment_id, self::KEY, wp_slash( array_slice( $all, -self::MAX_ENTRIES ) ) );
	}

	/** @param array<string, mixed> $entry The latest one, with more in it. */
	public static function replace_latest( int $attachment_id, array $entry ): void {
		$all = self::all( $attachment_id );
		array_pop( $all );
		$all[] = $entry;
		update_post_meta( $attachment_id, self::KEY, wp_slash( $all ) );
	}

	/** Removes the latest entry, after its text was undone. */
	public static function drop_latest( int $attachment_id ): void {
		$all = array_slice( self::all( $attachment_id ), 0, -1 );
		if ( array() === $all ) {
			delete_post_meta( $attachment_id, self::KEY );
			return;
		}
		update_post_meta( $attachment_id, self::KEY, wp_slash( $all ) );
	}

	public static function is_decorative( int $attachment_id ): bool {
		return '1' === get_post_meta( $attachment_id, self::DECORATIVE_KEY, true );
	}

	/** Whether the latest text of ours was approved for another picture than the attachment shows now. */
	public static function picture_changed( int $attachment_id ): bool {
		return '' !== (string) get_post_meta( $attachment_id, self::CHANGED_KEY, true );
	}

	/** @param string $since RFC 3339; '' for a picture that is the one its text was approved for. */
	public static function set_picture_changed( int $attachment_id, string $since ): void {
		if ( '' === $since ) {
			delete_post_meta( $attachment_id, self::CHANGED_KEY );
		} else {
			update_post_meta( $attachment_id, self::CHANGED_KEY, $since );
		}
	}

	/** Sets or removes the mark. */
	public static function set_decorative( int $attachment_id, bool $decorative ): void {
		if ( $decorative ) {
			update_post_meta( $attachment_id, self::DECORATIVE_KEY, '1' );
		} else {
			delete_post_meta( $attachment_id, self::DECORATIVE_KEY );
		}
	}
}
