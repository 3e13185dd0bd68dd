<?php
declare( strict_types=1 );

namespace Altsmith\Library;

use Altsmith\Review\Suggestion_View;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Loopback;
use Altsmith\Video\Video_File;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** "Suggest alt text" for one line or for several, in the media library's list. */
final class Library_Actions {
	private const ACTION = 'altsmith_suggest';

	public function __construct( private readonly Request_Store $store, private readonly Loopback $loopback, private readonly Shown_Rows $rows ) {}

	public function register(): void {
		add_filter( 'media_row_actions', array( $this, 'add_row_action' ), 10, 2 );
		add_filter( 'bulk_actions-upload', array( $this, 'add_bulk_action' ) );
		add_filter( 'handle_bulk_actions-upload', array( $this, 'handle_bulk' ), 10, 3 );
		add_action( 'admin_post_' . self::ACTION, array( $this, 'handle_row' ) );
		add_action( 'admin_notices', array( $this, 'print_result' ) );
		add_filter( 'removable_query_args', array( $this, 'drop_result' ) );
	}

	/**
	 * @param mixed $actions
	 * @return mixed
	 */
	public function add_row_action( mixed $actions = null, mixed $post = null ): mixed {
		if ( ! is_array( $actions ) || ! $post instanceof WP_Post || ! self::can_be_described( $post ) || ! current_user_can( 'edit_post', $post->ID ) ) {
			return $actions;
		}
		$row = $this->rows->of( $post->ID );
		if ( null !== $row && in_array( $row->display_status(), array( 'pending', 'conflict' ), true ) ) {
			$url   = Suggestion_View::review_url( $post->ID );
			$label = Video_File::is_one( $post ) ? __( 'Review description', 'altsmith' ) : __( 'Review alt text', 'altsmith' );
		} else {
			$url   = wp_nonce_url( admin_url( 'admin-post.php?action=' . self::ACTION . '&attachment=' . $post->ID ), self::ACTION . $post->ID );
			$label = Video_File::is_one( $post ) ? __( 'Suggest description', 'altsmith' ) : __( 'Suggest alt text', 'altsmith' );
		}
		$name = _draft_or_post_title( $post );
		/* translators: 1: action, 2: title of the image */
		$actions['altsmith'] = sprintf( '<a href="%s" aria-label="%s">%s</a>', esc_url( $url ), esc_attr( sprintf( __( '%1$s: “%2$s”', 'altsmith' ), $label, $name ) ), esc_html( $label ) );
		return $actions;
	}

	/**
	 * @param mixed $actions
	 * @return mixed
	 */
	public function add_bulk_action( mixed $actions ): mixed {
		if ( is_array( $actions ) && current_user_can( 'upload_files' ) ) {
			$actions[ self::ACTION ] = __( 'Suggest alt text', 'altsmith' );
		}
		return $actions;
	}

	/**
	 * WordPress has checked the nonce; each image is checked here.
	 *
	 * @param mixed   $redirect
	 * @param mixed   $action
	 * @param mixed[] $ids
	 * @return mixed
	 */
	public function handle_bulk( mixed $redirect = null, mixed $action = '', mixed $ids = array() ): mixed {
		if ( self::ACTION !== $action || ! is_string( $redirect ) || ! is_array( $ids ) ) {
			return $redirect;
		}
		$asked = count( array_filter( array_map( 'intval', $ids ), array( $this, 'ask' ) ) );
		return add_query_arg( array( 'altsmith_asked' => $asked, 'altsmith_left' => count( $ids ) - $asked ), $redirect );
	}

	public function handle_row(): void {
		$id = (int) ( $_GET['attachment'] ?? 0 ); // phpcs:ignore WordPress.Security.NonceVerification, WordPress.Security.ValidatedSanitizedInput -- checked in the next line; a number
		check_admin_referer( self::ACTION . $id );
		$asked = $this->ask( $id );
		$back  = wp_get_referer() ? wp_get_referer() : admin_url( 'upload.php' );
		wp_safe_redirect( add_query_arg( array( 'altsmith_asked' => (int) $asked, 'altsmith_left' => (int) ! $asked ), $back ) );
		exit;
	}

	public function print_result(): void {
		if ( ! isset( $_GET['altsmith_asked'] ) || ! current_user_can( 'upload_files' ) ) { // phpcs:ignore WordPress.Security.NonceVerification -- only shows numbers
			return;
		}
		$asked = absint( $_GET['altsmith_asked'] ); // phpcs:ignore WordPress.Security.NonceVerification -- a number
		$left  = absint( $_GET['altsmith_left'] ?? 0 ); // phpcs:ignore WordPress.Security.NonceVerification -- a number
		/* translators: %d: number of images and videos */
		$text = sprintf( _n( '%d item will get a suggestion.', '%d items will get suggestions.', $asked, 'altsmith' ), $asked );
		if ( $left > 0 ) {
			/* translators: %d: number of images and videos */
			$text .= ' ' . sprintf( _n( '%d item skipped: neither image nor video, or you cannot edit it.', '%d items skipped: neither images nor videos, or you cannot edit them.', $left, 'altsmith' ), $left );
		}
		wp_admin_notice( esc_html( $text ), array( 'type' => $asked > 0 ? 'success' : 'warning', 'dismissible' => true ) );
	}

	/**
	 * @param mixed $words
	 * @return mixed
	 */
	public function drop_result( mixed $words ): mixed {
		return is_array( $words ) ? array_merge( $words, array( 'altsmith_asked', 'altsmith_left' ) ) : $words;
	}

	private static function can_be_described( WP_Post|int $attachment ): bool {
		return wp_attachment_is_image( $attachment ) || Video_File::is_one( $attachment );
	}

	private function ask( int $attachment_id ): bool {
		if ( ! self::can_be_described( $attachment_id ) || ! current_user_can( 'edit_post', $attachment_id ) ) {
			return false;
		}
		if ( ! $this->store->add( $attachment_id, 'interactive', time() ) ) {
			$this->store->requeue( $attachment_id, 'interactive' );
		}
		$this->loopback->fire_after_response();
		return true;
	}
}
