<?php
declare( strict_types=1 );

namespace Altsmith\Video;

use Altsmith\Writeback\Provenance;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** What a person approved for a video, as long as it stands and the video is the one it was approved for. */
final class Approved_Video {
	private function __construct( public readonly WP_Post $post, public readonly string $description, public readonly string $text_alternative, public readonly float $duration ) {}

	/** Reads the caches: this runs for every video of every page. Null for no video, and where nothing was approved. */
	public static function of( int $attachment_id ): ?self {
		$post   = $attachment_id > 0 ? get_post( $attachment_id ) : null;
		$latest = $post instanceof WP_Post && Video_File::is_one( $post ) ? Provenance::latest( $attachment_id ) : null;
		if ( null === $latest || '' === trim( $post->post_content ) || ( $latest['after'] ?? null ) !== $post->post_content || Provenance::picture_changed( $attachment_id ) ) {
			return null;
		}
		return new self( $post, trim( $post->post_content ), (string) get_post_meta( $attachment_id, Video_Texts::ALTERNATIVE_KEY, true ), (float) ( $latest['duration'] ?? 0 ) );
	}
}
