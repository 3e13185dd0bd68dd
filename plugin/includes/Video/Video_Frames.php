<?php
declare( strict_types=1 );

namespace Altsmith\Video;

use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Shop\Kept_Back;
use Altsmith\Sidecar\Source_Picture;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Status;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Sender;
use WP_Post;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it

/** Asks for a suggestion by still pictures of a video. The video stays what it is: its own bytes say which one it is. */
final class Video_Frames {
	/** Still pictures of one video, and seconds that it lasts, at most. */
	public const MOST    = 24;
	public const LONGEST = 14400;

	/** Characters of one picture: a JPEG of 768 pixels a side has a tenth of it. */
	public const MOST_BASE64 = 1_400_000;

	/** Longer than sending them all may take. */
	private const LOCK_SECONDS = 120;
	private const LOCK_WAIT_MS = 10_000;

	public function __construct( private readonly Request_Store $store, private readonly Client $client, private readonly Sender $sender ) {}

	/**
	 * @param array<int, array{at: float|int, image: string}> $given As the browser sent them.
	 * @return array<int, array{at: float, bytes: string}>|null Null unless all are JPEGs, one after the other within the video.
	 */
	public static function decoded( array $given, float $duration ): ?array {
		$frames = array();
		$before = -1.0;
		foreach ( $given as $one ) {
			$at    = (float) $one['at'];
			$bytes = base64_decode( (string) $one['image'], true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- of a picture
			$size  = is_string( $bytes ) ? @getimagesizefromstring( $bytes ) : false; // phpcs:ignore WordPress.PHP.NoSilencedErrors -- it warns about what is no image
			if ( ! is_array( $size ) || 'image/jpeg' !== $size['mime'] || $at <= $before || $at > $duration ) {
				return null;
			}
			$frames[] = array( 'at' => $at, 'bytes' => (string) $bytes );
			$before   = $at;
		}
		return $frames;
	}

	/**
	 * @param array<int, array{at: float, bytes: string}> $frames
	 * @throws Sidecar_Error
	 */
	public function send( WP_Post $post, array $frames, float $duration ): void {
		if ( Kept_Back::is_paid( $post->ID ) ) {
			throw new Sidecar_Error( 'PAID_FILE', __( 'A file that customers pay for is not sent.', 'altsmith' ), 400 );
		}
		// No background run may send the file itself meanwhile.
		$lock = new Lock( 'worker', self::LOCK_SECONDS );
		if ( ! $lock->acquire_within( self::LOCK_WAIT_MS ) ) {
			throw new Sidecar_Error( Sidecar_Error::BUSY, __( 'This site is sending other files right now. Try again in a minute.', 'altsmith' ), 503, true );
		}
		try {
			$this->send_alone( $this->begun( $post->ID ), $post, $frames, $duration );
		} finally {
			$lock->release();
		}
	}

	/** The row, as an attempt of a person's that has begun. */
	private function begun( int $attachment_id ): Request_Row {
		if ( ! $this->store->add( $attachment_id, 'interactive', time() ) ) {
			$this->store->requeue( $attachment_id, 'interactive' );
		}
		$row = $this->store->find( $attachment_id );
		if ( null === $row || ! $this->store->begin( $row, time() + HOUR_IN_SECONDS ) ) {
			throw new Sidecar_Error( Sidecar_Error::BUSY, __( 'This video changed in the meantime. Reload the page.', 'altsmith' ), 409 );
		}
		return $row;
	}

	/**
	 * @param array<int, array{at: float, bytes: string}> $frames
	 * @throws Sidecar_Error
	 */
	private function send_alone( Request_Row $row, WP_Post $post, array $frames, float $duration ): void {
		try {
			$file   = Source_Picture::of( $post->ID );
			$stamp  = $file->stamp();
			$source = $file->sha256();
			$told   = array();
			if ( '' === $source ) {
				throw new Sidecar_Error( 'FILE_MISSING', __( 'The file of this attachment is not on this server.', 'altsmith' ), 400 );
			}
			foreach ( $frames as list( 'at' => $at, 'bytes' => $bytes ) ) {
				$sha256 = hash( 'sha256', $bytes );
				if ( ! $this->client->has_image( $sha256 ) ) {
					$this->client->put_image( $sha256, $bytes, 'image/jpeg' );
				}
				$told[] = array( 'image_sha256' => $sha256, 'at' => $at );
			}
			$what = array( 'frames' => $told, 'video' => array( 'duration' => $duration, 'has_sound' => null ) );
			$this->sender->ask( $row, $post, $stamp, array( 'sha256' => $source, 'source' => $source, 'hash' => '', 'what' => $what ) );
		} catch ( Sidecar_Error $error ) {
			$this->store->change_begun( $row, array( 'status' => Request_Status::FAILED, 'error_code' => 'VIDEO_NOT_SENT', 'error_message' => $error->getMessage() ) );
			throw $error;
		}
	}
}
