<?php
declare( strict_types=1 );

namespace Altsmith\Csv;

use Altsmith\Review\Status_Words;
use Altsmith\Storage\Image_Conditions;
use Altsmith\Storage\Request_Store;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;

defined( 'ABSPATH' ) || exit;

/** Every image of the library as a line, to be edited in a spreadsheet and imported again. */
final class Library_Export {
	/** `alt_text` says what was there and stays as it is; `new_alt_text` is empty and is filled in; `picture` is for the import: see mark_of(). */
	public const COLUMNS = array( 'attachment_id', 'file', 'title', 'status', 'alt_text', 'decorative', 'suggested', 'new_alt_text', 'picture' );

	private const ACTION = 'altsmith_library_csv';
	private const PAGE   = 200;

	public function __construct( private readonly Request_Store $requests ) {}

	public function register(): void {
		add_action( 'admin_post_' . self::ACTION, array( $this, 'download' ) );
	}

	/** Address of the download, with a nonce of the current user. */
	public static function url(): string {
		return add_query_arg( array( 'action' => self::ACTION, '_wpnonce' => wp_create_nonce( self::ACTION ) ), admin_url( 'admin-post.php' ) );
	}

	public function download(): void {
		check_admin_referer( self::ACTION );
		if ( ! current_user_can( 'edit_others_posts' ) ) {
			wp_die( esc_html__( 'Sorry, you are not allowed to export alt text.', 'altsmith' ), '', array( 'response' => 403 ) );
		}
		Csv_File::begin_download( 'alt-text-' . current_datetime()->format( 'Y-m-d' ) . '.csv' );
		$out = fopen( 'php://output', 'wb' ); // phpcs:ignore WordPress.WP.AlternativeFunctions -- a stream, not a file
		if ( false !== $out ) {
			$this->write( $out );
		}
		exit;
	}

	/**
	 * Writes the whole library.
	 *
	 * @param resource $out
	 * @return int How many images.
	 */
	public function write( $out ): int {
		Csv_File::begin( $out );
		Csv_File::write( $out, self::COLUMNS );
		$position = 0;
		$count    = 0;
		do {
			$ids = $this->after( $position );
			_prime_post_caches( $ids, false, true );
			$rows  = $this->requests->find_many( $ids );
			$texts = Alt_Text_Meta::texts_of( $ids );
			foreach ( $ids as $id ) {
				$row = $rows[ $id ] ?? null;
				Csv_File::write(
					$out,
					array(
						(string) $id,
						(string) get_post_meta( $id, '_wp_attached_file', true ),
						(string) get_post_field( 'post_title', $id, 'raw' ),
						Status_Words::label( null === $row ? 'none' : $row->display_status() ),
						$texts[ $id ] ?? '',
						Provenance::is_decorative( $id ) ? 'yes' : '',
						(string) ( $row?->suggestion['fields']['alt_text'] ?? '' ),
						'',
						self::mark_of( $row?->source_sha256 ?? '' ),
					)
				);
				$position = $id;
			}
			$count += count( $ids );
			Csv_File::forget_read_posts();
		} while ( count( $ids ) === self::PAGE );
		return $count;
	}

	/** Which picture it is, '' where it was never requested. Begins with a letter: spreadsheet programs round long numbers. */
	public static function mark_of( string $sha256 ): string {
		return '' === $sha256 ? '' : 'p' . substr( $sha256, 0, 15 );
	}

	/** @return int[] */
	private function after( int $id ): array {
		global $wpdb;
		// phpcs:ignore WordPress.DB -- the condition is prepared where it is made
		return array_map( 'intval', $wpdb->get_col( "SELECT ID FROM {$wpdb->posts} WHERE " . Image_Conditions::sql( 'image' ) . $wpdb->prepare( " AND {$wpdb->posts}.ID > %d ORDER BY {$wpdb->posts}.ID LIMIT %d", $id, self::PAGE ) ) );
	}
}
