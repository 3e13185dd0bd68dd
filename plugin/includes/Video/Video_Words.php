<?php
declare( strict_types=1 );

namespace Altsmith\Video;

defined( 'ABSPATH' ) || exit;

/** Why a video gets no suggestion, in the site's language. The sidecar says it in English. */
final class Video_Words {
	/** Errors after which the browser may still be able to take still pictures. */
	public const BROWSER_MAY = array( 'VIDEO_DECODER_MISSING', 'VIDEO_TOO_LARGE', 'VIDEO_TYPE_UNSUPPORTED', 'VIDEO_UNREADABLE', 'VIDEO_TOO_MANY_PIXELS', 'VIDEO_TIMEOUT', 'VIDEO_NOT_SENT' );

	/** @return string '' for a code that has no sentence here. */
	public static function of_error( string $code ): string {
		return match ( $code ) {
			'VIDEO_DECODER_MISSING'  => __( 'The sidecar cannot read videos: the program ffmpeg is missing on its machine.', 'altsmith' ),
			'VIDEO_UNREADABLE'       => __( 'The file is damaged, or not a video that the sidecar can read.', 'altsmith' ),
			'VIDEO_WITHOUT_PICTURES' => __( 'The video shows nothing that can be described: only sound, a cover, or black frames.', 'altsmith' ),
			'VIDEO_TOO_MANY_PIXELS'  => __( 'The frames of the video are too large for the sidecar. Upload a smaller copy.', 'altsmith' ),
			'VIDEO_TOO_LONG'         => __( 'The video is longer than four hours. Upload it in parts.', 'altsmith' ),
			'VIDEO_TYPE_UNSUPPORTED' => __( 'The sidecar does not read this kind of video. Upload it as MP4 or WebM.', 'altsmith' ),
			'VIDEO_TIMEOUT'          => __( 'Reading the video took the sidecar too long.', 'altsmith' ),
			default                  => '',
		};
	}

	public static function too_large( int $bytes, int $most ): string {
		/* translators: 1: size of the video, such as 700 MB; 2: largest size that is accepted */
		return sprintf( __( 'The video is too large for the sidecar: it has %1$s, and at most %2$s are accepted.', 'altsmith' ), (string) size_format( $bytes ), (string) size_format( $most ) );
	}
}
