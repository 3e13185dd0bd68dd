<?php
declare( strict_types=1 );

namespace Altsmith\Languages;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery -- the plugins whose tables these are, are switched off; WordPress does not know their data then

/**
 * The language of an attachment where the plugin for several languages is switched off: its version of a picture is in the
 * library still, and a text in the site's language would be wrong there. Read from what Polylang or WPML left in the database.
 */
final class Stored_Language {
	/** @return string A locale or a language code; '' where none is stored. */
	public static function of( int $attachment_id ): string {
		$found = taxonomy_exists( 'language' ) ? '' : self::of_polylang( $attachment_id );
		return '' === $found && ! defined( 'ICL_SITEPRESS_VERSION' ) && false !== get_option( 'icl_sitepress_settings' ) ? self::of_wpml( $attachment_id ) : $found;
	}

	/** A language is a term, whose description holds its locale in PHP's serialised form. It is not unserialised. */
	private static function of_polylang( int $attachment_id ): string {
		global $wpdb;
		$description = (string) $wpdb->get_var( $wpdb->prepare( "SELECT tt.description FROM {$wpdb->term_relationships} tr JOIN {$wpdb->term_taxonomy} tt ON tt.term_taxonomy_id = tr.term_taxonomy_id WHERE tr.object_id = %d AND tt.taxonomy = 'language' LIMIT 1", $attachment_id ) );
		return 1 === preg_match( '/s:6:"locale";s:\d+:"([A-Za-z0-9_-]{2,35})"/', $description, $locale ) ? $locale[1] : '';
	}

	private static function of_wpml( int $attachment_id ): string {
		global $wpdb;
		$was_quiet = $wpdb->suppress_errors();
		$code      = (string) $wpdb->get_var( $wpdb->prepare( "SELECT language_code FROM {$wpdb->prefix}icl_translations WHERE element_type = 'post_attachment' AND element_id = %d LIMIT 1", $attachment_id ) );
		$locale    = '' === $code ? '' : (string) $wpdb->get_var( $wpdb->prepare( "SELECT locale FROM {$wpdb->prefix}icl_locale_map WHERE code = %s LIMIT 1", $code ) );
		$wpdb->suppress_errors( $was_quiet );
		return '' === $locale ? $code : $locale;
	}
}
