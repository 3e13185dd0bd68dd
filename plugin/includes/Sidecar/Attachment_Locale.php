<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use Altsmith\Languages\Stored_Language;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** In which language the texts of an attachment are wanted. */
final class Attachment_Locale {
	/** Languages that WordPress names otherwise than BCP 47 does, most by three letters where that has two; the sidecar uses the latter. */
	private const SHORT = array( 'arg' => 'an', 'ary' => 'ar', 'azb' => 'az', 'bcc' => 'bal', 'bel' => 'be', 'bre' => 'br', 'cor' => 'kw', 'dzo' => 'dz', 'ewe' => 'ee', 'fuc' => 'ff', 'gax' => 'om', 'hau' => 'ha', 'ido' => 'io', 'ike' => 'iu', 'kal' => 'kl', 'kin' => 'rw', 'kir' => 'ky', 'lin' => 'ln', 'me' => 'sr', 'mri' => 'mi', 'oci' => 'oc', 'ory' => 'or', 'roh' => 'rm', 'sna' => 'sn', 'snd' => 'sd', 'srd' => 'sc', 'tah' => 'ty', 'tir' => 'ti', 'tuk' => 'tk', 'twd' => 'nds', 'wol' => 'wo', 'xho' => 'xh', 'yor' => 'yo', 'zul' => 'zu' );

	/** That of the language version where one is known, else the site's. */
	public static function of( WP_Post $attachment ): string {
		$told = self::told( $attachment );
		return '' === $told ? self::of_site() : $told;
	}

	/** What a plugin for several languages says of an attachment, or said before it was switched off; '' where none does. */
	public static function told( WP_Post $attachment ): string {
		// WPML's filter, which Polylang answers as well.
		$details = apply_filters( 'wpml_post_language_details', null, $attachment->ID ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound
		$locale  = is_array( $details ) ? ( $details['locale'] ?? '' ) : '';
		return is_string( $locale ) && '' !== $locale ? $locale : Stored_Language::of( $attachment->ID );
	}

	/** Whether an attachment is known to be in another language than a BCP 47 tag says. */
	public static function is_known_to_differ( int $attachment_id, string $language ): bool {
		$post = get_post( $attachment_id );
		$told = '' === $language || ! $post instanceof WP_Post ? '' : self::told( $post );
		return '' !== $told && self::written( $told ) !== self::written( $language );
	}

	/** The site's own. Plugins for several languages filter get_locale() by the address of the present request. */
	private static function of_site(): string {
		$default = function_exists( 'pll_default_language' ) ? pll_default_language( 'locale' ) : null;
		$default = is_string( $default ) && '' !== $default ? $default : apply_filters( 'wpml_default_language', null ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound
		return is_string( $default ) && '' !== $default ? $default : get_locale();
	}

	/** Whether a text in this language, a BCP 47 tag, is in the attachment's own, wherever that is spoken. */
	public static function is_in( WP_Post $attachment, string $language ): bool {
		return self::written( self::of( $attachment ) ) === self::written( $language );
	}

	/** The language of a locale or tag. Of the two ways to write Chinese, readers of one do not take the other. */
	private static function written( string $locale ): string {
		$language = strtolower( (string) strtok( $locale, '_-' ) );
		$language = self::SHORT[ $language ] ?? $language;
		return 'zh' === $language && 1 === preg_match( '/[_-](Hant|TW|HK|MO)\b/i', $locale ) ? 'zh-Hant' : $language;
	}
}
