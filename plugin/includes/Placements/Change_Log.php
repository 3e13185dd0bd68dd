<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/**
 * What was changed in posts for an attachment, with the very bytes that were there, so that it can be taken back.
 *
 * An entry: id, at (RFC 3339), by {id, name}, text, posts: list of {post_id, edits: list of {index, before, after}}.
 */
final class Change_Log {
	public const KEY = '_altsmith_placement_changes';

	private const MAX_ENTRIES = 10;

	/** @return array<int, array<string, mixed>> Oldest first. */
	public function all( int $attachment_id ): array {
		$stored = get_post_meta( $attachment_id, self::KEY, true );
		return is_array( $stored ) ? array_values( array_filter( $stored, 'is_array' ) ) : array();
	}

	/** @return array<string, mixed>|null */
	public function find( int $attachment_id, string $id ): ?array {
		foreach ( $this->all( $attachment_id ) as $entry ) {
			if ( $id === ( $entry['id'] ?? '' ) ) {
				return $entry;
			}
		}
		return null;
	}

	/**
	 * Written before the posts are: a process that dies between leaves an entry whose undo finds nothing to do, never a
	 * change that nobody can take back.
	 *
	 * @param array<string, mixed> $entry
	 */
	public function keep( int $attachment_id, array $entry ): void {
		$others = array_filter( $this->all( $attachment_id ), static fn( array $one ): bool => ( $one['id'] ?? '' ) !== $entry['id'] );
		$all    = array_slice( array_merge( array_values( $others ), array( $entry ) ), -self::MAX_ENTRIES );
		update_post_meta( $attachment_id, self::KEY, wp_slash( $all ) );
	}

	public function drop( int $attachment_id, string $id ): void {
		$left = array_values( array_filter( $this->all( $attachment_id ), static fn( array $one ): bool => ( $one['id'] ?? '' ) !== $id ) );
		if ( array() === $left ) {
			delete_post_meta( $attachment_id, self::KEY );
		} else {
			update_post_meta( $attachment_id, self::KEY, wp_slash( $left ) );
		}
	}

	/** @return array<int, array<string, mixed>> What a screen shows of it, newest first. */
	public function summary( int $attachment_id ): array {
		return array_map(
			static fn( array $entry ): array => array(
				'id'    => (string) $entry['id'],
				'at'    => (string) $entry['at'],
				'by'    => (string) ( $entry['by']['name'] ?? '' ),
				'text'  => (string) $entry['text'],
				'posts' => count( (array) $entry['posts'] ),
			),
			array_reverse( $this->all( $attachment_id ) )
		);
	}
}
