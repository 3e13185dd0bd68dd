<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/** In which language the texts of an attachment are wanted. */
final class Attachment_Locale {
	/** That of the language version where a plugin for several languages knows it, else the site's. */
	public static function of( WP_Post $attachment ): string {
		// WPML's filter, which Polylang answers as well.
		$details = apply_filters( 'wpml_post_language_details', null, $attachment->ID ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound
		$locale  = is_array( $details ) ? ( $details['locale'] ?? '' ) : '';
		return is_string( $locale ) && '' !== $locale ? $locale : get_locale();
	}

	/** Whether a text in this language, a BCP 47 tag, is in the attachment's own, wherever that is spoken. */
	public static function is_in( WP_Post $attachment, string $language ): bool {
		return strtok( self::of( $attachment ), '_-' ) === strtok( $language, '-' );
	}
}
