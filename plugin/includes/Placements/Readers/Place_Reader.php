<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Content_Rewriter;
use Altsmith\Placements\Edit;
use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Owner;
use Altsmith\Placements\Rewrite;
use Altsmith\Placements\Rewrite_Error;
use Altsmith\Placements\Splice;
use Altsmith\Placements\Unreadable;

defined( 'ABSPATH' ) || exit;

/**
 * Finds the pictures in one kind of stored value: a post's content, a builder's post meta, an option. To add one, write a
 * class with the four abstract methods and add a line to Place_Readers. A picture that says how its text is written
 * (Found_Image::$write) can be changed from the list of places; the rest of the value is never touched.
 */
abstract class Place_Reader {
	/** The key that stands for a post's content. */
	public const CONTENT = 'post_content';

	/** Names it in the index and in keys of places: 1 to 12 letters a to z. It is stored, so it never changes. */
	abstract public function name(): string;

	/** The name of the builder or plugin; '' for WordPress itself. */
	abstract public function label(): string;

	/** @return string[] Keys of post meta, term meta or user meta, names of options, or CONTENT. */
	abstract public function keys(): array;

	/**
	 * @param string $raw The bytes as they are in the database. Serialised PHP is not unserialised.
	 * @param string $key Which of keys() it is.
	 * @return Found_Image[] In the order in which they stand there, numbered from 0.
	 * @throws Unreadable When the value has another form than the plugin gives it.
	 */
	abstract public function find( string $raw, string $key ): array;

	/**
	 * What the value of one owner shows. To be replaced where that depends on the owner.
	 *
	 * @return Found_Image[]
	 * @throws Unreadable
	 */
	public function find_of( Owner $owner, string $raw, string $key ): array { // phpcs:ignore Generic.CodeAnalysis.UnusedFunctionParameter -- for those that need it
		return $this->find( $raw, $key );
	}

	/** Whether find() finds every picture that is in a value it can read. */
	public function finds_all(): bool {
		return true;
	}

	/** Who has the keys: one of the constants of Owner. */
	public function owner(): string {
		return Owner::POST;
	}

	/** What a place is called that belongs to the site itself. */
	public function title( string $key ): string {
		return '' === $this->label() ? $key : $this->label();
	}

	/** Whether the value decides what the page shows, so that a copy in the post's content is not shown. */
	public function replaces_content(): bool {
		return false;
	}

	/** Called after a text was written, and after the library's text of a picture changed: removes what the plugin keeps ready for this owner's page. */
	public function forget_caches( int $owner_id ): void { // phpcs:ignore Generic.CodeAnalysis.UnusedFunctionParameter -- for those that have some
	}

	/**
	 * The value with other texts, and no other byte changed.
	 *
	 * @param array<int, string> $texts New text by the picture's number.
	 * @throws Rewrite_Error When the result is not what was asked for.
	 * @throws Unreadable
	 */
	public function rewrite( string $raw, string $key, array $texts ): Rewrite {
		$texts  = array_map( array( Content_Rewriter::class, 'without_entities' ), $texts );
		$before = $this->find( $raw, $key );
		$edits  = array();
		foreach ( $before as $image ) {
			if ( isset( $texts[ $image->index ] ) && $image->can_be_written() ) {
				$edits[] = new Edit( $image->index, $image->tag, ( $image->write )( $texts[ $image->index ] ), $image->length );
			}
		}
		$rewrite = new Rewrite( $raw, Splice::apply( $raw, $edits ), $edits );
		$after   = $this->find_again( $rewrite->after, $key );
		if ( count( $before ) !== count( $after ) ) {
			throw new Rewrite_Error( 'The number of pictures would change.' );
		}
		foreach ( $after as $i => $image ) {
			$wanted = isset( $texts[ $image->index ] ) && $image->can_be_written() ? $texts[ $image->index ] : (string) $before[ $i ]->alt;
			// A text that a builder reads as more than words, such as `{echo:…}` of Bricks, makes a locked place of an open one.
			$is_other = $before[ $i ]->attachment_id !== $image->attachment_id || $before[ $i ]->source !== $image->source || $before[ $i ]->locked !== $image->locked;
			if ( $is_other || $wanted !== (string) $image->alt ) {
				throw new Rewrite_Error( 'A picture would not read as it should.' );
			}
		}
		return $rewrite;
	}

	/**
	 * Puts the bytes of an earlier rewrite back, wherever they still are what it left.
	 *
	 * @param array<int, array<string, mixed>> $edits index, before and after of each piece, as Change_Log keeps them.
	 * @param int[]                            $own   Numbers of the places that show the picture whose text it was: an equal text of another one stays.
	 * @throws Rewrite_Error When one of the pieces has been changed since.
	 * @throws Unreadable
	 */
	public function restore( string $raw, string $key, array $edits, array $own ): Rewrite {
		$places = array_filter( $this->find( $raw, $key ), static fn( Found_Image $image ): bool => in_array( $image->index, $own, true ) );
		$back   = array();
		foreach ( $edits as $edit ) {
			$alike = array_filter( $places, static fn( Found_Image $image ): bool => $image->tag->html === $edit['after'] );
			$exact = array_filter( $alike, static fn( Found_Image $image ): bool => $image->index === $edit['index'] );
			$found = array() !== $exact ? $exact : $alike;
			if ( 1 !== count( $found ) ) {
				throw new Rewrite_Error( 'The picture has been changed since.' );
			}
			$at     = array_key_first( $found );
			$back[] = new Edit( $places[ $at ]->index, $places[ $at ]->tag, (string) $edit['before'], $places[ $at ]->length );
			unset( $places[ $at ] );
		}
		$rewrite = new Rewrite( $raw, Splice::apply( $raw, $back ), $back );
		$this->find_again( $rewrite->after, $key );
		return $rewrite;
	}

	/**
	 * @return Found_Image[]
	 * @throws Rewrite_Error
	 */
	private function find_again( string $raw, string $key ): array {
		try {
			return $this->find( $raw, $key );
		} catch ( Unreadable ) {
			throw new Rewrite_Error( 'The value could not be read any more.' );
		}
	}
}
