<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Storage\Lock;

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
		$this->change(
			$attachment_id,
			static function ( array $all ) use ( $entry ): array {
				$others = array_filter( $all, static fn( array $one ): bool => ( $one['id'] ?? '' ) !== $entry['id'] );
				return array_slice( array_merge( array_values( $others ), array( $entry ) ), -self::MAX_ENTRIES );
			}
		);
	}

	public function drop( int $attachment_id, string $id ): void {
		$this->change( $attachment_id, static fn( array $all ): array => array_values( array_filter( $all, static fn( array $one ): bool => ( $one['id'] ?? '' ) !== $id ) ) );
	}

	/**
	 * One after the other: of two people who change places of one image at the same moment, neither loses the way back.
	 *
	 * @param callable(array<int, array<string, mixed>>): array<int, array<string, mixed>> $change
	 */
	private function change( int $attachment_id, callable $change ): void {
		$lock = new Lock( 'changes_' . $attachment_id, 20 );
		// Without the lock after all that time its holder is dead; the entry matters more than the order.
		$lock->acquire_within( 3000 );
		wp_cache_delete( $attachment_id, 'post_meta' );
		$left = $change( $this->all( $attachment_id ) );
		if ( array() === $left ) {
			delete_post_meta( $attachment_id, self::KEY );
		} else {
			update_post_meta( $attachment_id, self::KEY, wp_slash( $left ) );
		}
		$lock->release();
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
