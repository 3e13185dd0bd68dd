<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Placements\Readers\Place_Reader;
use Altsmith\Placements\Readers\Post_Text;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** What is to be done to one stored value, and afterwards what came of it. */
final class Place_Plan {
	public ?Rewrite $rewrite = null;

	/** @var array<int, string> The list's keys by the number of the picture in the value. */
	public array $keys = array();

	/**
	 * @param Place_Reader|null $reader  Null when nothing can be done; the outcome says why.
	 * @param string            $key     Of the value: a meta key, an option, or Place_Reader::CONTENT.
	 * @param string            $outcome '' while nothing speaks against it.
	 */
	public function __construct(
		public readonly Owner $owner,
		public readonly ?Place_Reader $reader,
		public readonly string $key,
		public string $outcome,
	) {}

	public function may_be_written(): bool {
		return null !== $this->reader && '' === $this->outcome;
	}

	/** Its bytes in the database now; '' when there are none. */
	public function read(): string {
		return Place_Reader::CONTENT === $this->key ? Post_Content::read( $this->owner->id ) : (string) ( new Stored_Value( $this->owner, $this->key ) )->read();
	}

	/** Writes the rewrite, if there is one, and says what came of it. */
	public function write( Post_Content $posts ): void {
		if ( null === $this->rewrite || ! $this->may_be_written() ) {
			return;
		}
		$post = Place_Reader::CONTENT === $this->key ? get_post( $this->owner->id ) : null;

		$this->outcome = $post instanceof WP_Post ? $posts->write( $post, $this->rewrite ) : ( new Stored_Value( $this->owner, $this->key ) )->write( $this->rewrite );
	}

	/** @return array<string, mixed>|null What an undo needs; null when nothing would change. */
	public function record(): ?array {
		if ( null === $this->rewrite || array() === $this->rewrite->edits || null === $this->reader ) {
			return null;
		}
		$place = Post_Text::NAME === $this->reader->name() ? array() : array( 'owner' => $this->owner->type, 'reader' => $this->reader->name(), 'key' => $this->key );
		return array( 'post_id' => $this->owner->id ) + $place + array(
			'edits'   => array_map(
				static fn( Edit $edit ): array => array( 'index' => $edit->index, 'before' => $edit->old->html, 'after' => $edit->html ),
				$this->rewrite->edits
			),
		);
	}

	/** @return array<string, mixed> For REST. Titles and texts of a post this person may not edit are left out. */
	public function view(): array {
		return array(
			'post_id' => Owner::POST === $this->owner->type ? $this->owner->id : 0,
			'post'    => null === $this->reader ? null : $this->owner->view( $this->reader->title( $this->key ) ),
			'outcome' => $this->outcome,
			'changes' => array_map(
				fn( Edit $edit ): array => array(
					'key'    => $this->keys[ $edit->index ] ?? '',
					'before' => self::legible( $edit->old->html ),
					'after'  => self::legible( $edit->html ),
				),
				$this->rewrite->edits ?? array()
			),
		);
	}

	/** Bytes of a JSON string as what they stand for; others as they are. */
	private static function legible( string $bytes ): string {
		$text = str_contains( $bytes, '\\"' ) ? json_decode( '"' . $bytes . '"' ) : null;
		return is_string( $text ) ? $text : $bytes;
	}
}
