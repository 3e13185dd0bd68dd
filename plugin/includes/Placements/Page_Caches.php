<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Placements\Readers\Place_Reader;
use Altsmith\Storage\Schema;
use Altsmith\Writeback\Alt_Text_Meta;

defined( 'ABSPATH' ) || exit;

/**
 * A text that changes in the library, or in a builder's data, clears no cache by itself: builders keep finished pages, and
 * so do plugins for page caches. Both hear of it here, once at the end of the request.
 */
final class Page_Caches {
	/** Of one request. More than that is a bulk approval, after which caches end by their own time. */
	private const MAX_OWNERS = 500;

	/** @var array<int, true> Attachments whose text changed in this request. */
	private array $changed = array();

	public function __construct( private readonly Placement_Table $table, private readonly Place_Readers $readers ) {}

	public function register(): void {
		foreach ( array( 'added_post_meta', 'updated_post_meta', 'deleted_post_meta' ) as $hook ) {
			add_action( $hook, array( $this, 'note' ), 10, 3 );
		}
		add_action( 'shutdown', array( $this, 'forget_noted' ), 5 );
	}

	// `mixed`: deleted_post_meta sends a list of ids first, and other plugins fire these hooks by hand.
	public function note( mixed $meta_id = 0, mixed $post_id = 0, mixed $key = '' ): void {
		if ( Alt_Text_Meta::KEY === $key && is_numeric( $post_id ) ) {
			$this->changed[ (int) $post_id ] = true;
		}
	}

	public function forget_noted(): void {
		$changed       = array_keys( $this->changed );
		$this->changed = array();
		$shown         = array();
		foreach ( Schema::is_current() ? $changed : array() as $id ) {
			if ( count( $shown ) >= self::MAX_OWNERS ) {
				break;
			}
			foreach ( $this->table->kinds_of( $id, self::MAX_OWNERS ) as list( $owner, $kind ) ) {
				$shown[ "$owner->type $owner->id $kind" ] = array( $owner, $this->readers->named( $kind ) );
			}
		}
		self::forget( array_values( $shown ) );
	}

	/** @param array<int, array{0: Owner, 1: Place_Reader|null}> $shown Owners, with the readers whose caches are meant. */
	public static function forget( array $shown ): void {
		$posts = array();
		foreach ( $shown as list( $owner, $reader ) ) {
			$reader?->forget_caches( $owner->id );
			if ( Owner::POST === $owner->type ) {
				clean_post_cache( $owner->id );
				$posts[] = $owner->id;
			}
		}
		if ( array() !== $posts ) {
			/**
			 * Fires after a text changed that posts show: for plugins that keep finished pages.
			 *
			 * @param int[] $post_ids Posts whose pages are to be made again.
			 */
			do_action( 'altsmith_texts_changed', array_values( array_unique( $posts ) ) );
		}
	}
}
