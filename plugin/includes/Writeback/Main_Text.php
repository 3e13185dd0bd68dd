<?php
declare( strict_types=1 );

namespace Altsmith\Writeback;

use Altsmith\Video\Video_File;

defined( 'ABSPATH' ) || exit;

/**
 * The text that a decision is about: of an image its alt text; of a video its description, because WordPress has no alt text
 * for videos.
 */
final class Main_Text {
	/** @param array<string, mixed> $suggestion Cleaned; approved here or on the sidecar's own page. */
	public static function approved( array $suggestion ): string {
		list( 'fields' => $fields, 'values' => $values ) = $suggestion;
		$of_video = 'video' === ( $suggestion['kind'] ?? '' ) ? ( $values['description'] ?? null ) : null;
		return (string) ( $of_video ?? $values['alt_text'] ?? $fields['alt_text'] );
	}

	public static function read( int $attachment_id ): Alt_Text_Meta|Video_Description {
		return Video_File::is_one( $attachment_id ) ? Video_Description::read( $attachment_id ) : Alt_Text_Meta::read( $attachment_id );
	}
}
