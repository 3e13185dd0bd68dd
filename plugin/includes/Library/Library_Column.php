<?php
declare( strict_types=1 );

namespace Altsmith\Library;

use Altsmith\Capabilities;
use Altsmith\Review\Status_Words;
use Altsmith\Review\Suggestion_View;
use Altsmith\Text\Plain_Text;
use Altsmith\Video\Video_File;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;

defined( 'ABSPATH' ) || exit;

/** The column "Alt text" in the media library's list: the text there is, and where its suggestion stands. */
final class Library_Column {
	private const COLUMN = 'altsmith';
	/** Characters of a text that are shown. */
	private const SHOWN = 80;

	public function __construct( private readonly Shown_Rows $rows ) {}

	public function register(): void {
		add_filter( 'manage_media_columns', array( $this, 'add' ) );
		add_action( 'manage_media_custom_column', array( $this, 'render' ), 10, 2 );
	}

	/**
	 * @param mixed $columns
	 * @return mixed
	 */
	public function add( mixed $columns ): mixed {
		if ( is_array( $columns ) && current_user_can( Capabilities::REVIEW ) ) {
			$columns[ self::COLUMN ] = __( 'Alt text', 'altsmith' );
		}
		return $columns;
	}

	public function render( mixed $column = '', mixed $attachment_id = 0 ): void {
		$attachment_id = (int) $attachment_id;
		$is_video      = Video_File::is_one( $attachment_id );
		if ( self::COLUMN !== $column || ! ( $is_video || wp_attachment_is_image( $attachment_id ) ) ) {
			return;
		}
		$row    = $this->rows->of( $attachment_id );
		$status = null === $row ? 'none' : $row->display_status();
		// WordPress has no alt text for videos; their description is the text.
		$text   = $is_video ? wp_strip_all_tags( (string) get_post_field( 'post_content', $attachment_id, 'raw' ) ) : (string) get_post_meta( $attachment_id, Alt_Text_Meta::KEY, true );
		$mark   = Provenance::is_decorative( $attachment_id );
		echo '<div data-altsmith-status="' . esc_attr( $mark && 'applied' === $status ? 'decorative' : $status ) . '">';
		if ( '' !== trim( $text ) ) {
			echo '<span>' . Plain_Text::html( wp_html_excerpt( $text, self::SHOWN, '…' ) ) . '</span>'; // phpcs:ignore WordPress.Security.EscapeOutput -- Plain_Text::html() escapes
		} else {
			echo '<em>' . esc_html( $mark ? __( 'Decorative', 'altsmith' ) : __( 'Missing', 'altsmith' ) ) . '</em>';
		}
		if ( ! in_array( $status, array( 'none', 'applied', 'decorative' ), true ) ) {
			$label = '<strong>' . esc_html( Status_Words::label( $status ) ) . '</strong>';
			$opens = in_array( $status, array( 'pending', 'conflict' ), true ) && current_user_can( 'edit_post', $attachment_id );
			echo '<div>' . ( $opens ? '<a href="' . esc_url( Suggestion_View::review_url( $attachment_id ) ) . '">' . $label . '</a>' : $label ) . '</div>'; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- escaped above
		}
		if ( 'failed' === $status && null !== $row ) {
			echo '<br><span class="description">' . esc_html( $row->error_message ) . '</span>';
		}
		echo '</div>';
	}
}
