<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Placements\Placement_List;
use Altsmith\Placements\Placement_Scan;
use Altsmith\Placements\Placement_Table;
use Altsmith\Placements\Placements;
use Altsmith\Rest\Access;
use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Many_Places;
use Altsmith\Tests\Support\Wp_Test_Case;

/**
 * A site with posts of every kind of place, 110 of them or as many as ALTSMITH_MANY_PLACES says, and pages of 5 MB. Requests are
 * processes of their own with 64 MB, so what is written is committed: this test cleans up by itself.
 */
final class ManyPlacesTest extends Wp_Test_Case {
	private const MEMORY = '64M';

	/** Of the processor, for one request. */
	private const SECONDS = 10.0;

	private const TEXT = 'Ein Hund, eine Katze & „zwei“ Mäuse';

	private Many_Places $site;

	protected function setUp(): void {
		global $wpdb;
		parent::setUp();
		$posts      = max( 110, (int) getenv( 'ALTSMITH_MANY_PLACES' ) );
		$this->site = new Many_Places( $posts, $posts < 1000 ? 2 : 20 );
		Placement_Scan::start_over();
		$wpdb->query( 'COMMIT' );
		$wpdb->query( 'SET autocommit = 1' );
		wp_cache_flush();
	}

	protected function tearDown(): void {
		$this->site->remove();
		delete_option( Placement_Scan::OPTION );
		parent::tearDown();
	}

	public function test_every_place_is_found_within_bounds_and_rewrites_come_back_byte_for_byte(): void {
		$cost = array();
		do {
			$cost[] = $this->request( '2.0' );
			wp_cache_flush();
		} while ( true !== end( $cost )['done'] && count( $cost ) < 2000 );
		$this->must_be_complete();
		$images = array_keys( $this->site->shown );
		$cost[] = $this->request( '0', (string) $images[0] );
		$cost[] = $this->request( '0', (string) $images[ count( $images ) - 1 ] );
		$cost[] = $this->request( '0', (string) $images[ count( $images ) - 2 ] );
		fprintf( STDERR, "\n%d requests: at most %.1f s of the processor and %.0f MB\n", count( $cost ), max( array_column( $cost, 'cpu' ) ), max( array_column( $cost, 'memory' ) ) / 1048576 );
		self::assertLessThanOrEqual( self::SECONDS, max( array_column( $cost, 'cpu' ) ) );
		$this->rewrite_some( count( $this->site->writable ) < 1000 ? 26 : 100 );
	}

	private function must_be_complete(): void {
		$table = new Placement_Table();
		$wrong = array();
		foreach ( $this->site->shown as $image => $posts ) {
			$found = array_keys( $table->posts_of( $image, 100_000 ) );
			sort( $found );
			sort( $posts );
			if ( $found !== $posts ) {
				$wrong[ $image ] = array( array_diff( $posts, $found ), array_diff( $found, $posts ) );
			}
		}
		self::assertSame( array(), $wrong, 'image: not found, wrongly found' );
		self::assertSame( $this->site->unread, $table->count_unread() );
		self::assertContains( array(), $this->site->shown, 'some are shown nowhere' );
		self::assertFalse( $this->places()->is_complete(), 'some pages cannot be read, so nothing is called unused' );
	}

	private function rewrite_some( int $many ): void {
		mt_srand( 27 );
		$posts = array_keys( $this->site->writable );
		shuffle( $posts );
		$kinds = array();
		foreach ( array_slice( $posts, 0, $many ) as $post ) {
			list( 'kind' => $kind, 'image' => $image, 'first' => $first ) = $this->site->writable[ $post ];
			$kinds[ $kind ] = true;
			update_post_meta( $image, '_wp_attachment_image_alt', self::TEXT );
			$items = array_filter( $this->places()->of( $image )['items'], static fn( array $item ): bool => $post === $item['post']['id'] && $item['can_change'] );
			$keys  = array_column( $items, 'key' );
			self::assertNotSame( array(), $keys, "$kind $post" );
			self::assertSame( $this->site->bytes( $post, $first ), $this->raw( $kind, $post ) );
			$done = $this->rest( 'POST', "/altsmith/v1/attachments/$image/placements/apply", array( 'keys' => $keys, 'text' => self::TEXT ) )->get_data();
			self::assertSame( array( 'updated' ), array_values( array_unique( array_column( $done['items'], 'outcome' ) ) ), "$kind $post" );
			self::assertSame( $this->site->bytes( $post, self::TEXT ), $this->raw( $kind, $post ), $kind );
			$this->rest( 'POST', "/altsmith/v1/attachments/$image/placements/undo", array( 'change_id' => $done['change_id'] ) );
			self::assertSame( $this->site->bytes( $post, $first ), $this->raw( $kind, $post ), $kind );
			wp_cache_flush();
		}
		self::assertGreaterThan( 9, count( $kinds ) );
	}

	private function places(): Placement_List {
		$this->become( 'admin' );
		return ( new Placements( new Access( new Request_Store() ) ) )->list;
	}

	private function raw( string $kind, int $post ): string {
		global $wpdb;
		$key = Many_Places::key( $kind );
		return (string) ( 'post_content' === $key
			? $wpdb->get_var( $wpdb->prepare( "SELECT post_content FROM $wpdb->posts WHERE ID = %d", $post ) )
			: $wpdb->get_var( $wpdb->prepare( "SELECT meta_value FROM $wpdb->postmeta WHERE post_id = %d AND meta_key = %s", $post, $key ) ) );
	}

	/** @return array<string, mixed> */
	private function request( string ...$arguments ): array {
		$command = array( PHP_BINARY, '-d', 'memory_limit=' . self::MEMORY, __DIR__ . '/support/places-once.php', (string) getenv( 'WP_DIR' ), ...$arguments );
		$output  = (string) shell_exec( implode( ' ', array_map( 'escapeshellarg', $command ) ) . ' 2>&1' ); // phpcs:ignore Generic.PHP.ForbiddenFunctions -- only a process has a limit of its own
		$found   = json_decode( $output, true );
		self::assertIsArray( $found, $output );
		return $found;
	}
}
