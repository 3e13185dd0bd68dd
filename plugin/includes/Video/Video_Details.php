<?php
declare( strict_types=1 );

namespace Altsmith\Video;

use Altsmith\Text\Plain_Text;

defined( 'ABSPATH' ) || exit;

/** What a suggestion says of its video besides the texts, cleaned at the door. */
final class Video_Details {
	/** What a sidecar describes of one video at most. */
	private const MOST_SCENES = 120;

	/**
	 * @param array<string, mixed> $raw
	 * @return array{duration: float, has_sound: bool|null, is_whole: bool, scenes: array<int, array{at: float, caption: string}>, poster: array{image_sha256: string, at: float, alt_text: string}|null, open: string[]}
	 */
	public static function cleaned( array $raw ): array {
		$scenes = array_filter( array_slice( is_array( $raw['scenes'] ?? null ) ? $raw['scenes'] : array(), 0, self::MOST_SCENES ), 'is_array' );
		$poster = $raw['poster'] ?? null;
		$hash   = is_array( $poster ) ? (string) ( $poster['image_sha256'] ?? '' ) : '';
		return array(
			'duration'  => self::seconds( $raw['duration'] ?? 0 ),
			'has_sound' => is_bool( $raw['has_sound'] ?? null ) ? $raw['has_sound'] : null,
			'is_whole'  => false !== ( $raw['is_whole'] ?? true ),
			'scenes'    => array_map(
				static fn( array $scene ): array => array( 'at' => self::seconds( $scene['from'] ?? 0 ), 'caption' => Plain_Text::from_machine( $scene['caption'] ?? '' ) ),
				array_values( $scenes )
			),
			'poster'    => 1 === preg_match( '/^[0-9a-f]{64}$/', $hash ) ? array( 'image_sha256' => $hash, 'at' => self::seconds( $poster['at'] ?? 0 ), 'alt_text' => Plain_Text::from_machine( $poster['alt_text'] ?? '' ) ) : null,
			// Success criteria of WCAG that this text cannot meet, such as 1.2.2.
			'open'      => array_values( array_filter( (array) ( $raw['wcag']['open'] ?? array() ), static fn( mixed $one ): bool => is_string( $one ) && 1 === preg_match( '/^\d\.\d\.\d{1,2}$/', $one ) ) ),
		);
	}

	private static function seconds( mixed $given ): float {
		return is_numeric( $given ) ? max( 0.0, (float) $given ) : 0.0;
	}
}
