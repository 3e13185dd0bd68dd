<?php
declare( strict_types=1 );

namespace Altsmith\Csv;

use Altsmith\Sidecar\Source_Picture;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Picture_Watch;
use Altsmith\Text\Plain_Text;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Alt_Text_Writer;
use Altsmith\Writeback\Database_Refusal;
use Altsmith\Writeback\Provenance;
use Altsmith\Writeback\Write_Request;
use Altsmith\Writeback\Write_Result;
use Throwable;
use WP_Post;
use WP_User;

defined( 'ABSPATH' ) || exit;

/**
 * Takes a person's texts out of an exported file. A line counts only for the very file and picture it was exported for, and only
 * while the alt text is the one that was exported.
 */
final class Library_Import {
	public const CHANGE   = 'change';
	public const SAME     = 'same';
	public const CONFLICT = 'conflict';
	public const ERROR    = 'error';

	/** Columns without which nothing can be compared. */
	private const NEEDED = array( 'attachment_id', 'file', 'alt_text', 'new_alt_text' );

	/** Lines that are listed one by one; the others are only counted. */
	private const MAX_LISTED = 200;

	/** Lines after which WordPress's cache in memory is emptied. */
	private const FLUSH_EVERY = 200;

	public function __construct(
		private readonly Alt_Text_Writer $writer,
		private readonly Request_Store $requests,
		private readonly Picture_Watch $watch,
	) {}

	/**
	 * Imports a file, or with `$dry_run` only says what an import would change.
	 *
	 * @param int  $from    Number of the line to begin with.
	 * @param int  $seconds Time after which it stops; `next` is then the line to go on with.
	 * @return array{next: int|null, counts: array<string, int>, items: array<int, array<string, mixed>>} `items` leaves out lines that change nothing.
	 * @throws Csv_Error When it is no such file.
	 */
	public function run( string $text, bool $dry_run, int $from, int $seconds, WP_User $by ): array {
		$until  = microtime( true ) + $seconds;
		$import = 'csv-' . md5( $text );
		$counts = array_fill_keys( array( self::CHANGE, self::SAME, self::CONFLICT, self::ERROR ), 0 );
		$items  = array();
		foreach ( Csv_File::read( $text, self::NEEDED ) as $number => $line ) {
			if ( $number < $from ) {
				continue;
			}
			if ( microtime( true ) > $until ) {
				return array( 'next' => $number, 'counts' => $counts, 'items' => $items );
			}
			$found = $this->import_line( $line, $dry_run, $import, $by );
			++$counts[ $found['outcome'] ];
			if ( self::SAME !== $found['outcome'] && count( $items ) < self::MAX_LISTED ) {
				$items[] = array( 'line' => $number + 1, 'attachment_id' => (int) $line['attachment_id'], 'file' => $line['file'] ) + $found;
			}
			if ( 0 === $number % self::FLUSH_EVERY ) {
				Csv_File::forget_read_posts();
			}
		}
		return array( 'next' => null, 'counts' => $counts, 'items' => $items );
	}

	/**
	 * @param array<string, string> $line
	 * @return array{outcome: string, message: string, before: string, after: string, decorative: bool}
	 */
	private function import_line( array $line, bool $dry_run, string $import, WP_User $by ): array {
		$id      = (int) $line['attachment_id'];
		$refusal = self::refusal( $id, $line['file'], $by );
		if ( '' !== $refusal ) {
			return self::outcome( self::ERROR, $refusal );
		}
		$live       = Alt_Text_Meta::read( $id )->text();
		$new        = Plain_Text::from_person( $line['new_alt_text'] );
		$is_marked  = Provenance::is_decorative( $id );
		$decorative = self::is_yes( $line['decorative'] ?? '', $is_marked );
		if ( $decorative && '' !== $new ) {
			return self::outcome( self::ERROR, __( 'A decorative image has no alt text: empty one of the two cells.', 'altsmith' ), $live );
		}
		// Programs put U+FFFD where bytes were no UTF-8. A text of the library may contain it, a new one does not.
		if ( str_contains( $new, "\u{FFFD}" ) && $new !== $live ) {
			return self::outcome( self::ERROR, Csv_File::not_utf8(), $live );
		}
		$after = $decorative ? '' : ( '' === $new ? $live : $new );
		if ( $after === $live && $decorative === $is_marked ) {
			return self::outcome( self::SAME, '', $live, $live, $decorative );
		}
		// Spreadsheet programs change blanks and line ends; a change of words is what counts.
		if ( Plain_Text::from_person( $live ) !== Plain_Text::from_person( $line['alt_text'] ) ) {
			return self::outcome( self::CONFLICT, __( 'The alt text was changed after the file was exported. It stays as it is.', 'altsmith' ), $live, $after, $decorative );
		}
		if ( ! $this->is_same_picture( $id, $line['picture'] ?? '' ) ) {
			return self::outcome( self::CONFLICT, __( 'The picture was replaced after the file was exported. Its text stays as it is.', 'altsmith' ), $live, $after, $decorative );
		}
		return $dry_run ? self::outcome( self::CHANGE, '', $live, $after, $decorative ) : $this->write( $id, $live, $after, $decorative, $import, $by );
	}

	/**
	 * Whether the attachment shows the picture that was exported. A file without this column, from an earlier version or with it
	 * deleted, says nothing of the picture.
	 */
	private function is_same_picture( int $id, string $mark ): bool {
		$row = '' === $mark ? null : $this->requests->find( $id );
		try {
			if ( null !== $row && Library_Export::mark_of( $row->source_sha256 ) === $mark ) {
				return ! $this->watch->has_changed( $row );
			}
		} catch ( Throwable ) {
			return false; // It has changed and the sidecar could not be told, or the pictures cannot be compared.
		}
		return '' === $mark || Library_Export::mark_of( Source_Picture::of( $id )->sha256() ) === $mark;
	}

	/** @return array{outcome: string, message: string, before: string, after: string, decorative: bool} */
	private function write( int $id, string $live, string $after, bool $decorative, string $import, WP_User $by ): array {
		$entry = array( 'suggestion_id' => $import, 'version' => time(), 'model' => null, 'by' => array( 'id' => (string) $by->ID, 'name' => $by->display_name ) );
		try {
			$result = $this->writer->write( new Write_Request( $id, $live, $after, $decorative, array(), $entry ) );
		} catch ( Database_Refusal $refusal ) {
			return self::outcome( self::ERROR, $refusal->getMessage(), $live, $after, $decorative );
		}
		return match ( $result->outcome ) {
			Write_Result::APPLIED => self::outcome( self::CHANGE, '', $result->before, $result->after, $decorative ),
			Write_Result::BUSY    => self::outcome( self::ERROR, __( 'Someone is changing this image right now. Import the file again.', 'altsmith' ), $live, $after, $decorative ),
			default               => self::outcome( self::CONFLICT, __( 'The alt text was changed after the file was exported. It stays as it is.', 'altsmith' ), $result->before, $after, $decorative ),
		};
	}

	/** @return string Why a line is not for this image; '' when it is. */
	private static function refusal( int $id, string $file, WP_User $by ): string {
		$post = $id > 0 ? get_post( $id ) : null;
		if ( ! $post instanceof WP_Post || ! wp_attachment_is_image( $post ) || ! user_can( $by, 'edit_post', $id ) ) {
			return __( 'Image not found, or you cannot edit it.', 'altsmith' );
		}
		$own = (string) get_post_meta( $id, '_wp_attached_file', true );
		/* translators: %s: name of a file */
		return $own === $file ? '' : sprintf( __( 'On this site the image with this number is another file: %s.', 'altsmith' ), $own );
	}

	/** An empty cell keeps what is stored: a column that was deleted in the spreadsheet must not remove the marks. */
	private static function is_yes( string $cell, bool $is_marked ): bool {
		$word = strtolower( trim( $cell ) );
		return '' === $word ? $is_marked : in_array( $word, array( 'yes', '1', 'true', 'x' ), true );
	}

	/** @return array{outcome: string, message: string, before: string, after: string, decorative: bool} */
	private static function outcome( string $outcome, string $message, string $before = '', string $after = '', bool $decorative = false ): array {
		return array( 'outcome' => $outcome, 'message' => $message, 'before' => $before, 'after' => $after, 'decorative' => $decorative );
	}
}
