<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

defined( 'ABSPATH' ) || exit;

/** What comes along when an address or a key is copied out of a chat, a page or a terminal. */
final class Typed_Text {
	/** How the sidecar's keys begin, and how long they are: as in server/sites/key.ts. */
	public const KEY_START  = '/^alt_[0-9a-f]{16}_/';
	public const KEY_LENGTH = 64;

	/** Without what nobody sees, and without quotation marks around it. */
	public static function cleaned( string $typed ): string {
		// Zero-width marks, direction marks, the soft hyphen, the byte order mark.
		$seen = preg_replace( '/[\x{00AD}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}]/u', '', $typed ) ?? $typed;
		$seen = preg_replace( '/^\p{Z}+|\p{Z}+$/u', '', $seen ) ?? $seen;
		return trim( $seen, " \t\n\r\0\x0B\"'`<>" );
	}

	public static function is_key( string $text ): bool {
		return 1 === preg_match( self::KEY_START, $text );
	}
}
