<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

use Altsmith\Placements\Placement_Table;

/** A site with many posts of every kind of place, written straight into the tables, and what is true of each. */
final class Many_Places {
	/** Every kind: post type, where it stands, its bytes with a text, and the text it has first. Null where no text can be written. */
	private const KINDS = array( 'image', 'cover', 'classic', 'address', 'gallery', 'featured', 'background', 'pattern', 'template', 'part', 'navigation', 'elementor', 'beaver', 'bricks', 'wpbakery', 'divi', 'diviblocks', 'foreign', 'link', 'breakdance', 'broken', 'text' );

	/** Posts of which each is as long as a builder's page ever gets. */
	private const HUGE_BYTES = 5_000_000;

	/** Id of the first post of all. */
	public readonly int $first;

	/** @var array<int, string> Address by attachment. */
	private array $images = array();

	/** @var array<int, int[]> Posts that show it, by attachment. */
	public array $shown = array();

	/** @var array<int, array{kind: string, image: int, first: string}> Posts whose text can be rewritten. */
	public array $writable = array();

	public int $unread = 0;

	public function __construct( int $posts, int $huge ) {
		global $wpdb;
		$this->first = 1 + (int) $wpdb->get_var( "SELECT MAX(ID) FROM $wpdb->posts" );
		$images      = max( count( self::KINDS ), intdiv( $posts, 20 ) );
		for ( $i = 0; $i < $images; $i++ ) {
			$this->images[ $this->first + $i ] = content_url( "/uploads/2026/11/many-$i.jpg" );
			$this->shown[ $this->first + $i ]  = array();
		}
		$this->insert( $wpdb->posts, array( 'ID', 'post_type', 'post_status', 'post_mime_type', 'post_title', 'post_content', 'post_excerpt', 'to_ping', 'pinged', 'post_content_filtered' ), array_map( static fn( int $id ): array => array( $id, 'attachment', 'inherit', 'image/jpeg', "many $id", '', '', '', '', '' ), array_keys( $this->images ) ) );
		$this->insert( $wpdb->postmeta, array( 'post_id', 'meta_key', 'meta_value' ), array_map( static fn( int $id, string $url ): array => array( $id, '_wp_attached_file', substr( $url, strlen( content_url( '/uploads/' ) ) ) ), array_keys( $this->images ), $this->images ) );
		$used = array_slice( array_keys( $this->images ), 0, -3 ); // Three are shown nowhere.
		for ( $n = 0; $n < $posts; $n += 100 ) {
			$this->write( array_map( fn( int $i ): array => $this->post( $this->first + $images + $i, self::KINDS[ $i % count( self::KINDS ) ], $used[ $i % count( $used ) ] ), range( $n, min( $posts, $n + 100 ) - 1 ) ) );
		}
		for ( $n = 0; $n < $huge; $n++ ) {
			$this->write( array( $this->huge( $this->first + $images + $posts + $n, 0 === $n % 2 ? 'elementor' : 'beaver', $used[ $n % count( $used ) ] ) ) );
		}
	}

	/** The bytes that a post has with a text. */
	public function bytes( int $post, string $text ): string {
		$kind  = $this->writable[ $post ]['kind'];
		$image = $this->writable[ $post ]['image'];
		return self::raw( $kind, $image, $this->images[ $image ], $text );
	}

	public static function key( string $kind ): string {
		return array( 'elementor' => '_elementor_data', 'beaver' => '_fl_builder_data', 'bricks' => '_bricks_page_content_2', 'breakdance' => '_breakdance_data', 'broken' => '_elementor_data', 'featured' => '_thumbnail_id' )[ $kind ] ?? 'post_content';
	}

	public function remove(): void {
		global $wpdb;
		foreach ( array( $wpdb->posts => 'ID', $wpdb->postmeta => 'post_id', Placement_Table::name() => 'post_id' ) as $table => $column ) {
			$wpdb->query( "DELETE FROM $table WHERE $column >= $this->first" );
		}
	}

	/** @return array{0: int, 1: string, 2: string, 3: string} Id, post type, key, bytes. */
	private function post( int $id, string $kind, int $image ): array {
		$first = array( 'bricks' => 'words of the builder', 'divi' => 'words of the builder' )[ $kind ] ?? '';
		if ( 'text' !== $kind ) {
			$this->shown[ $image ][] = $id;
		}
		if ( in_array( $kind, array( 'image', 'cover', 'classic', 'address', 'pattern', 'template', 'part', 'navigation', 'elementor', 'beaver', 'bricks', 'divi', 'diviblocks' ), true ) ) {
			$this->writable[ $id ] = array( 'kind' => $kind, 'image' => $image, 'first' => $first );
		}
		$this->unread += in_array( $kind, array( 'breakdance', 'broken' ), true ) ? 1 : 0;
		$type = array( 'pattern' => 'wp_block', 'template' => 'wp_template', 'part' => 'wp_template_part', 'navigation' => 'wp_navigation' )[ $kind ] ?? 'page';
		return array( $id, $type, self::key( $kind ), self::raw( $kind, $image, $this->images[ $image ], $first ) );
	}

	/** @return array{0: int, 1: string, 2: string, 3: string} */
	private function huge( int $id, string $kind, int $image ): array {
		$this->shown[ $image ][] = $id;
		// A few hundred of them, with long texts between.
		$one  = self::raw( $kind, $image, $this->images[ $image ], '' );
		$long = str_repeat( 'Lorem ipsum dolor sit amet. ', 500 );
		$many = intdiv( self::HUGE_BYTES, strlen( $one ) + strlen( $long ) );
		if ( 'elementor' === $kind ) {
			return array( $id, 'page', self::key( $kind ), '[' . implode( ',', array_fill( 0, $many, substr( $one, 1, -1 ) . ",\"$long\"" ) ) . ']' );
		}
		$entries = '';
		for ( $i = 0; $i < $many; $i++ ) {
			$entries .= 'i:' . 2 * $i . ";{$one}i:" . ( 2 * $i + 1 ) . ';s:' . strlen( $long ) . ":\"$long\";";
		}
		return array( $id, 'page', self::key( $kind ), 'a:' . 2 * $many . ":{{$entries}}" );
	}

	private static function raw( string $kind, int $id, string $url, string $text ): string {
		$alt = esc_attr( $text );
		$tag = "<img src=\"$url\" alt=\"$alt\" class=\"wp-image-$id\"/>";
		return match ( $kind ) {
			'image', 'pattern', 'template', 'part', 'navigation' => "<!-- wp:image {\"id\":$id} -->\n<figure class=\"wp-block-image\">$tag</figure>\n<!-- /wp:image -->",
			'cover'      => "<!-- wp:cover {\"url\":\"$url\",\"id\":$id" . ( '' === $text ? '' : ',"alt":' . substr( serialize_block_attributes( array( $text ) ), 1, -1 ) ) . '} --><div class="wp-block-cover"><img class="wp-block-cover__image-background wp-image-' . $id . "\" alt=\"$alt\" src=\"$url\" data-object-fit=\"cover\"/></div><!-- /wp:cover -->",
			'classic'    => "<p>Old \\ ways $tag</p>",
			'address'    => '<p><img alt="' . $alt . '" src="' . substr( $url, 0, -4 ) . '-300x200.jpg"></p>',
			'gallery'    => "[gallery ids=\"$id\"]",
			'featured'   => (string) $id,
			'background' => "<!-- wp:group {\"style\":{\"background\":{\"backgroundImage\":{\"url\":\"$url\",\"id\":$id}}}} --><div class=\"wp-block-group\"></div><!-- /wp:group -->",
			'elementor'  => Built_Pages::elementor( $id, $url, $alt, $text ),
			'beaver'     => Built_Pages::beaver( $id, $url, $alt ),
			'bricks'     => Built_Pages::bricks( $id, $url, $text ),
			'wpbakery'   => Built_Pages::wpbakery( $id, $url ),
			'divi'       => "[et_pb_section][et_pb_image src=\"$url\" alt=\"$text\" title_text=\"T\"][/et_pb_image][/et_pb_section]",
			'diviblocks' => Built_Pages::divi_blocks( $url, $text ),
			'foreign'    => "<!-- wp:some/slider {\"slides\":[{\"image\":\"$url\"}]} /-->",
			'link'       => "<a href=\"$url\">large</a>",
			'breakdance' => '{"tree_json_string":' . wp_json_encode( (string) wp_json_encode( array( 'image' => $url ) ) ) . '}',
			'broken'     => substr( Built_Pages::elementor( $id, $url ), 0, -40 ),
			default      => '<p>No image.</p>',
		};
	}

	/** @param array<int, array{0: int, 1: string, 2: string, 3: string}> $posts */
	private function write( array $posts ): void {
		global $wpdb;
		$this->insert( $wpdb->posts, array( 'ID', 'post_type', 'post_status', 'post_title', 'post_content', 'post_excerpt', 'to_ping', 'pinged', 'post_content_filtered' ), array_map( static fn( array $post ): array => array( $post[0], $post[1], 'publish', "post $post[0]", 'post_content' === $post[2] ? $post[3] : '', '', '', '', '' ), $posts ) );
		$this->insert( $wpdb->postmeta, array( 'post_id', 'meta_key', 'meta_value' ), array_map( static fn( array $post ): array => array( $post[0], $post[2], $post[3] ), array_filter( $posts, static fn( array $post ): bool => 'post_content' !== $post[2] ) ) );
	}

	/**
	 * @param string[]                      $columns
	 * @param array<int, array<int, mixed>> $rows
	 */
	private function insert( string $table, array $columns, array $rows ): void {
		global $wpdb;
		if ( 1 === count( $rows ) ) { // One may be longer than a query may be that WordPress checks.
			$wpdb->insert( $table, array_combine( $columns, $rows[ array_key_first( $rows ) ] ) ) || throw new \RuntimeException( $wpdb->last_error );
			return;
		}
		foreach ( array_chunk( $rows, 20 ) as $some ) {
			$values = implode( ', ', array_fill( 0, count( $some ), '(' . implode( ', ', array_fill( 0, count( $columns ), '%s' ) ) . ')' ) );
			$done   = $wpdb->query( $wpdb->prepare( "INSERT INTO $table (" . implode( ', ', $columns ) . ") VALUES $values", array_merge( ...$some ) ) );
			if ( count( $some ) !== $done ) {
				throw new \RuntimeException( 'The rows were not written: ' . $wpdb->last_error );
			}
		}
	}
}
