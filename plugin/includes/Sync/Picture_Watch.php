<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Picture_Look;
use Altsmith\Sidecar\Rendition;
use Altsmith\Sidecar\Rendition_Error;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Sidecar\Source_Picture;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Picture_Store;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use Altsmith\Writeback\Provenance;

defined( 'ABSPATH' ) || exit;

/**
 * A picture can be cropped, turned, replaced or restored after it was described: then what was suggested is no longer
 * about it. Files whose bytes alone changed (thumbnails made again, an optimiser, metadata taken out) are the same picture.
 */
final class Picture_Watch {
	private const BATCH = 50;

	/** @var array<int, true> Attachments whose file changed in this request; written down at its end. */
	private array $noticed = array();

	/** @var array<int, true> Uploaded in this request: nobody has asked about them yet. */
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

	public function is_new( mixed $attachment_id = 0 ): void {
		$this->new[ (int) $attachment_id ] = true;
	}

	// `mixed`, and defaults: other plugins fire these hooks by hand.
	public function meta_changed( mixed $meta_id = 0, mixed $post_id = 0, mixed $key = '' ): void {
		if ( ( '_wp_attached_file' !== $key && '_wp_attachment_metadata' !== $key ) || ! is_numeric( $post_id ) || isset( $this->new[ (int) $post_id ] ) ) {
			return;
		}
		$this->noticed[ (int) $post_id ] = true;
		if ( count( $this->noticed ) >= self::BATCH ) {
			$this->write_down();
		} elseif ( ! $this->planned ) {
			$this->planned = true;
			add_action( 'shutdown', array( $this, 'write_down' ) );
		}
	}

	public function write_down(): void {
		foreach ( array_keys( $this->noticed ) as $attachment_id ) {
			$this->pictures->doubt( $attachment_id );
		}
		$this->noticed = array();
		$this->new     = array();
	}

	/** Whether there are files that something happened to. */
	public function has_more(): bool {
		return array() !== $this->pictures->doubted( 1 );
	}

	/** Looks at the files that something happened to. Runs under Worker's lock. @throws Sidecar_Error */
	public function look( Lock $lock, float $until ): void {
		$this->write_down();
		do {
			$ids = $this->pictures->doubted( self::BATCH );
			foreach ( $ids as $attachment_id ) {
				if ( microtime( true ) > $until || ! $lock->renew() ) {
					return;
				}
				$row = $this->store->find( $attachment_id );
				if ( null === $row ) {
					$this->pictures->remove( $attachment_id );
				} else {
					$this->has_changed( $row, true );
				}
			}
		} while ( count( $ids ) === self::BATCH );
	}

	/**
	 * Whether the attachment shows another picture than the one its row is about. If so the row is set back to the start,
	 * and the sidecar hears that its answer is no longer wanted.
	 *
	 * @param bool $closely Also where the file's size and time are as they were.
	 * @throws Sidecar_Error When the sidecar cannot be told; the row is set back all the same.
	 */
	public function has_changed( Request_Row $row, bool $closely = false ): bool {
		$id    = $row->attachment_id;
		$known = $this->pictures->find( $id );
		$file  = Source_Picture::of( $id );
		$mark  = $file->mark();
		if ( null === $known || '' === $row->source_sha256 || ( $mark === $known['mark'] && ! $closely && ! isset( $this->noticed[ $id ] ) ) ) {
			return false;
		}
		if ( '' === $mark || $file->sha256() === $row->source_sha256 || Picture_Look::is_same( $known['look'], self::look_of( $id ) ) ) {
			unset( $this->noticed[ $id ] );
			$this->pictures->checked( $id, '' === $mark ? $known['mark'] : $mark );
			return false;
		}
		unset( $this->noticed[ $id ] );
		$this->set_back( $row );
		return true;
	}

	/** @throws Sidecar_Error */
	private function set_back( Request_Row $row ): void {
		$this->pictures->remove( $row->attachment_id );
		if ( 'applied' === $row->suggestion_state ) {
			update_post_meta( $row->attachment_id, Provenance::CHANGED_KEY, gmdate( 'Y-m-d\TH:i:s\Z' ) );
		}
		$this->store->picture_changed( $row->attachment_id );
		try {
			if ( 'sent' === $row->status && '' !== $row->job_id ) {
				$this->client->cancel_job( $row->job_id );
			}
			if ( in_array( $row->suggestion_state, array( 'pending', 'conflict', 'approved' ), true ) && '' !== $row->suggestion_id ) {
				$texts = array( 'alt_text' => '' );
				$this->client->write_back( $row->suggestion_id, array( 'outcome' => 'gone', 'before' => $texts, 'after' => $texts ) );
			}
		} catch ( Sidecar_Error $error ) {
			if ( $error->concerns_all() ) {
				throw $error;
			}
		}
	}

	private static function look_of( int $attachment_id ): string {
		try {
			return Picture_Look::of( Rendition::of( $attachment_id )->bytes );
		} catch ( Rendition_Error ) {
			return '';
		}
	}
}
