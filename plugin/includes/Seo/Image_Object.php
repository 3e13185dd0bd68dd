<?php
declare( strict_types=1 );

namespace Altsmith\Seo;

use Altsmith\Text\File_Name_Title;
use Altsmith\Text\Plain_Text;
use Altsmith\Writeback\Library_Texts;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** An attachment as schema.org's ImageObject (https://schema.org/ImageObject). */
final class Image_Object {
	/**
	 * @param string $alt_text The approved one.
	 * @param bool   $is_main  Whether it is the picture that stands for the page.
	 * @return array<string, mixed>|null Null when the attachment has no file.
	 */
	public static function of( WP_Post $post, string $alt_text, bool $is_main ): ?array {
		$full = wp_get_attachment_image_src( $post->ID, 'full' );
		if ( ! is_array( $full ) ) {
			return null;
		}
		$thumbnail = wp_get_attachment_image_src( $post->ID, 'medium' );
		$file      = wp_basename( (string) get_post_meta( $post->ID, '_wp_attached_file', true ) );
		$title     = Plain_Text::from_person( $post->post_title );
		$keywords  = get_post_meta( $post->ID, Library_Texts::KEYWORDS_KEY, true );
		// The description is for search engines; where there is none the alt text says what is to be seen.
		$description = Plain_Text::from_person( $post->post_content );
		return array_filter(
			array(
				'@type'                => 'ImageObject',
				'@id'                  => $full[0],
				'contentUrl'           => $full[0],
				'thumbnailUrl'         => is_array( $thumbnail ) ? $thumbnail[0] : null,
				'encodingFormat'       => $post->post_mime_type,
				'width'                => (int) $full[1],
				'height'               => (int) $full[2],
				'name'                 => '' === $title || File_Name_Title::is_one( $title, $file ) ? null : $title,
				'description'          => '' === $description ? $alt_text : $description,
				'caption'              => Plain_Text::from_person( $post->post_excerpt ),
				'keywords'             => is_array( $keywords ) ? array_values( array_filter( array_map( array( Plain_Text::class, 'from_person' ), $keywords ) ) ) : null,
				'inLanguage'           => get_bloginfo( 'language' ),
				'representativeOfPage' => $is_main ? true : null,
			),
			static fn( mixed $value ): bool => ! in_array( $value, array( null, '', 0, array() ), true )
		);
	}
}
