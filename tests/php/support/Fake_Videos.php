<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

/** What the sidecar does with videos: part of Fake_Sidecar. */
trait Fake_Videos {
	/** `video` of its status; null for a sidecar that knows none. */
	public ?array $video_status = array( 'decoder' => true, 'problem' => null, 'max_bytes' => 500_000, 'max_frames' => 120, 'longest_seconds' => 14400 );
	/** @var array<string, int> Bytes by SHA-256. */
	public array $videos = array();
	/** The JPEG that it offers. */
	public string $poster = '';

	private function video( string $method, string $rest, string $file ): array {
		if ( 'GET' === $method && str_ends_with( $rest, '/poster' ) ) {
			return '' === $this->poster ? self::error( 404, 'NOT_FOUND' ) : self::reply( 200, $this->poster, array( 'content-type' => 'image/jpeg' ) );
		}
		if ( 'HEAD' === $method ) {
			return array( 'body' => '' ) + self::reply( isset( $this->videos[ $rest ] ) ? 200 : 404, array() );
		}
		if ( ! is_file( $file ) || hash_file( 'sha256', $file ) !== $rest ) {
			return self::error( 422, 'HASH_MISMATCH' );
		}
		$this->videos[ $rest ] = filesize( $file );
		return self::reply( 201, array( 'video' => array( 'sha256' => $rest, 'bytes' => filesize( $file ), 'media_type' => 'video/mp4' ) ) );
	}

	/** @return array<string, mixed> What a suggestion of a video has besides. */
	private function of_video( string $text ): array {
		return array(
			'kind'   => 'video',
			'fields' => array( 'alt_text' => $text, 'title' => 'Cat, cup', 'caption' => null, 'description' => $text, 'keywords' => array( 'cat', 'cup' ), 'file_name' => null, 'text_alternative' => "0:00 A cat.\n0:03 A cup." ),
			'video'  => array(
				'duration'     => 6.2,
				'iso_duration' => 'PT6S',
				'has_sound'    => false,
				'is_whole'     => true,
				'scenes'       => array( array( 'at' => 0.5, 'from' => 0, 'to' => 3, 'caption' => 'A cat' ), array( 'at' => 3.5, 'from' => 3, 'to' => 6.2, 'caption' => 'A <b>cup' ) ),
				'note'         => 'Draft.',
				'wcag'         => array( 'helps' => array( '1.2.1' ), 'open' => array() ),
				'poster'       => array( 'image_sha256' => hash( 'sha256', $this->poster ), 'at' => 0.5, 'alt_text' => 'A cat on a sofa' ),
			),
		);
	}
}
