<?php
declare( strict_types=1 );

namespace Altsmith\Video;

use Altsmith\Storage\Request_Row;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** The part of a suggestion over REST that only videos have. */
final class Video_View {
	/** @return array<string, mixed>|null Null for an image. */
	public static function of( WP_Post $post, Request_Row $row ): ?array {
		$given = $row->suggestion['video'] ?? null;
		if ( ! is_array( $given ) || ! Video_File::is_one( $post ) ) {
			return null;
		}
		return array(
			'url'              => (string) wp_get_attachment_url( $post->ID ),
			'type'             => (string) $post->post_mime_type,
			'duration'         => $given['duration'],
			'has_sound'        => $given['has_sound'],
			'is_whole'         => $given['is_whole'],
			'stills'           => count( $given['scenes'] ),
			'scenes'           => $given['scenes'],
			'open'             => $given['open'],
			'text_alternative' => (string) ( $row->suggestion['values']['text_alternative'] ?? $row->suggestion['fields']['text_alternative'] ?? '' ),
			// Of the featured image; '' where the video has none.
			'poster_url'       => Video_File::poster_url( $post->ID ),
			// The frame that can become it.
			'poster'           => Poster::is_offered( $row ) ? $given['poster'] : null,
		);
	}
}
