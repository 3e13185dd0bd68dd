<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/** How an attachment is called in the sidecar: its number, on a network with the site's number before it. */
final class Subject {
	/** @return array{type: string, id: string} */
	public static function of( int $attachment_id ): array {
		return array( 'type' => 'attachment', 'id' => is_multisite() ? get_current_blog_id() . ':' . $attachment_id : (string) $attachment_id );
	}

	/**
	 * @param array<string, mixed> $subject
	 * @return int The attachment of this very site; 0 when it is another's, or no attachment.
	 */
	public static function attachment_of( array $subject ): int {
		if ( 'attachment' !== $subject['type'] || 1 !== preg_match( '/^(?:(\d{1,18}):)?(\d{1,18})$/', $subject['id'], $parts ) ) {
			return 0;
		}
		// Without a site's number: asked for before such numbers were sent. The picture tells whose it is.
		return '' === $parts[1] || (int) $parts[1] === get_current_blog_id() ? (int) $parts[2] : 0;
	}
}
