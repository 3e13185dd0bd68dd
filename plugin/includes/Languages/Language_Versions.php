<?php
declare( strict_types=1 );

namespace Altsmith\Languages;

use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Schema;
use Altsmith\Sync\Loopback;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;

defined( 'ABSPATH' ) || exit;

/**
 * The language versions of a picture: attachments with one file, which Polylang and WPML keep for each language. Each has its
 * own alt text. Both plugins copy the text of another version into a new or an empty one: such a text is in the wrong language.
 */
final class Language_Versions {
	/** A site has so many languages at most; a broken answer may list any number. */
	private const MOST = 100;

	public function __construct( private readonly Request_Store $store, private readonly Loopback $loopback ) {}

	public function register(): void {
		// Polylang, and WPML's "classic" way. Their file and sizes are there already, so nothing is waited for.
		add_action( 'pll_translate_media', array( $this, 'is_complete' ), 10, 2 );
		add_action( 'wpml_after_duplicate_attachment', array( $this, 'is_complete' ), 10, 2 );
	}

	/** A new version has its file, its language and its copied text. */
	public function is_complete( mixed $original = 0, mixed $version = 0 ): void {
		if ( is_numeric( $version ) && Schema::exists() && $this->store->make_due( (int) $version ) ) {
			$this->loopback->fire_after_response();
		}
	}

	/** @return int[] The other versions, as the plugin that is active knows them. */
	public static function others( int $attachment_id ): array {
		$found = function_exists( 'pll_get_post_translations' ) ? pll_get_post_translations( $attachment_id ) : array();
		if ( ! is_array( $found ) || array() === $found ) {
			$group = apply_filters( 'wpml_element_trid', null, $attachment_id, 'post_attachment' ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound -- WPML's
			$found = is_numeric( $group ) ? apply_filters( 'wpml_get_element_translations', null, $group, 'post_attachment' ) : array(); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound -- WPML's
		}
		$ids = array_map( static fn( mixed $one ): int => (int) ( is_object( $one ) ? $one->element_id ?? 0 : ( is_scalar( $one ) ? $one : 0 ) ), is_array( $found ) ? $found : array() );
		return array_slice( array_values( array_diff( array_unique( $ids ), array( 0, $attachment_id ) ) ), 0, self::MOST );
	}

	/** Whether a text of an attachment is word for word that of an earlier version, of which it was made. */
	public static function is_copied( int $attachment_id, string $text ): bool {
		$earlier = array_filter( self::others( $attachment_id ), static fn( int $other ): bool => $other < $attachment_id );
		return '' !== trim( $text ) && in_array( $text, Alt_Text_Meta::texts_of( $earlier ), true );
	}

	/** Whether it is one that was approved for another version: then nobody has written it for this one. */
	public static function is_copied_from_approved( int $attachment_id, string $text ): bool {
		foreach ( '' === trim( $text ) ? array() : self::others( $attachment_id ) as $other ) {
			if ( ( Provenance::latest( $other )['after'] ?? null ) === $text ) {
				return true;
			}
		}
		return false;
	}
}
