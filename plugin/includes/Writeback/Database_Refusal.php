<?php
declare( strict_types=1 );

namespace Altsmith\Writeback;

use RuntimeException;

defined( 'ABSPATH' ) || exit;

/** The database did not take a text. That is nobody's conflict: the sentence says what to do about it. */
final class Database_Refusal extends RuntimeException {
	public static function of_character(): self {
		return new self( __( 'The database of this site cannot hold a character of this text, most often an emoji. Take it out, or have the table of post meta converted to utf8mb4.', 'altsmith' ) );
	}

	public static function of_query( string $error ): self {
		/* translators: %s: what the database said */
		return new self( sprintf( __( 'The database did not take the text: %s', 'altsmith' ), '' === $error ? __( 'it gave no reason.', 'altsmith' ) : $error ) );
	}
}
