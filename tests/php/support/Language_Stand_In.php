<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support {
	use WP_Error;

	/**
	 * The part of Polylang and of WPML that the plugin meets: which language an attachment has, its versions, how a version is made,
	 * and what stays in the database when the plugin is switched off. Nothing of their own code.
	 */
	final class Language_Stand_In {
		public const LOCALES = array( 'en' => 'en_US', 'de' => 'de_DE', 'fr' => 'fr_FR' );

		/** '' while none is active. */
		public static string $active = '';

		/** @var array<int, array{group: int, language: string}> By attachment. */
		public static array $versions = array();

		/** @param string $plugin polylang or wpml. */
		public static function switch_on( string $plugin ): void {
			self::$active   = $plugin;
			self::$versions = array();
			if ( 'polylang' === $plugin ) {
				register_taxonomy( 'language', array( 'post', 'attachment' ), array( 'public' => false ) );
				foreach ( self::LOCALES as $code => $locale ) {
					wp_insert_term( $code, 'language', array( 'slug' => $code, 'description' => serialize( array( 'locale' => $locale, 'rtl' => 0, 'flag_code' => '' ) ) ) ); // phpcs:ignore Generic.PHP.ForbiddenFunctions -- as the language plugin keeps it
				}
			}
			add_filter( 'wpml_post_language_details', array( self::class, 'details' ), 10, 2 );
			if ( 'wpml' === $plugin ) {
				add_filter( 'wpml_default_language', static fn(): string => 'en' );
				add_filter( 'wpml_element_trid', static fn( mixed $none, int $id ): mixed => self::$versions[ $id ]['group'] ?? $none, 10, 2 );
				add_filter( 'wpml_get_element_translations', array( self::class, 'translations' ), 10, 2 );
				// It listens to the old name of the hook, and fills empty versions.
				add_action( 'updated_postmeta', array( self::class, 'fill_empty_versions' ), 10, 4 );
				add_action( 'added_post_meta', array( self::class, 'fill_empty_versions' ), 10, 4 );
			}
		}

		public static function switch_off(): void {
			if ( taxonomy_exists( 'language' ) ) {
				unregister_taxonomy( 'language' );
			}
			self::$active = '';
			remove_filter( 'wpml_post_language_details', array( self::class, 'details' ) );
			remove_all_filters( 'wpml_default_language' );
			remove_all_filters( 'wpml_element_trid' );
			remove_all_filters( 'wpml_get_element_translations' );
			remove_action( 'updated_postmeta', array( self::class, 'fill_empty_versions' ) );
			remove_action( 'added_post_meta', array( self::class, 'fill_empty_versions' ) );
		}

		public static function set( int $id, string $language, int $group = 0 ): void {
			self::$versions[ $id ] = array( 'group' => 0 === $group ? $id : $group, 'language' => $language );
			if ( 'polylang' === self::$active ) {
				wp_set_object_terms( $id, $language, 'language' );
			}
		}

		/** Makes another version as both plugins do: without a file of its own, with the text of the first, and the language at last. */
		public static function translate( int $id, string $language ): int {
			$new = wp_insert_attachment( array( 'post_title' => get_the_title( $id ), 'post_mime_type' => get_post_mime_type( $id ), 'post_status' => 'inherit', 'post_author' => (int) get_post_field( 'post_author', $id ) ) );
			wp_update_attachment_metadata( $new, wp_slash( wp_get_attachment_metadata( $id, true ) ) );
			update_attached_file( $new, get_attached_file( $id, true ) );
			$text = get_post_meta( $id, '_wp_attachment_image_alt', true );
			if ( $text ) {
				add_post_meta( $new, '_wp_attachment_image_alt', wp_slash( $text ) );
			}
			self::set( $new, $language, self::$versions[ $id ]['group'] );
			'polylang' === self::$active ? do_action( 'pll_translate_media', $id, $new, $language ) : do_action( 'wpml_after_duplicate_attachment', $id, $new );
			return $new;
		}

		public static function details( mixed $none, mixed $id ): mixed {
			$language = self::$versions[ (int) $id ]['language'] ?? '';
			return '' === $language ? ( 'wpml' === self::$active ? new WP_Error( 'x', 'no language' ) : array() ) : array( 'language_code' => $language, 'locale' => self::LOCALES[ $language ] );
		}

		/** @return array<string, object|int> */
		public static function translations( mixed $none, mixed $group ): array {
			$found = array();
			foreach ( self::$versions as $id => $one ) {
				if ( (int) $group === $one['group'] ) {
					$found[ $one['language'] ] = (object) array( 'element_id' => (string) $id, 'language_code' => $one['language'] );
				}
			}
			return $found;
		}

		public static function fill_empty_versions( mixed $meta, int $id, string $key, mixed $text ): void {
			foreach ( '_wp_attachment_image_alt' === $key ? self::translations( null, self::$versions[ $id ]['group'] ?? -1 ) : array() as $one ) {
				if ( (int) $one->element_id !== $id && '' === get_post_meta( (int) $one->element_id, $key, true ) ) {
					update_post_meta( (int) $one->element_id, $key, $text );
				}
			}
		}
	}
}

namespace {
	use Altsmith\Tests\Support\Language_Stand_In;

	if ( ! function_exists( 'pll_get_post_translations' ) ) {
		function pll_get_post_translations( int $id ): array {
			$group = 'polylang' === Language_Stand_In::$active ? ( Language_Stand_In::$versions[ $id ]['group'] ?? 0 ) : 0;
			return 0 === $group ? array() : array_map( static fn( object $one ): int => (int) $one->element_id, Language_Stand_In::translations( null, $group ) );
		}

		function pll_default_language( string $field ): string|false {
			return 'polylang' === Language_Stand_In::$active ? 'en_US' : false;
		}
	}
}
