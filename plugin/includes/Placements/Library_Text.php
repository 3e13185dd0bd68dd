<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Text\Plain_Text;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;

defined( 'ABSPATH' ) || exit;

/** The text the media library has for an attachment, and the ones it had before. */
final class Library_Text {
	/** As one line of plain text, whatever is in the database: this goes into posts. */
	public function now( int $attachment_id ): string {
		return Plain_Text::from_person( Alt_Text_Meta::read( $attachment_id )->text() );
	}

	/**
	 * The text, if a person approved it and nobody has changed it since; else ''. Reads the caches: this runs for every
	 * picture of every page.
	 */
	public function approved( int $attachment_id ): string {
		$latest = Provenance::latest( $attachment_id );
		if ( null === $latest || ! empty( $latest['decorative_after'] ) || Provenance::is_decorative( $attachment_id ) || Provenance::picture_changed( $attachment_id ) ) {
			return '';
		}
		$live = get_post_meta( $attachment_id, Alt_Text_Meta::KEY, true );
		return is_string( $live ) && $live === ( $latest['after'] ?? null ) ? trim( $live ) : '';
	}

	/**
	 * Texts that copies in posts may still have.
	 *
	 * @param string $new The text the copies would get. The library's present one is old when this is another.
	 * @return string[]
	 */
	public function old( int $attachment_id, string $new ): array {
		$old = array( $this->now( $attachment_id ) );
		foreach ( Provenance::all( $attachment_id ) as $entry ) {
			$old[] = (string) ( $entry['before'] ?? '' );
			$old[] = (string) ( $entry['after'] ?? '' );
		}
		return array_values( array_filter( array_unique( array_map( 'trim', $old ) ), static fn( string $text ): bool => '' !== $text && $text !== $new ) );
	}
}
