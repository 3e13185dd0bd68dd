<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Library\Shown_Rows;
use Altsmith\Review\Status_Words;
use Altsmith\Review\Suggestion_View;
use Altsmith\Text\Plain_Text;
use Altsmith\Video\Video_File;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** The state of the suggestion in the media modal and on the attachment's own screen. */
final class Attachment_Details {
	public function __construct( private readonly Shown_Rows $rows, private readonly Assets $assets ) {}

	public function register(): void {
		add_filter( 'attachment_fields_to_edit', array( $this, 'add_field' ), 10, 2 );
		// The media window wherever it is used, and the image's own screen.
		add_action( 'wp_enqueue_media', array( $this, 'enqueue' ) );
		add_action( 'add_meta_boxes_attachment', fn() => $this->assets->enqueue_on_page( 'image-details' ) );
	}

	public function enqueue(): void {
		if ( is_admin() && current_user_can( 'upload_files' ) ) {
			$this->assets->enqueue( 'image-details' );
		}
	}

	/**
	 * The modal asks for these fields anew for every image; src/image-details draws over what is written here, which is what
	 * people without JavaScript see.
	 *
	 * @param mixed $fields
	 * @return mixed
	 */
	public function add_field( mixed $fields = array(), mixed $post = null ): mixed {
		if ( is_array( $fields ) && $post instanceof WP_Post && ( wp_attachment_is_image( $post ) || Video_File::is_one( $post ) ) && current_user_can( 'edit_post', $post->ID ) ) {
			$fields['altsmith'] = array(
				'label'         => Video_File::is_one( $post ) ? __( 'Suggested description', 'altsmith' ) : __( 'Suggested alt text', 'altsmith' ),
				'input'         => 'html',
				'html'          => $this->html( $post ),
				'show_in_edit'  => true,
				'show_in_modal' => true,
			);
		}
		return $fields;
	}

	private function html( WP_Post $post ): string {
		$row    = $this->rows->of( $post->ID );
		$status = null === $row ? 'none' : $row->display_status();
		$html   = '<div class="altsmith-details" data-altsmith-attachment="' . esc_attr( (string) $post->ID ) . '" data-altsmith-status="' . esc_attr( $status ) . '">';
		$html  .= '<span class="altsmith-details__status">' . esc_html( Status_Words::sentence( $status, $row?->suggestion, Video_File::is_one( $post ) ) ) . '</span>';
		if ( null !== $row && 'pending' === $status && null !== $row->suggestion ) {
			$html .= '<br><q class="altsmith-details__text">' . Plain_Text::html( $row->suggestion['fields']['alt_text'] ) . '</q>';
		}
		if ( null !== $row && '' !== $row->error_message ) {
			$html .= '<br><span class="altsmith-details__error">' . esc_html( $row->error_message ) . '</span>';
		}
		if ( null !== $row && null !== $row->suggestion ) {
			$html .= '<br><a href="' . esc_url( Suggestion_View::review_url( $post->ID ) ) . '">' . esc_html__( 'Open in Alt text review', 'altsmith' ) . '</a>';
		}
		return $html . '</div>';
	}
}
