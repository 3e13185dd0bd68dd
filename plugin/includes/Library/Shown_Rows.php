<?php
declare( strict_types=1 );

namespace Altsmith\Library;

use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use WP_Post;
use WP_Query;

defined( 'ABSPATH' ) || exit;

/**
 * The requests of the images that the media library shows. Each line of the list, and each picture of the grid, asks for its own:
 * they are read with one query when WordPress has read the attachments of the page.
 */
final class Shown_Rows {
	/** A page of the media library is shorter: a longer list is another plugin's, which reads none of these rows. */
	private const MOST = 200;

	/** @var array<int, array<int, Request_Row|null>> By site of a network and attachment. */
	private array $read = array();

	public function __construct( private readonly Request_Store $store ) {}

	public function register(): void {
		add_filter( 'the_posts', array( $this, 'read_ahead' ), 10, 2 );
	}

	/** Filter `the_posts`. */
	public function read_ahead( mixed $posts = null, mixed $query = null ): mixed {
		if ( is_admin() && is_array( $posts ) && count( $posts ) <= self::MOST && $query instanceof WP_Query && array( 'attachment' ) === (array) $query->get( 'post_type' ) ) {
			$ids  = array_map( static fn( WP_Post $post ): int => $post->ID, array_filter( $posts, static fn( mixed $post ): bool => $post instanceof WP_Post ) );
			$rows = $this->store->find_many( array_values( $ids ) );
			foreach ( $ids as $id ) {
				$this->read[ get_current_blog_id() ][ $id ] = $rows[ $id ] ?? null;
			}
		}
		return $posts;
	}

	public function of( int $attachment_id ): ?Request_Row {
		$read = $this->read[ get_current_blog_id() ] ?? array();
		return array_key_exists( $attachment_id, $read ) ? $read[ $attachment_id ] : $this->store->find( $attachment_id );
	}
}
