<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Where an attachment is shown, as a reviewer sees it: read from the posts themselves, at this moment. */
final class Placement_List {
	/** More posts than this are counted, not listed: each is read in full. */
	private const MAX_POSTS = 50;

	public function __construct(
		private readonly Placement_Table $table,
		private readonly Content_Scanner $scanner,
		private readonly Attachment_Check $check,
		private readonly Library_Text $library,
		private readonly Builders $builders,
	) {}

	/** In how many posts it is shown, whoever may edit them. */
	public function count_posts( int $attachment_id ): int {
		return $this->count_many( array( $attachment_id ) )[ $attachment_id ] ?? 0;
	}

	/**
	 * @param int[] $attachment_ids
	 * @return array<int, int> Only those that are shown somewhere.
	 */
	public function count_many( array $attachment_ids ): array {
		return $this->table->count_posts( $attachment_ids );
	}

	/**
	 * @param string|null $new The text the places would get; null for the library's own.
	 * @return array{items: array<int, array<string, mixed>>, hidden: int, more: bool}
	 *         `hidden`: posts this person may not edit. `more`: there are posts beyond the first fifty.
	 */
	public function of( int $attachment_id, ?string $new = null ): array {
		$new    = $new ?? $this->library->now( $attachment_id );
		$old    = $this->library->old( $attachment_id, $new );
		$posts  = $this->table->posts_of( $attachment_id, 2 * self::MAX_POSTS + 1 );
		$items  = array();
		$hidden = 0;
		_prime_post_caches( array_keys( $posts ), false, true );
		foreach ( array_slice( $posts, 0, self::MAX_POSTS, true ) as $post_id => $kinds ) {
			$post = get_post( $post_id );
			if ( ! $post instanceof WP_Post ) {
				continue;
			}
			if ( ! current_user_can( 'edit_post', $post_id ) ) {
				++$hidden;
				continue;
			}
			if ( in_array( Placement_Table::FEATURED, $kinds, true ) && (int) get_post_thumbnail_id( $post ) === $attachment_id ) {
				$items[] = $this->featured( $post );
			}
			foreach ( $this->check->own( $this->scanner->scan( $post->post_content ) ) as $image ) {
				if ( $image->attachment_id === $attachment_id ) {
					$items[] = $this->item( $post, $image, $new, $old );
				}
			}
		}
		return array(
			'items'  => $items,
			'hidden' => $hidden,
			'more'   => count( $posts ) > self::MAX_POSTS,
		);
	}

	/**
	 * @param string[] $old
	 * @return array<string, mixed>
	 */
	private function item( WP_Post $post, Found_Image $image, string $new, array $old ): array {
		$builder = $this->builders->of_post( $post->ID );
		$locked  = '' === $builder ? $image->locked : 'builder';
		$state   = Placement_State::of( $image, $new, $old );
		return array(
			'key'        => Placement_Key::of( $post->ID, $image ),
			'kind'       => Placement_Table::IN_CONTENT,
			'post'       => self::post( $post ),
			'block'      => $image->block,
			'alt_text'   => $image->alt,
			'state'      => $state,
			'linked'     => $image->linked,
			'locked'     => $locked,
			'builder'    => $builder,
			'can_change' => '' !== $new && Placement_State::can_change( $state, $locked ),
			'ticked'     => '' !== $new && Placement_State::is_ticked( $state, $locked ),
		);
	}

	/** @return array<string, mixed> */
	private function featured( WP_Post $post ): array {
		return array(
			'key'        => '',
			'kind'       => Placement_Table::FEATURED,
			'post'       => self::post( $post ),
			'block'      => '',
			'alt_text'   => null,
			'state'      => Placement_State::LIVE,
			'linked'     => false,
			'locked'     => '',
			'builder'    => '',
			'can_change' => false,
			'ticked'     => false,
		);
	}

	/** @return array<string, mixed> */
	public static function post( WP_Post $post ): array {
		$type = get_post_type_object( $post->post_type );
		return array(
			'id'       => $post->ID,
			'title'    => '' === trim( $post->post_title ) ? __( '(no title)', 'altsmith' ) : html_entity_decode( wp_strip_all_tags( $post->post_title ), ENT_QUOTES, 'UTF-8' ),
			'type'     => null === $type ? $post->post_type : (string) $type->labels->singular_name,
			'status'   => $post->post_status,
			'edit_url' => (string) get_edit_post_link( $post->ID, 'raw' ),
			'view_url' => is_post_publicly_viewable( $post ) ? (string) get_permalink( $post ) : '',
		);
	}
}
