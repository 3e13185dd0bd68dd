<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use WP_Post;

defined( 'ABSPATH' ) || exit;

/** What is to be done to one post, and afterwards what came of it. */
final class Post_Plan {
	public ?Rewrite $rewrite = null;

	/** @var array<int, string> The list's keys by the number of the picture in the post. */
	public array $keys = array();

	/** @param WP_Post|null $post Null when nothing can be done; the outcome says why. */
	public function __construct(
		public readonly int $post_id,
		public readonly ?WP_Post $post,
		public string $outcome,
	) {}

	/** @return array<string, mixed>|null What an undo needs; null when nothing would change. */
	public function record(): ?array {
		if ( null === $this->rewrite || array() === $this->rewrite->edits ) {
			return null;
		}
		return array(
			'post_id' => $this->post_id,
			'edits'   => array_map(
				static fn( Edit $edit ): array => array( 'index' => $edit->index, 'before' => $edit->old->html, 'after' => $edit->html ),
				$this->rewrite->edits
			),
		);
	}

	/** @return array<string, mixed> For REST. Titles and texts of a post this person may not edit are left out. */
	public function view(): array {
		return array(
			'post_id' => $this->post_id,
			'post'    => null === $this->post ? null : Placement_List::post( $this->post ),
			'outcome' => $this->outcome,
			'changes' => array_map(
				fn( Edit $edit ): array => array(
					'key'    => $this->keys[ $edit->index ] ?? '',
					'before' => $edit->old->html,
					'after'  => $edit->html,
				),
				$this->rewrite->edits ?? array()
			),
		);
	}
}
