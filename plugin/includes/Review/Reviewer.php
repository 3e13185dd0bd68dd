<?php
declare( strict_types=1 );

namespace Altsmith\Review;

use Altsmith\Storage\Lock;
use Altsmith\Text\Utf8;

defined( 'ABSPATH' ) || exit;

/** What one person has chosen for the review screen, and the images they passed on to somebody else. */
final class Reviewer {
	/** Of a user: array{shortcuts?: array{on: bool, keys: array<string, string>}}. */
	public const USER_KEY = 'altsmith_review';
	/** Of a user on one site of a network: attachments. */
	public const PASSED_OPTION = 'altsmith_passed_on';
	/** Of an attachment: one row for each person who passed it on, with their id. */
	public const PASSED_KEY = '_altsmith_passed_on';

	/** What a letter can do; the screen knows the letters to begin with. */
	public const GESTURES = array( 'next', 'previous', 'approve', 'edit', 'reject', 'decorative', 'pass', 'undo', 'help' );

	/** Images of one person that they passed on; older ones come back. */
	private const MAX_PASSED = 500;

	public function __construct( private readonly int $user_id ) {}

	/** @return array{on: bool, keys: array<string, string>} Keys that the person changed; the others are the screen's own. */
	public function shortcuts(): array {
		return self::clean( $this->stored()['shortcuts'] ?? null );
	}

	/** @param mixed $shortcuts As the screen sends them. */
	public function keep_shortcuts( mixed $shortcuts ): void {
		$this->keep( array( 'shortcuts' => self::clean( $shortcuts ) ) );
	}

	/** @return int[] Attachments. */
	public function passed(): array {
		$passed = get_user_option( self::PASSED_OPTION, $this->user_id );
		return is_array( $passed ) ? array_map( 'intval', $passed ) : array();
	}

	/** Leaves an image to other reviewers. */
	public function pass_on( int $attachment_id ): void {
		$this->change_passed( static fn( array $others ): array => array_slice( array_merge( $others, array( $attachment_id ) ), -self::MAX_PASSED ), $attachment_id );
		if ( ! in_array( (string) $this->user_id, get_post_meta( $attachment_id, self::PASSED_KEY ), true ) ) {
			add_post_meta( $attachment_id, self::PASSED_KEY, (string) $this->user_id );
		}
	}

	/** Undoes pass_on(). */
	public function take_again( int $attachment_id ): void {
		$this->change_passed( static fn( array $others ): array => $others, $attachment_id );
		delete_post_meta( $attachment_id, self::PASSED_KEY, (string) $this->user_id );
	}

	/**
	 * One after the other: in focus mode a person passes several images on before the first answer is there.
	 *
	 * @param callable(int[]): int[] $change The list without the image => the new one.
	 */
	private function change_passed( callable $change, int $attachment_id ): void {
		$lock = new Lock( 'passed_' . $this->user_id, 10 );
		$lock->acquire_within( 3000 );
		try {
			wp_cache_delete( $this->user_id, 'user_meta' );
			update_user_option( $this->user_id, self::PASSED_OPTION, $change( array_values( array_diff( $this->passed(), array( $attachment_id ) ) ) ) );
		} finally {
			$lock->release();
		}
	}

	/** @return string[] Names of those who passed an image on. */
	public static function passed_by( int $attachment_id ): array {
		$names = array_map( static fn( mixed $id ): string => (string) ( get_userdata( (int) $id )->display_name ?? '' ), (array) get_post_meta( $attachment_id, self::PASSED_KEY ) );
		return array_values( array_filter( $names ) );
	}

	/** @return array{on: bool, keys: array<string, string>} */
	private static function clean( mixed $shortcuts ): array {
		$shortcuts = is_array( $shortcuts ) ? $shortcuts : array();
		$keys      = array();
		foreach ( self::GESTURES as $gesture ) {
			$key = $shortcuts['keys'][ $gesture ] ?? null;
			if ( is_string( $key ) && 1 === mb_strlen( $key ) && 1 !== preg_match( '/\s/u', $key ) ) {
				$keys[ $gesture ] = Utf8::lower( $key );
			}
		}
		return array( 'on' => (bool) ( $shortcuts['on'] ?? true ), 'keys' => $keys );
	}

	/** @param array<string, mixed> $changed */
	private function keep( array $changed ): void {
		// Without wp_slash() a backslash would be lost.
		update_user_meta( $this->user_id, self::USER_KEY, wp_slash( $changed + $this->stored() ) );
	}

	/** @return array<string, mixed> */
	private function stored(): array {
		$stored = get_user_meta( $this->user_id, self::USER_KEY, true );
		return is_array( $stored ) ? $stored : array();
	}
}
