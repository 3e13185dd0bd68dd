<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Found_Image;
use Altsmith\Placements\Structures\Node;

defined( 'ABSPATH' ) || exit;

/**
 * Elementor 4.2: `_elementor_data` is JSON. Its widgets show the library's text, whatever `alt` they keep; that one is shown only
 * for a picture without a number. Text widgets have picture tags with texts of their own.
 */
final class Elementor extends Structured_Reader {
	private const DATA = '_elementor_data';

	/** The finished page, kept for a day. */
	private const CACHE = '_elementor_element_cache';

	public function name(): string {
		return 'elementor';
	}

	public function label(): string {
		return 'Elementor';
	}

	public function keys(): array {
		return array( self::DATA, '_elementor_page_settings' );
	}

	public function replaces_content(): bool {
		return true;
	}

	public function forget_caches( int $owner_id ): void {
		delete_post_meta( $owner_id, self::CACHE );
	}

	protected function pictures( Node $node, int $first, string $key ): array {
		// {"$$type":"image-attachment-id","value":12} in the newer elements.
		if ( 'image-attachment-id' === $node->text( '$$type' ) && $node->number( 'value' ) > 0 ) {
			return array( Found_Image::without_copy( $first, $node->number( 'value' ), '', $key ) );
		}
		$source = $node->text( 'url' );
		$id     = $node->number( 'id' );
		if ( '' === $source || ! isset( $node->leaves['id'] ) ) {
			return array();
		}
		if ( str_contains( $node->name(), 'background' ) ) {
			return array( Found_Image::without_copy( $first, $id, $source, $key, Found_Image::NO_TEXT ) );
		}
		return array( 0 === $id && isset( $node->leaves['alt'] ) ? self::with_text( $first, 0, $source, $key, $node->leaves['alt'] ) : Found_Image::without_copy( $first, $id, $source, $key ) );
	}
}
