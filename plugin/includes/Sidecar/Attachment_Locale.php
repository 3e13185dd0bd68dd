<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/** In which language the texts of an attachment are wanted. */
final class Attachment_Locale {
	/** Languages that WordPress names otherwise than BCP 47 does, most by three letters where that has two; the sidecar uses the latter. */
	private const SHORT = array( 'arg' => 'an', 'ary' => 'ar', 'azb' => 'az', 'bcc' => 'bal', 'bel' => 'be', 'bre' => 'br', 'cor' => 'kw', 'dzo' => 'dz', 'ewe' => 'ee', 'fuc' => 'ff', 'gax' => 'om', 'hau' => 'ha', 'ido' => 'io', 'ike' => 'iu', 'kal' => 'kl', 'kin' => 'rw', 'kir' => 'ky', 'lin' => 'ln', 'me' => 'sr', 'mri' => 'mi', 'oci' => 'oc', 'ory' => 'or', 'roh' => 'rm', 'sna' => 'sn', 'snd' => 'sd', 'srd' => 'sc', 'tah' => 'ty', 'tir' => 'ti', 'tuk' => 'tk', 'twd' => 'nds', 'wol' => 'wo', 'xho' => 'xh', 'yor' => 'yo', 'zul' => 'zu' );

	/** That of the language version where a plugin for several languages knows it, else the site's. */
	public static function of( WP_Post $attachment ): string {
		// WPML's filter, which Polylang answers as well.
		$details = apply_filters( 'wpml_post_language_details', null, $attachment->ID ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound
		$locale  = is_array( $details ) ? ( $details['locale'] ?? '' ) : '';
		return is_string( $locale ) && '' !== $locale ? $locale : get_locale();
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
