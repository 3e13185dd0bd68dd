<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use WP_HTML_Tag_Processor;

defined( 'ABSPATH' ) || exit;

/**
 * WordPress's own HTML reader, which also tells where in the document a tag stands. It knows that an `<img` inside a
 * script, a comment or an attribute is none, which no pattern does.
 */
final class Tag_Reader extends WP_HTML_Tag_Processor {
	/** The tag the reader is at. Nothing may have been changed through this reader. */
	public function span(): Span {
		$this->set_bookmark( 'altsmith' );
		$mark = $this->bookmarks['altsmith'];
		$html = substr( $this->html, $mark->start, $mark->length );
		// WordPress 6.5 leaves the last character of a tag out of its bookmarks.
		return new Span( $mark->start, str_ends_with( $html, '>' ) ? $html : $html . '>' );
	}
}
