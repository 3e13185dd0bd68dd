<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Placements\Readers\Beaver_Builder;
use Altsmith\Placements\Readers\Post_Text;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Where an attachment is shown, as a reviewer sees it: read from the posts themselves, at this moment. */
final class Placement_List {
	/** More owners than this are counted, not listed: each is read in full. */
	private const MAX_OWNERS = 50;

	/** Places of one image that are listed: as many as can be changed at once. */
	private const MAX_ITEMS = 200;

	/** Of these, in one page: those that can be changed come first. */
	private const MAX_ITEMS_OF_ONE = 50;

	/** A page with more places of one image is one that no person made. */
	private const MAX_LOOKED_AT = 500;

	/** What is left of a long list after this time is counted like that too. */
	private const SECONDS = 6.0;

	private const MAX_UNREAD = 5;

	/** Of this request: a list of suggestions asks for each. */
	private ?bool $complete = null;

	public function __construct(
		private readonly Placement_Table $table,
		private readonly Place_Search $search,
		private readonly Library_Text $library,
		private readonly Builders $builders,
	) {}

	/** In how many posts, terms and so on it is shown, whoever may edit them. */
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

	/** Whether everything was looked at and could be read, so that an image without places has none in what is looked at. */
	public function is_complete(): bool {
		$this->complete ??= Placement_Scan::state()['done'] && 0 === $this->table->count_unread();
		return $this->complete;
	}

	/**
	 * @param string|null $new The text the places would get; null for the library's own.
	 * @return array{items: array<int, array<string, mixed>>, hidden: int, more: bool}
	 *         `hidden`: posts and so on this person may not edit. `more`: there are more than the first fifty.
	 */
	public function of( int $attachment_id, ?string $new = null ): array {
		$new    = $new ?? $this->library->now( $attachment_id );
		$old    = $this->library->old( $attachment_id, $new );
		$owners = $this->table->owners_of( $attachment_id, self::MAX_OWNERS + 1 );
		$end    = microtime( true ) + self::SECONDS;
		$items  = array();
		$hidden = 0;
		$read   = 0;
		$is_cut = false;
		foreach ( array_slice( $owners, 0, self::MAX_OWNERS ) as $owner ) {
			if ( microtime( true ) > $end || count( $items ) >= self::MAX_ITEMS ) {
				break;
			}
			++$read;
			if ( ! $owner->exists() ) {
				continue;
			}
			if ( ! $owner->may_edit() ) {
				++$hidden;
				continue;
			}
			$builder = Owner::POST === $owner->type ? $this->builders->of_post( $owner->id ) : '';
			$its     = array_map(
				fn( array $found ): array => $this->item( $owner, $found[0], $found[1], $builder, $new, $old ),
				array_slice( $this->search->of( $owner )->of_attachment( $attachment_id ), 0, self::MAX_LOOKED_AT )
			);
			if ( count( $its ) > self::MAX_ITEMS_OF_ONE ) {
				$is_cut = true;
				usort( $its, static fn( array $one, array $other ): int => $other['can_change'] <=> $one['can_change'] );
			}
			array_push( $items, ...array_slice( $its, 0, self::MAX_ITEMS_OF_ONE ) );
			wp_cache_delete( $owner->id, 'posts' ); // Fifty long posts are more than a request may hold.
		}
		return array(
			'items'  => array_slice( $items, 0, self::MAX_ITEMS ),
			'hidden' => $hidden,
			'more'   => $is_cut || count( $owners ) > $read || count( $items ) > self::MAX_ITEMS,
		);
	}

	/**
	 * What could not be read: an image may be shown there.
	 *
	 * @return array{count: int, items: array<int, array<string, mixed>>} The newest that this person may edit; `count` counts all.
	 */
	public function unread(): array {
		$owners = array_filter( $this->table->owners_of( 0, self::MAX_OWNERS ), static fn( Owner $owner ): bool => $owner->exists() && $owner->may_edit() );
		return array(
			'count' => $this->table->count_unread(),
			'items' => array_map(
				fn( Owner $owner ): array => $owner->view() + array( 'builder' => Owner::POST === $owner->type ? $this->builders->of_post( $owner->id ) : '' ),
				array_slice( array_values( $owners ), 0, self::MAX_UNREAD )
			),
		);
	}

	/**
	 * @param string   $builder Of the post, or ''.
	 * @param string[] $old
	 * @return array<string, mixed>
	 */
	private function item( Owner $owner, string $name, Found_Image $image, string $builder, string $new, array $old ): array {
		$reader  = $this->search->readers->named( $name );
		$label   = null === $reader ? '' : $reader->label();
		$hidden  = Post_Text::NAME === $name && Builders::hides_content( $builder );
		$locked  = $hidden ? 'builder' : $image->locked;
		$state   = Placement_State::of( $image, $new, $old );
		$is_copy = Found_Image::COPY === $image->shows;
		return array(
			'key'        => $is_copy ? Placement_Key::of( $owner->id, $name, $image ) : '',
			'kind'       => $name,
			'owner'      => $owner->type,
			'version'    => Beaver_Builder::DRAFT === $image->document ? 'draft' : '',
			'post'       => $owner->view( null === $reader ? '' : $reader->title( $image->document ) ),
			'block'      => $image->block,
			'alt_text'   => $is_copy ? $image->alt : null,
			'state'      => $state,
			'linked'     => $image->linked,
			'locked'     => $locked,
			'builder'    => $hidden ? $builder : $label,
			'can_change' => $is_copy && '' !== $new && Placement_State::can_change( $state, $locked ),
			'ticked'     => $is_copy && '' !== $new && Placement_State::is_ticked( $state, $locked ),
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
