<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** What a placed picture's text is, measured against the library's. Pure. */
final class Placement_State {
	/** Marked as decorative where it stands. Never changed. */
	public const DECORATIVE = 'decorative';
	/** No text. */
	public const EMPTY = 'empty';
	/** The text it is about to get, or has. */
	public const CURRENT = 'current';
	/** A copy of the library's older text. */
	public const OLD_VALUE = 'old_value';
	/** Somebody wrote a text for this very place. */
	public const CUSTOM = 'custom';
	/** Empty or an old copy, but inside a link, where the text has to say where the link goes. */
	public const LINKED = 'linked';
	/** It reads the library each time it is shown (a featured image): there is nothing to change. */
	public const LIVE = 'live';
	/** A background: no text belongs to it. */
	public const BACKGROUND = 'background';
	/** The name of a category or brand is shown instead of a text of the picture. */
	public const NAMED = 'named';
	/** Its address was found, in data of a form that is not read. */
	public const UNKNOWN = 'unknown';

	/**
	 * @param string   $new The text the place would get.
	 * @param string[] $old Texts the library had before it.
	 */
	public static function of( Found_Image $image, string $new, array $old ): string {
		if ( Found_Image::COPY !== $image->shows ) {
			return match ( $image->shows ) {
				Found_Image::LIBRARY => self::LIVE,
				Found_Image::NO_TEXT => self::BACKGROUND,
				Found_Image::OWN_NAME => self::NAMED,
				default              => self::UNKNOWN,
			};
		}
		$text = trim( (string) $image->alt );
		if ( $image->decorative ) {
			return self::DECORATIVE;
		}
		if ( '' !== $text && self::same( $text, $new ) ) {
			return self::CURRENT;
		}
		$is_copy = '' !== $text && array_filter( $old, static fn( string $one ): bool => self::same( $text, $one ) );
		if ( '' !== $text && ! $is_copy ) {
			return self::CUSTOM;
		}
		if ( $image->linked ) {
			return self::LINKED;
		}
		return '' === $text ? self::EMPTY : self::OLD_VALUE;
	}

	/** Whether the list offers to change it at all. */
	public static function can_change( string $state, string $locked ): bool {
		return '' === $locked && in_array( $state, array( self::EMPTY, self::OLD_VALUE, self::CUSTOM, self::LINKED ), true );
	}

	/** Whether its box is ticked before anybody touched it. A person's own text never is, nor is a link. */
	public static function is_ticked( string $state, string $locked ): bool {
		return '' === $locked && in_array( $state, array( self::EMPTY, self::OLD_VALUE ), true );
	}

	/** The editor and the library collapse white space differently; that is no difference of the text. */
	private static function same( string $one, string $other ): bool {
		$other = trim( (string) preg_replace( '/\s+/u', ' ', $other ) );
		return '' !== $other && trim( (string) preg_replace( '/\s+/u', ' ', $one ) ) === $other;
	}
}
