<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Perceptual_Hash;
use Altsmith\Sidecar\Rendition;
use Altsmith\Sidecar\Rendition_Error;
use Altsmith\Sidecar\Retry_Policy;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Sidecar\Source_Picture;
use Altsmith\Storage\Lock;
use Altsmith\Storage\On_Site;
use Altsmith\Storage\Picture_Store;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Status;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Schema;
use Altsmith\Video\Video_File;
use Altsmith\Writeback\Provenance;
use Throwable;

defined( 'ABSPATH' ) || exit;

/**
 * A picture can be cropped, turned, replaced or restored after it was described: then what was suggested is no longer
 * about it. Files whose bytes alone changed (thumbnails made again, an optimiser, metadata taken out) are the same picture.
 */
final class Picture_Watch {
	private const BATCH = 50;

	/** @var array<int, array<int, true>> By site of a network: attachments whose file changed in this request; written down at its end. */
	private array $noticed = array();

	/** @var array<int, array<int, true>> By site: uploaded in this request, nobody has asked about them yet. */
	private array $new = array();

	private bool $planned = false;

	public function __construct(
		private readonly Request_Store $store,
		private readonly Picture_Store $pictures,
		private readonly Client $client,
	) {}

	public function register(): void {
		add_action( 'add_attachment', array( $this, 'is_new' ), 1 );
		add_action( 'added_post_meta', array( $this, 'meta_changed' ), 10, 3 );
		add_action( 'updated_post_meta', array( $this, 'meta_changed' ), 10, 3 );
	}

	/** A new attachment has no earlier file to compare with. */
	public function is_new( mixed $attachment_id = 0 ): void {
		$site = get_current_blog_id();
		$this->new[ $site ][ (int) $attachment_id ] = true;
		// WordPress stores the path of a new attachment before it fires `add_attachment`.
		unset( $this->noticed[ $site ][ (int) $attachment_id ] );
	}

	// `mixed`, and defaults: other plugins fire these hooks by hand.
	public function meta_changed( mixed $meta_id = 0, mixed $post_id = 0, mixed $key = '' ): void {
		$site = get_current_blog_id();
		if ( ( '_wp_attached_file' !== $key && '_wp_attachment_metadata' !== $key ) || ! is_numeric( $post_id ) || isset( $this->new[ $site ][ (int) $post_id ] ) ) {
			return;
		}
		$this->noticed[ $site ][ (int) $post_id ] = true;
		if ( count( $this->noticed[ $site ] ) >= self::BATCH ) {
			$this->write_down();
		} elseif ( ! $this->planned ) {
			$this->planned = true;
			add_action( 'shutdown', array( $this, 'write_down' ) );
		}
	}

	/** Marks the files that this request changed for a comparison. */
	public function write_down(): void {
		foreach ( $this->noticed as $site => $ids ) {
			On_Site::run( $site, fn() => Schema::is_current() && array_map( array( $this->pictures, 'doubt' ), array_keys( $ids ) ) );
		}
		$this->noticed = array();
		$this->new     = array();
	}

	/** @return int When the next file is to be looked at; PHP_INT_MAX: none. */
	public function next_check_at(): int {
		return $this->pictures->next_check_at();
	}

	/**
	 * Looks at the files that something happened to. Runs under Worker's lock.
	 *
	 * @param float $until When to stop; what is left waits for the next run.
	 * @throws Sidecar_Error When the trouble concerns every image.
	 */
	public function look( Lock $lock, float $until ): void {
		$this->write_down();
		do {
			$ids = $this->pictures->doubted( self::BATCH );
			foreach ( $ids as $attachment_id ) {
				if ( microtime( true ) > $until || ! $lock->renew() ) {
					return;
				}
				$this->check( $attachment_id );
			}
		} while ( count( $ids ) === self::BATCH );
	}

	/**
	 * Compares one file. A filter of another plugin that throws for it, or a file that ends PHP, blocks no other. After
	 * MAX_CRASHES comparisons that did not end, the file counts as another picture: a suggestion is requested anew, and its row
	 * says what is wrong.
	 *
	 * @throws Sidecar_Error When the trouble concerns every image.
	 */
	private function check( int $attachment_id ): void {
		$row    = $this->store->find( $attachment_id );
		$known  = $this->pictures->find( $attachment_id );
		$checks = $known['checks'] ?? 0;
		if ( null === $row || null === $known || '' === $row->source_sha256 . $row->image_sha256 ) {
			$this->pictures->remove( $attachment_id );
			return;
		}
		$this->pictures->begin_check( $attachment_id, time() + Retry_Policy::after_crash_seconds( $checks + 1 ) );
		$closely = Picture_Store::STAMP_ONLY !== $known['check_at'];
		try {
			if ( $checks >= Retry_Policy::MAX_CRASHES ) {
				$this->set_back( $attachment_id );
			} elseif ( ! $this->has_changed( $row, $closely ) && ! $closely ) {
				$this->pictures->unchanged( $attachment_id );
			}
		} catch ( Sidecar_Error $error ) {
			throw $error;
		} catch ( Throwable ) {
			return; // begin_check() has counted it; it is compared again later.
		}
	}

	/**
	 * Whether the attachment shows another picture than the one its row is about. If so the row is set back to the start,
	 * and the sidecar hears that its answer is no longer wanted.
	 *
	 * @param bool $closely Also where the file's size and time are as they were.
	 * @throws Sidecar_Error When the sidecar cannot be told; the row is set back all the same.
	 * @throws Rendition_Error With `$closely`, when the picture is on another server that does not answer now.
	 */
	public function has_changed( Request_Row $row, bool $closely = false ): bool {
		$id    = $row->attachment_id;
		$site  = get_current_blog_id();
		$known = $this->pictures->find( $id );
		$file  = Source_Picture::of( $id );
		$stamp = $file->stamp();
		if ( null === $known && '' !== $row->image_sha256 && isset( $this->noticed[ $site ][ $id ] ) ) {
			$known = array( 'file_stamp' => Picture_Store::CHANGED_BEFORE, 'perceptual_hash' => '' );
		}
		if ( null !== $known && '' === $known['perceptual_hash'] && in_array( $known['file_stamp'], array( '', Picture_Store::CHANGED_BEFORE ), true ) ) {
			return $this->has_changed_before( $row, isset( $this->noticed[ $site ][ $id ] ) || '' !== $known['file_stamp'], $stamp, $file );
		}
		if ( null === $known || '' === $row->source_sha256 . $row->image_sha256 || ( $stamp === $known['file_stamp'] && ! $closely && ! isset( $this->noticed[ $site ][ $id ] ) ) ) {
			return false;
		}
		// A file that is gone without a change of its attachment was moved to another server.
		if ( '' === $stamp && ! $closely && ! isset( $this->noticed[ $site ][ $id ] ) ) {
			return false;
		}
		if ( ( '' !== $stamp && $file->sha256() === $row->source_sha256 ) || self::looks_same( $id, $known['perceptual_hash'], '' === $stamp, $closely ) ) {
			unset( $this->noticed[ $site ][ $id ] );
			$this->pictures->checked( $id, '' === $stamp ? $known['file_stamp'] : $stamp );
			return false;
		}
		unset( $this->noticed[ $site ][ $id ] );
		$this->set_back( $row->attachment_id );
		return true;
	}

	/**
	 * The same where no stamp was taken when the picture was sent: by version 0.1, or by a process that died. A file to which
	 * something has happened since then, and whose bytes are others, counts as another picture.
	 *
	 * @throws Sidecar_Error
	 */
	private function has_changed_before( Request_Row $row, bool $is_doubted, string $stamp, Source_Picture $file ): bool {
		if ( Video_File::is_one( $row->attachment_id ) ) {
			return $this->has_video_changed( $row, $stamp, $file );
		}
		try {
			$rendition = Rendition::of( $row->attachment_id );
			$is_same   = ! $is_doubted || $rendition->sha256() === $row->image_sha256 || $file->sha256() === $row->source_sha256;
			$hash      = Perceptual_Hash::of( $rendition->bytes );
		} catch ( Rendition_Error ) {
			$this->pictures->remove( $row->attachment_id );
			return false; // There is no picture to compare with.
		}
		unset( $this->noticed[ get_current_blog_id() ][ $row->attachment_id ] );
		if ( $is_same ) {
			$this->pictures->keep( $row->attachment_id, $stamp, $hash );
			return false;
		}
		$this->set_back( $row->attachment_id );
		return true;
	}

	/** The same for a video: it is what its bytes are. @throws Sidecar_Error */
	private function has_video_changed( Request_Row $row, string $stamp, Source_Picture $file ): bool {
		unset( $this->noticed[ get_current_blog_id() ][ $row->attachment_id ] );
		if ( '' === $stamp || $file->sha256() === $row->source_sha256 ) {
			$this->pictures->keep( $row->attachment_id, $stamp, '' );
			return false;
		}
		$this->set_back( $row->attachment_id );
		return true;
	}

	/** @throws Sidecar_Error */
	private function set_back( int $attachment_id ): void {
		$row = $this->store->picture_changed( $attachment_id );
		$now = null === $row ? $this->store->find( $attachment_id ) : null;
		// A row that could not be set back is compared again: what is known of its picture stays.
		if ( null === $now || Request_Status::GONE === $now->status ) {
			$this->pictures->remove( $attachment_id );
		}
		if ( null === $row ) {
			return;
		}
		// After our own tables: hooks of other plugins may throw.
		if ( $row->is_written() ) {
			Provenance::set_picture_changed( $attachment_id, gmdate( 'Y-m-d\TH:i:s\Z' ) );
		}
		try {
			if ( 'sent' === $row->status && '' !== $row->job_id ) {
				$this->client->cancel_job( $row->job_id );
			}
			if ( in_array( $row->suggestion_state, array( 'pending', 'conflict', 'approved' ), true ) && '' !== $row->suggestion_id && ! $row->is_written() ) {
				$texts = array( 'alt_text' => '' );
				$this->client->write_back( $row->suggestion_id, array( 'outcome' => 'gone', 'before' => $texts, 'after' => $texts ) );
			}
		} catch ( Sidecar_Error $error ) {
			if ( $error->concerns_all() ) {
				throw $error;
			}
		}
	}

	/**
	 * Whether the picture looks as it did when it was sent.
	 *
	 * @param bool $is_elsewhere Its file is not on this server: where its address gives nothing either, there is nothing to compare.
	 * @param bool $may_wait     Whether to throw when a later attempt may get it.
	 * @throws Rendition_Error
	 */
	private static function looks_same( int $attachment_id, string $known_hash, bool $is_elsewhere, bool $may_wait ): bool {
		// A video is compared by its bytes alone.
		if ( Video_File::is_one( $attachment_id ) ) {
			return $is_elsewhere;
		}
		try {
			return Perceptual_Hash::is_same( $known_hash, Perceptual_Hash::of( Rendition::of( $attachment_id )->bytes ) );
		} catch ( Rendition_Error $error ) {
			if ( $is_elsewhere && $may_wait && $error->retryable ) {
				throw $error;
			}
			return $is_elsewhere;
		}
	}
}
