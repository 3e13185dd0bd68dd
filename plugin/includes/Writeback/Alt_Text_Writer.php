<?php
declare( strict_types=1 );

namespace Altsmith\Writeback;

use Altsmith\Languages\Language_Versions;
use Altsmith\Storage\Lock;
use Throwable;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** The only place where the plugin changes an alt text, or the description of a video. It changes what a person saw, or nothing. */
final class Alt_Text_Writer {
	/** A write takes milliseconds; a lock this old belongs to a process that died. */
	private const LOCK_SECONDS = 20;
	private const LOCK_WAIT_MS = 3000;

	public function __construct( private readonly Library_Texts $texts ) {}

	/** Writes an approved text. Doing it twice has one effect: the second time finds its own provenance. */
	public function write( Write_Request $request ): Write_Result {
		return $this->locked(
			$request->attachment_id,
			function () use ( $request ): Write_Result {
				if ( $this->is_done( $request ) ) {
					$entry = (array) Provenance::latest( $request->attachment_id );
					return new Write_Result( Write_Result::APPLIED, (string) ( $entry['before'] ?? '' ), (string) $entry['after'], null, true );
				}
				return $this->compare_and_set( $request );
			}
		);
	}

	/**
	 * Gives back what was there before this suggestion was written, unless somebody changed the text since. A hook of another
	 * plugin that throws leaves nothing half undone: the rest is given back as well.
	 *
	 * @throws Throwable When the text could not be given back; nothing has changed then.
	 */
	public function undo( int $attachment_id, string $suggestion_id ): Write_Result {
		return $this->locked(
			$attachment_id,
			function () use ( $attachment_id, $suggestion_id ): Write_Result {
				$entry = Provenance::latest( $attachment_id );
				$live  = Main_Text::read( $attachment_id );
				if ( null === $entry || $suggestion_id !== $entry['suggestion_id'] || $live->text() !== $entry['after'] ) {
					return new Write_Result( Write_Result::CONFLICT, $live->text(), $live->text() );
				}
				list( $done, $late ) = self::replace( $live, $attachment_id, $entry['before'] );
				if ( ! $done ) {
					return null === $late ? new Write_Result( Write_Result::CONFLICT, $live->text(), $live->text() ) : throw $late;
				}
				$steps = array(
					static fn() => Provenance::drop_latest( $attachment_id ),
					static fn() => Provenance::set_decorative( $attachment_id, (bool) $entry['decorative_before'] ),
					static fn() => Provenance::set_picture_changed( $attachment_id, (string) ( $entry['picture_changed_before'] ?? '' ) ),
					fn() => $this->texts->undo( $attachment_id, (array) ( $entry['texts'] ?? array() ) ),
					/** See below: the same hook, with the texts the other way round. */
					static fn() => do_action( 'altsmith_written', $attachment_id, $live->text(), (string) $entry['before'], null ),
				);
				foreach ( $steps as $step ) {
					try {
						$step();
					} catch ( Throwable $error ) {
						$late ??= $error;
					}
				}
				return new Write_Result( Write_Result::UNDONE, $live->text(), (string) $entry['before'], $late );
			}
		);
	}

	/** @return array{bool, Throwable|null} Whether the text is `$new` now, and what a hook of another plugin threw, before or after that. */
	private static function replace( Alt_Text_Meta|Video_Description $live, int $attachment_id, ?string $new ): array {
		try {
			return array( $live->replace( $new ), null );
		} catch ( Throwable $error ) {
			return array( Main_Text::read( $attachment_id )->value === $new, $error );
		}
	}

	private function compare_and_set( Write_Request $request ): Write_Result {
		$id   = $request->attachment_id;
		$live = Main_Text::read( $id );
		$is_seen = $live->text() === $request->expected || ( '' === $request->expected && Language_Versions::is_copied_from_approved( $id, $live->text() ) );
		if ( ! $is_seen ) {
			return new Write_Result( Write_Result::CONFLICT, $live->text(), $live->text() );
		}
		/**
		 * The text that is about to be written, after a person approved it.
		 *
		 * @param string               $alt_text
		 * @param int                  $attachment_id
		 * @param array<string, mixed> $provenance
		 */
		$filtered = apply_filters( 'altsmith_before_write', $request->alt_text, $id, $request->provenance );
		$new      = is_string( $filtered ) && ! $request->decorative ? $filtered : $request->alt_text;
		// get_post_meta() unserialises what it reads: such a text, written as it is, would come back as an object.
		list( $done, $late ) = self::replace( $live, $id, $live instanceof Alt_Text_Meta ? (string) maybe_serialize( $new ) : $new );
		if ( ! $done && null !== $late ) {
			throw $late;
		}
		if ( ! $done ) {
			$now = Main_Text::read( $id )->text();
			return new Write_Result( Write_Result::CONFLICT, $now, $now );
		}
		$entry = $request->provenance + array(
			'at'                => gmdate( 'Y-m-d\TH:i:s\Z' ),
			'before'            => $live->value,
			'after'             => $new,
			'decorative_before' => Provenance::is_decorative( $id ),
			'decorative_after'  => $request->decorative,
		);
		if ( Provenance::picture_changed( $id ) ) {
			$entry['picture_changed_before'] = (string) get_post_meta( $id, Provenance::CHANGED_KEY, true );
		}
		// Before hooks of other plugins run: a text without its entry would look as if somebody else had written it.
		Provenance::push( $id, $entry );
		Provenance::set_decorative( $id, $request->decorative );
		Provenance::set_picture_changed( $id, '' );
		if ( null !== $late ) {
			throw $late;
		}
		$post = get_post( $id );
		if ( $post instanceof WP_Post && ! $request->decorative ) {
			$entry['texts'] = $this->texts->write( $post, $request->values );
			Provenance::replace_latest( $id, $entry );
		}
		/**
		 * An alt text was written, or taken back.
		 *
		 * @param int                       $attachment_id
		 * @param string                    $before
		 * @param string                    $after
		 * @param array<string, mixed>|null $provenance    Null after an undo.
		 */
		do_action( 'altsmith_written', $id, $live->text(), $new, $entry );
		return new Write_Result( Write_Result::APPLIED, $live->text(), $new );
	}

	private function is_done( Write_Request $request ): bool {
		$entry = Provenance::latest( $request->attachment_id );
		return null !== $entry
			&& ( $entry['suggestion_id'] ?? '' ) === $request->provenance['suggestion_id']
			&& ( $entry['version'] ?? 0 ) === $request->provenance['version'];
	}

	/** @param callable(): Write_Result $task */
	private function locked( int $attachment_id, callable $task ): Write_Result {
		// A background run may have read the post half a minute ago; its title may be a person's since.
		wp_cache_delete( $attachment_id, 'posts' );
		if ( ! get_post( $attachment_id ) instanceof WP_Post ) {
			return new Write_Result( Write_Result::GONE, '', '' );
		}
		$lock = new Lock( 'write_' . $attachment_id, self::LOCK_SECONDS );
		if ( ! $lock->acquire_within( self::LOCK_WAIT_MS ) ) {
			return new Write_Result( Write_Result::BUSY, '', '' );
		}
		try {
			wp_cache_delete( $attachment_id, 'post_meta' );
			return $task();
		} finally {
			$lock->release();
		}
	}
}
