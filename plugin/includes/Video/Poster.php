<?php
declare( strict_types=1 );

namespace Altsmith\Video;

use Altsmith\Sidecar\Attachment_File;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;
use RuntimeException;
use Throwable;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it

/** The frame that the sidecar offers as the poster of a video. It becomes the featured image where the person took it. */
final class Poster {
	/** Which suggestion the person took the poster of, and with which alt text: remembered before the decision leaves for the sidecar. */
	private const WANTED_KEY = '_altsmith_poster_wanted';

	public function __construct( private readonly Client $client, private readonly Request_Store $store ) {}

	public function register(): void {
		// Before other plugins, whose code may throw.
		add_action( 'altsmith_written', array( $this, 'description_written' ), 1, 4 );
	}

	/**
	 * Remembers that the poster of a row's suggestion is wanted.
	 *
	 * @param string|null $alt_text Of the new image; null: the poster is not wanted.
	 */
	public function want( Request_Row $row, ?string $alt_text ): void {
		if ( null === $alt_text ) {
			delete_post_meta( $row->attachment_id, self::WANTED_KEY );
			return;
		}
		update_post_meta( $row->attachment_id, self::WANTED_KEY, wp_slash( array( 'suggestion_id' => $row->suggestion_id, 'alt_text' => $alt_text ) ) );
	}

	/** Whether there is a poster to offer: a video that has a featured image needs none. */
	public static function is_offered( Request_Row $row ): bool {
		return is_array( $row->suggestion['video']['poster'] ?? null ) && 0 === (int) get_post_thumbnail_id( $row->attachment_id );
	}

	/** @return array{bytes: string, type: string} The frame, which is the one that the suggestion names. @throws Sidecar_Error When the sidecar no longer has it. */
	public function read( Request_Row $row ): array {
		$bytes = $this->client->poster( (string) $row->image_sha256 );
		$size  = @getimagesizefromstring( $bytes ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- it warns about what is no image
		if ( hash( 'sha256', $bytes ) !== ( $row->suggestion['video']['poster']['image_sha256'] ?? '' ) || ! is_array( $size ) || ! in_array( $size['mime'], array( 'image/jpeg', 'image/png', 'image/webp' ), true ) ) {
			throw new Sidecar_Error( Sidecar_Error::BAD_REPLY, __( 'The sidecar sent another picture than the poster it offered.', 'altsmith' ), 502 );
		}
		return array( 'bytes' => $bytes, 'type' => $size['mime'] );
	}

	/** A person who takes the poster hears before they decide that it is gone. @throws Sidecar_Error */
	public function must_be_there( Request_Row $row ): void {
		try {
			$this->read( $row );
		} catch ( Sidecar_Error $error ) {
			throw $error->is_unknown() ? new Sidecar_Error( 'POSTER_GONE', __( 'The sidecar no longer has the poster. Approve without it.', 'altsmith' ), 409 ) : $error;
		}
	}

	/**
	 * Makes the frame an image of the library and the video's featured image, if it is wanted. Where that fails, the row says why
	 * and the description stays. `mixed`: other plugins fire this hook by hand.
	 */
	public function description_written( mixed $attachment_id = 0, mixed $before = '', mixed $after = '', mixed $entry = null ): void {
		$wanted = is_array( $entry ) ? get_post_meta( (int) $attachment_id, self::WANTED_KEY, true ) : '';
		if ( ! is_array( $wanted ) ) {
			return;
		}
		delete_post_meta( (int) $attachment_id, self::WANTED_KEY );
		$row = $this->store->find( (int) $attachment_id );
		if ( null === $row || $wanted['suggestion_id'] !== $row->suggestion_id || ( $entry['suggestion_id'] ?? '' ) !== $row->suggestion_id || ! self::is_offered( $row ) ) {
			return;
		}
		try {
			$poster = $this->keep( $row, $this->read( $row ), (string) $wanted['alt_text'] );
			set_post_thumbnail( $row->attachment_id, $poster );
			$entry['texts'] = (array) ( $entry['texts'] ?? array() ) + array( 'poster' => array( 'before' => 0, 'after' => $poster ) );
			Provenance::replace_latest( $row->attachment_id, $entry );
		} catch ( Throwable $error ) {
			$told = $error instanceof Sidecar_Error ? $error : Sidecar_Error::of_this_site( $error );
			$this->store->change( $row->attachment_id, array( 'error_code' => $told->error, 'error_message' => $told->getMessage() ) );
		}
	}

	/** @param array{bytes: string, type: string} $frame @return int The new image. */
	private function keep( Request_Row $row, array $frame, string $alt ): int {
		require_once ABSPATH . 'wp-admin/includes/image.php';
		$name   = pathinfo( Attachment_File::name( $row->attachment_id ), PATHINFO_FILENAME ) . '-poster.' . array( 'image/jpeg' => 'jpg', 'image/png' => 'png', 'image/webp' => 'webp' )[ $frame['type'] ];
		$upload = wp_upload_bits( $name, null, $frame['bytes'] );
		if ( false !== $upload['error'] ) {
			throw new RuntimeException( (string) $upload['error'] );
		}
		$video = get_post( $row->attachment_id );
		// Its text comes with it: a row with a text asks for no suggestion.
		$id = wp_insert_attachment( wp_slash( array( 'post_title' => $video?->post_title, 'post_author' => (int) $video?->post_author, 'post_mime_type' => $frame['type'], 'post_parent' => $row->attachment_id, 'meta_input' => array( Alt_Text_Meta::KEY => $alt, Video_Texts::POSTER_OF_KEY => $row->attachment_id ) ) ), $upload['file'], 0, true );
		if ( ! is_int( $id ) ) {
			throw new RuntimeException( $id->get_error_message() );
		}
		wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $upload['file'] ) );
		return $id;
	}
}
