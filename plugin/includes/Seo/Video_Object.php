<?php
declare( strict_types=1 );

namespace Altsmith\Seo;

use Altsmith\Text\File_Name_Title;
use Altsmith\Text\Plain_Text;
use Altsmith\Video\Approved_Video;
use Altsmith\Video\Video_File;
use Altsmith\Writeback\Library_Texts;

defined( 'ABSPATH' ) || exit;

/** A video as schema.org's VideoObject (https://schema.org/VideoObject), with what search engines require of one. */
final class Video_Object {
	/**
	 * @param string $poster Address of the picture that the page shows for it; '' where the page names none.
	 * @return array<string, mixed>|null Null where it has no picture: search engines refuse such an entry.
	 */
	public static function of( Approved_Video $video, string $poster ): ?array {
		$post      = $video->post;
		$url       = (string) wp_get_attachment_url( $post->ID );
		$thumbnail = '' === $poster ? Video_File::poster_url( $post->ID ) : $poster;
		if ( '' === $url || '' === $thumbnail ) {
			return null;
		}
		$metadata    = wp_get_attachment_metadata( $post->ID, true );
		$description = Plain_Text::from_person( $video->description );
		$title       = Plain_Text::from_person( $post->post_title );
		$keywords    = get_post_meta( $post->ID, Library_Texts::KEYWORDS_KEY, true );
		return array_filter(
			array(
				'@type'          => 'VideoObject',
				'@id'            => $url,
				'name'           => '' === $title || File_Name_Title::is_one( $title, wp_basename( (string) get_post_meta( $post->ID, '_wp_attached_file', true ) ) ) ? $description : $title,
				'description'    => $description,
				'thumbnailUrl'   => $thumbnail,
				'uploadDate'     => (string) get_post_time( DATE_W3C, true, $post ),
				'duration'       => Video_File::iso_duration( $post, $video->duration ),
				'contentUrl'     => $url,
				'encodingFormat' => $post->post_mime_type,
				'width'          => is_array( $metadata ) ? (int) ( $metadata['width'] ?? 0 ) : 0,
				'height'         => is_array( $metadata ) ? (int) ( $metadata['height'] ?? 0 ) : 0,
				'keywords'       => is_array( $keywords ) ? array_values( array_filter( array_map( array( Plain_Text::class, 'from_person' ), $keywords ) ) ) : null,
				'inLanguage'     => get_bloginfo( 'language' ),
			),
			static fn( mixed $value ): bool => ! in_array( $value, array( null, '', 0, array() ), true )
		);
	}
}
