<?php
declare( strict_types=1 );

namespace Altsmith\Upload;

use Altsmith\Settings;
use Altsmith\Sidecar\Image_Type;
use Altsmith\Storage\Picture_Store;
use Altsmith\Storage\Request_Status;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Schema;
use Altsmith\Sync\Loopback;
use Altsmith\Video\Video_File;
use Throwable;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Notes each new image in our table and returns. The upload itself never waits for the sidecar, or even asks for it. */
final class Request_On_Upload {
	/**
	 * How long a new image waits for its sub-sizes. In WordPress 7.1 the browser makes them and sends them one by one; the
	 * metadata filter below ends the wait as soon as they are there.
	 */
	private const WAIT_FOR_SIZES = 45;

	/** An image no wider than this has no medium_large rendition, so there is nothing to wait for. */
	private const SMALL_WIDTH = 768;

	public function __construct(
		private readonly Settings $settings,
		private readonly Request_Store $store,
		private readonly Picture_Store $pictures,
		private readonly Loopback $loopback,
	) {}

	public function register(): void {
		// Fires for every way in (media library, REST, sideload, import), once, before sizes and before core's own alt text.
		add_action( 'add_attachment', array( $this, 'note' ) );
		// Fires when sizes exist; a second time with the context "update" when the browser made them (7.1) or a size is redone.
		add_filter( 'wp_generate_attachment_metadata', array( $this, 'sizes_are_there' ), 99, 2 );
		add_action( 'untrashed_post', array( $this, 'is_back' ) );
		add_action( 'delete_attachment', array( $this, 'forget' ) );
	}

	public function note( mixed $attachment_id = 0 ): void {
		$attachment_id = (int) $attachment_id;
		if ( ! Schema::exists() || ! $this->is_on( $attachment_id ) || ! $this->wants( $attachment_id ) ) {
			return;
		}
		if ( ! $this->settings->is_configured() ) {
			Missed_Uploads::note( $attachment_id );
			return;
		}
		$due_at = time() + self::WAIT_FOR_SIZES;
		// A restored database, or an older MySQL after a restart, gives a number a second time: then there is a row already.
		if ( $this->store->add( $attachment_id, 'upload', $due_at ) || $this->store->want_after_deletion( $attachment_id ) ) {
			$this->loopback->fire_after_response();
		} else {
			$this->pictures->doubt( $attachment_id );
		}
	}

	// `mixed`: an earlier filter may return anything, and a TypeError here would break the upload.
	public function sizes_are_there( mixed $metadata = null, mixed $attachment_id = 0 ): mixed {
		$attachment_id = (int) $attachment_id;
		$sizes = is_array( $metadata ) ? ( $metadata['sizes'] ?? array() ) : array();
		$width = is_array( $metadata ) ? (int) ( $metadata['width'] ?? 0 ) : 0;
		$ready = Schema::exists() && ( ! empty( $sizes ) || Video_File::is_one( $attachment_id ) || ( $width > 0 && $width <= self::SMALL_WIDTH ) );
		if ( $ready && $this->store->make_due( $attachment_id ) ) {
			$this->loopback->fire_after_response();
		} elseif ( $ready && $this->was_converted( $attachment_id ) ) {
			$this->note( $attachment_id );
			$this->store->make_due( $attachment_id );
		}
		return $metadata;
	}

	/** A new upload that could not be read when it came, and can be now: WordPress has made a JPEG of it. */
	private function was_converted( int $attachment_id ): bool {
		$post = get_post( $attachment_id );
		return $post instanceof WP_Post && in_array( $post->post_mime_type, Image_Type::CONVERTED, true ) && strtotime( $post->post_date_gmt . ' UTC' ) > time() - HOUR_IN_SECONDS;
	}

	/** Out of the trash: what was passed over because of it is asked for. */
	public function is_back( mixed $post_id = 0 ): void {
		if ( Schema::exists() && $this->store->change_while( (int) $post_id, array( 'status' => Request_Status::QUEUED, 'run_id' => '', 'attempts' => 0, 'next_attempt_at' => time(), 'error_code' => '', 'error_message' => '' ), array( 'status' => Request_Status::SKIPPED, 'error_code' => 'NOT_AN_IMAGE' ) ) ) {
			$this->loopback->fire_after_response();
		}
	}

	/** The row outlives its attachment until the sidecar has been told, when there is anything to tell. */
	public function forget( mixed $attachment_id = 0 ): void {
		$attachment_id = (int) $attachment_id;
		if ( Schema::exists() ) {
			$this->store->forget( $attachment_id );
			$this->pictures->remove( $attachment_id );
		}
	}

	private function is_on( int $attachment_id ): bool {
		return Video_File::is_one( $attachment_id ) ? $this->settings->describes_videos() : $this->settings->is_automatic();
	}

	/** Whether an attachment is something to caption. The file itself is only looked at when it is sent. */
	private function wants( int $attachment_id ): bool {
		$wanted = Video_File::is_one( $attachment_id ) || in_array( Image_Type::of( $attachment_id ), $this->settings->types(), true );
		/**
		 * Whether a suggestion is asked for when an image or video is uploaded or found by a backfill.
		 *
		 * @param bool $wanted
		 * @param int  $attachment_id
		 */
		try {
			return (bool) apply_filters( 'altsmith_should_request', $wanted, $attachment_id );
		} catch ( Throwable ) {
			return $wanted; // The upload must not fail because of somebody's opinion about it.
		}
	}
}
