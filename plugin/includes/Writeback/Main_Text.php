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
	public static function read( int $attachment_id ): Alt_Text_Meta|Video_Description {
		return Video_File::is_one( $attachment_id ) ? Video_Description::read( $attachment_id ) : Alt_Text_Meta::read( $attachment_id );
	}
}
