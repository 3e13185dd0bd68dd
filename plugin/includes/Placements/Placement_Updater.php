<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Placements\Readers\Place_Reader;
use Altsmith\Placements\Readers\Post_Text;
use WP_User;

defined( 'ABSPATH' ) || exit;

/** Brings the library's text to pictures that were placed before, in the places a person ticked. */
final class Placement_Updater {
	/** Not an image of this attachment any more, or its text is not ours to change. */
	public const GONE        = 'gone';
	public const NOT_ALLOWED = 'not_allowed';
	public const REFUSED     = 'refused';

	public function __construct(
		private readonly Place_Search $search,
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
		return array_map( static fn( Place_Plan $plan ): array => $plan->view(), $this->plans( $attachment_id, $keys, $text ) );
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
			'posts' => array_values( array_filter( array_map( static fn( Place_Plan $plan ): ?array => $plan->record(), $plans ) ) ),
		);
		if ( array() !== $entry['posts'] ) {
			$this->log->keep( $attachment_id, $entry );
		}
		$items = array();
		$done  = array();
		foreach ( $plans as $plan ) {
			$plan->write( $this->posts );
			if ( Post_Content::WRITTEN === $plan->outcome ) {
				$done[] = $plan;
			}
			$items[] = $plan->view();
		}
		Page_Caches::forget( array_map( static fn( Place_Plan $plan ): array => array( $plan->owner, $plan->reader ), $done ) );
		$entry['posts'] = array_values( array_filter( array_map( static fn( Place_Plan $plan ): ?array => $plan->record(), $done ) ) );
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
		$done  = array();
		// The last one first: two readers may have changed one value after the other.
		foreach ( array_reverse( (array) $entry['posts'] ) as $record ) {
			$plan = $this->undo_plan( $attachment_id, $record );
			$plan->write( $this->posts );
			if ( Post_Content::WRITTEN === $plan->outcome ) {
				$done[] = array( $plan->owner, $plan->reader );
			}
			if ( ! in_array( $plan->outcome, array( Post_Content::WRITTEN, self::GONE ), true ) ) {
				$left[] = $record;
			}
			$items[] = $plan->view();
		}
		Page_Caches::forget( $done );
		if ( array() === $left ) {
			$this->log->drop( $attachment_id, $change_id );
		} else {
			$this->log->keep( $attachment_id, array( 'posts' => array_reverse( $left ) ) + $entry );
		}
		return $items;
	}

	/**
	 * @param string[] $keys
	 * @return Place_Plan[] One for each reader of each owner and each value that changes.
	 */
	private function plans( int $attachment_id, array $keys, string $text ): array {
		$groups = array();
		foreach ( array_unique( $keys ) as $raw ) {
			$key = Placement_Key::parse( $raw );
			if ( null !== $key ) {
				$groups[ $key->reader . ' ' . $key->owner_id ][ $raw ] = $key;
			}
		}
		$plans = array();
		$after = array(); // What a value is after the plans so far: of Divi's page both shortcodes and tags may change.
		foreach ( $groups as $wanted ) {
			foreach ( $this->plans_of( $attachment_id, $wanted, $text, $after ) as $plan ) {
				$plans[] = $plan;
				if ( null !== $plan->rewrite ) {
					$after[ self::value( $plan ) ] = $plan->rewrite->after;
				}
			}
		}
		return $plans;
	}

	private static function value( Place_Plan $plan ): string {
		return $plan->owner->type . ' ' . $plan->owner->id . ' ' . $plan->key;
	}

	/**
	 * @param array<string, Placement_Key> $wanted Of one reader and one owner.
	 * @param array<string, string>        $after
	 * @return Place_Plan[]
	 */
	private function plans_of( int $attachment_id, array $wanted, string $text, array $after ): array {
		$first = $wanted[ array_key_first( $wanted ) ];
		$plans = array();
		$left  = $wanted;
		foreach ( $this->search->readers->named( $first->reader )?->keys() ?? array() as $value ) {
			$plan = $this->empty_plan( $first->reader, $first->owner_id, $value );
			if ( ! $plan->may_be_written() ) {
				return array( $plan );
			}
			$raw   = $after[ self::value( $plan ) ] ?? $plan->read();
			$texts = '' === $raw ? array() : $this->texts( $plan, $raw, $attachment_id, $left, $text );
			if ( array() !== $texts ) {
				$left    = array_diff_key( $left, array_flip( $plan->keys ) );
				$plans[] = $this->with_rewrite( $plan, $raw, $texts );
			}
		}
		if ( array() === $left ) {
			return $plans;
		}
		// One of the pictures is not there any more: nothing of this owner is touched, the person looks again.
		$plan          = $this->empty_plan( $first->reader, $first->owner_id, Place_Reader::CONTENT );
		$plan->outcome = '' === $plan->outcome ? Post_Content::CHANGED : $plan->outcome;
		return array( $plan );
	}

	/**
	 * @param array<string, Placement_Key> $wanted
	 * @return array<int, string> New texts by number, for those that are in this value and may be changed.
	 */
	private function texts( Place_Plan $plan, string $raw, int $attachment_id, array $wanted, string $text ): array {
		try {
			$images = null === $plan->reader ? array() : $this->search->in_value( $plan->reader, $raw, $plan->key );
		} catch ( Unreadable ) {
			return array();
		}
		$texts = array();
		foreach ( $wanted as $given => $key ) {
			$image = $key->find_in( $images );
			if ( null !== $image && $image->attachment_id === $attachment_id && '' === $image->locked && ! $image->decorative && Found_Image::COPY === $image->shows ) {
				$texts[ $image->index ]      = $text;
				$plan->keys[ $image->index ] = $given;
			}
		}
		return $texts;
	}

	/** @param array<int, string> $texts */
	private function with_rewrite( Place_Plan $plan, string $raw, array $texts ): Place_Plan {
		try {
			$plan->rewrite = $plan->reader?->rewrite( $raw, $plan->key, $texts );
		} catch ( Rewrite_Error | Unreadable ) {
			$plan->outcome = self::REFUSED;
		}
		return $plan;
	}

	/** @param array<string, mixed> $record */
	private function undo_plan( int $attachment_id, array $record ): Place_Plan {
		$plan = $this->empty_plan( (string) ( $record['reader'] ?? Post_Text::NAME ), (int) $record['post_id'], (string) ( $record['key'] ?? Place_Reader::CONTENT ) );
		if ( ! $plan->may_be_written() ) {
			return $plan;
		}
		try {
			$raw   = $plan->read();
			$shown = null === $plan->reader ? array() : $this->search->in_value( $plan->reader, $raw, $plan->key );
			$own   = array_filter( $shown, static fn( Found_Image $image ): bool => $image->attachment_id === $attachment_id );
			$plan->rewrite = $plan->reader?->restore( $raw, $plan->key, (array) $record['edits'], array_column( $own, 'index' ) );
		} catch ( Rewrite_Error | Unreadable ) {
			$plan->outcome = Post_Content::CHANGED;
		}
		return $plan;
	}

	/** A plan for a value that can be changed by this person, or one that says why not. */
	private function empty_plan( string $name, int $owner_id, string $key ): Place_Plan {
		$reader = $this->search->readers->named( $name );
		$owner  = new Owner( $reader?->owner() ?? Owner::POST, $owner_id );
		if ( null === $reader || ! $owner->exists() ) {
			return new Place_Plan( $owner, null, $key, self::GONE );
		}
		if ( ! $owner->may_edit() ) {
			return new Place_Plan( $owner, null, $key, self::NOT_ALLOWED );
		}
		$is_hidden = Post_Text::NAME === $name && Builders::hides_content( $this->builders->of_post( $owner_id ) );
		return new Place_Plan( $owner, $is_hidden ? null : $reader, $key, $is_hidden ? self::REFUSED : '' );
	}
}
