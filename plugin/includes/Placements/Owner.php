<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use WP_Post;
use WP_Term;
use WP_User;

defined( 'ABSPATH' ) || exit;

/** Who shows a picture: a post, a term, a user, or the site itself (options; its id is 0). */
final class Owner {
	public const POST = 'post';
	public const TERM = 'term';
	public const USER = 'user';
	public const SITE = 'site';

	public const ALL = array( self::POST, self::TERM, self::USER, self::SITE );

	public function __construct( public readonly string $type, public readonly int $id ) {}

	public function exists(): bool {
		return match ( $this->type ) {
			self::POST => get_post( $this->id ) instanceof WP_Post && 'trash' !== get_post_status( $this->id ),
			self::TERM => get_term( $this->id ) instanceof WP_Term,
			self::USER => get_user_by( 'id', $this->id ) instanceof WP_User,
			default    => true,
		};
	}

	public function may_edit(): bool {
		return match ( $this->type ) {
			self::POST => current_user_can( 'edit_post', $this->id ),
			self::TERM => current_user_can( 'edit_term', $this->id ),
			self::USER => current_user_can( 'edit_user', $this->id ),
			default    => current_user_can( 'edit_theme_options' ),
		};
	}

	/**
	 * For screens. `id` is 0 unless it is a post.
	 *
	 * @param string $site_title What the place of the site itself is called.
	 * @return array{id: int, title: string, type: string, status: string, edit_url: string, view_url: string}
	 */
	public function view( string $site_title = '' ): array {
		$post = self::POST === $this->type ? get_post( $this->id ) : null;
		if ( $post instanceof WP_Post ) {
			return Placement_List::post( $post );
		}
		$term = self::TERM === $this->type ? get_term( $this->id ) : null;
		if ( $term instanceof WP_Term ) {
			$link     = get_term_link( $term );
			$taxonomy = get_taxonomy( $term->taxonomy );
			return self::row( $term->name, false === $taxonomy ? $term->taxonomy : (string) $taxonomy->labels->singular_name, (string) get_edit_term_link( $term ), is_wp_error( $link ) ? '' : $link );
		}
		$user = self::USER === $this->type ? get_user_by( 'id', $this->id ) : false;
		if ( $user instanceof WP_User ) {
			return self::row( $user->display_name, __( 'User', 'altsmith' ), (string) get_edit_user_link( $user->ID ), '' );
		}
		return self::row( $site_title, __( 'Site', 'altsmith' ), admin_url( 'customize.php' ), home_url( '/' ) );
	}

	/** @return array{id: int, title: string, type: string, status: string, edit_url: string, view_url: string} */
	private static function row( string $title, string $type, string $edit_url, string $view_url ): array {
		return array(
			'id'       => 0,
			'title'    => html_entity_decode( wp_strip_all_tags( $title ), ENT_QUOTES, 'UTF-8' ),
			'type'     => $type,
			'status'   => '',
			'edit_url' => $edit_url,
			'view_url' => $view_url,
		);
	}
}
