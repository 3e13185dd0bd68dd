<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use WP_Post;
use WP_User;

defined( 'ABSPATH' ) || exit;

/** Brings the library's text to pictures that were placed before, in the places a person ticked. */
final class Placement_Updater {
	/** Not an image of this attachment any more, or its text is not ours to change. */
	public const GONE        = 'gone';
	public const NOT_ALLOWED = 'not_allowed';
	public const REFUSED     = 'refused';

	public function __construct(
		private readonly Content_Scanner $scanner,
		private readonly Content_Rewriter $rewriter,
		private readonly Post_Content $posts,
		private readonly Change_Log $log,
		private readonly Builders $builders,
	) {}

	/**
	 * What would change, without changing it.
	 *
	 * @param string[] $keys As the list gave them.
	 * @return array<int, array<string, mixed>> For each post: post, outcome, changes {key, before, after, before_html, after_html}.
	 */
	public function preview( int $attachment_id, array $keys, string $text ): array {
		return array_map( fn( Post_Plan $plan ): array => $plan->view(), $this->plans( $attachment_id, $keys, $text ) );
	}

	/**
	 * @param string[] $keys
	 * @return array{change_id: string, items: array<int, array<string, mixed>>}
	 */
	public function apply( int $attachment_id, array $keys, string $text, WP_User $by ): array {
		$plans = $this->plans( $attachment_id, $keys, $text );
		$entry = array(
			'id'    => wp_generate_uuid4(),
			'at'    => gmdate( 'Y-m-d\TH:i:s\Z' ),
			'by'    => array( 'id' => $by->ID, 'name' => $by->display_name ),
			'text'  => $text,
			'posts' => array_values( array_filter( array_map( static fn( Post_Plan $plan ): ?array => $plan->record(), $plans ) ) ),
		);
		if ( array() !== $entry['posts'] ) {
			$this->log->keep( $attachment_id, $entry );
		}
		$items   = array();
		$written = array();
		foreach ( $plans as $plan ) {
			if ( null !== $plan->rewrite && null !== $plan->post ) {
				$plan->outcome = $this->posts->write( $plan->post, $plan->rewrite );
			}
			if ( Post_Content::WRITTEN === $plan->outcome ) {
				$written[] = $plan->post_id;
			}
			$items[] = $plan->view();
		}
		$entry['posts'] = array_values( array_filter( $entry['posts'], static fn( array $post ): bool => in_array( $post['post_id'], $written, true ) ) );
		if ( array() === $entry['posts'] ) {
			$this->log->drop( $attachment_id, $entry['id'] );
			return array( 'change_id' => '', 'items' => $items );
		}
		$this->log->keep( $attachment_id, $entry );
		return array( 'change_id' => $entry['id'], 'items' => $items );
	}

	/**
	 * Takes one change back, byte for byte, wherever the picture still reads as the change left it.
	 *
	 * @return array<int, array<string, mixed>>|null For each post: post, outcome. Null when there is no such change.
	 */
	public function undo( int $attachment_id, string $change_id ): ?array {
		$entry = $this->log->find( $attachment_id, $change_id );
		if ( null === $entry ) {
			return null;
		}
		$items = array();
		$left  = array();
		foreach ( (array) $entry['posts'] as $record ) {
			$plan = $this->undo_plan( $record );
			if ( null !== $plan->rewrite && null !== $plan->post ) {
				$plan->outcome = $this->posts->write( $plan->post, $plan->rewrite );
			}
			if ( ! in_array( $plan->outcome, array( Post_Content::WRITTEN, self::GONE ), true ) ) {
				$left[] = $record;
			}
			$items[] = $plan->view();
		}
		if ( array() === $left ) {
			$this->log->drop( $attachment_id, $change_id );
		} else {
			$this->log->keep( $attachment_id, array( 'posts' => $left ) + $entry );
		}
		return $items;
	}

	/**
	 * @param string[] $keys
	 * @return Post_Plan[]
	 */
	private function plans( int $attachment_id, array $keys, string $text ): array {
		$by_post = array();
		foreach ( array_unique( $keys ) as $raw ) {
			$key = Placement_Key::parse( $raw );
			if ( null !== $key ) {
				$by_post[ $key->post_id ][ $raw ] = $key;
			}
		}
		$plans = array();
		foreach ( $by_post as $post_id => $wanted ) {
			$plans[] = $this->plan( $attachment_id, $this->empty_plan( $post_id ), $wanted, $text );
		}
		return $plans;
	}

	/** @param array<string, Placement_Key> $wanted */
	private function plan( int $attachment_id, Post_Plan $plan, array $wanted, string $text ): Post_Plan {
		if ( null === $plan->post ) {
			return $plan;
		}
		$content = Post_Content::read( $plan->post_id );
		$images  = $this->scanner->scan( $content );
		$texts   = array();
		foreach ( $wanted as $raw => $key ) {
			$image = $key->find_in( $images );
			if ( null === $image || $image->attachment_id !== $attachment_id || '' !== $image->locked || $image->decorative ) {
				$plan->outcome = Post_Content::CHANGED;
				return $plan;
			}
			$texts[ $image->index ]      = $text;
			$plan->keys[ $image->index ] = $raw;
		}
		try {
			$plan->rewrite = $this->rewriter->rewrite( $content, $texts );
		} catch ( Rewrite_Error ) {
			$plan->outcome = self::REFUSED;
		}
		return $plan;
	}

	/** @param array<string, mixed> $record */
	private function undo_plan( array $record ): Post_Plan {
		$plan = $this->empty_plan( (int) $record['post_id'] );
		if ( null === $plan->post ) {
			return $plan;
		}
		try {
			$plan->rewrite = $this->rewriter->restore( Post_Content::read( $plan->post_id ), (array) $record['edits'] );
		} catch ( Rewrite_Error ) {
			$plan->outcome = Post_Content::CHANGED;
		}
		return $plan;
	}

	/** A plan for a post that can be changed by this person, or one that says why not. */
	private function empty_plan( int $post_id ): Post_Plan {
		$post = get_post( $post_id );
		if ( ! $post instanceof WP_Post || 'trash' === $post->post_status ) {
			return new Post_Plan( $post_id, null, self::GONE );
		}
		if ( ! current_user_can( 'edit_post', $post_id ) ) {
			return new Post_Plan( $post_id, null, self::NOT_ALLOWED );
		}
		return '' === $this->builders->of_post( $post_id ) ? new Post_Plan( $post_id, $post, '' ) : new Post_Plan( $post_id, null, self::REFUSED );
	}
}
