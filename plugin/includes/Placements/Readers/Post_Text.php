<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

use Altsmith\Placements\Content_Rewriter;
use Altsmith\Placements\Content_Scanner;
use Altsmith\Placements\Rewrite;
use Altsmith\Placements\Unreadable;

defined( 'ABSPATH' ) || exit;

/** Picture tags in a post's content: blocks, patterns, templates and template parts that were changed, menus of blocks, classic content. */
final class Post_Text extends Place_Reader {
	public const NAME = 'content';

	public function __construct( private readonly Content_Scanner $scanner, private readonly Content_Rewriter $rewriter ) {}

	public function name(): string {
		return self::NAME;
	}

	public function label(): string {
		return '';
	}

	public function keys(): array {
		return array( self::CONTENT );
	}

	public function find( string $raw, string $key ): array {
		$found = $this->scanner->scan( $raw );
		if ( count( $found ) > Content_Scanner::MAX_IMAGES ) {
			throw new Unreadable( 'It has too many pictures.' );
		}
		return $found;
	}

	public function rewrite( string $raw, string $key, array $texts ): Rewrite {
		return $this->rewriter->rewrite( $raw, $texts );
	}

	/** A piece is a whole tag here, with the number of its picture. */
	public function restore( string $raw, string $key, array $edits, array $own ): Rewrite {
		return $this->rewriter->restore( $raw, $edits );
	}
}
