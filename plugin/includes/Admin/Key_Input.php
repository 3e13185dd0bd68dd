<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Settings;

defined( 'ABSPATH' ) || exit;

/** What somebody typed as the site key: the key to store, or a sentence that says what is wrong with it. */
final class Key_Input {
	private const MAX_LENGTH = 200;

	private function __construct( public readonly string $value, public readonly string $error ) {}

	/** What was typed as a key: `value` can be stored; where `error` is not empty, it says what to do. */
	public static function read( string $typed ): self {
		// Copied from a command line or from somebody's notes.
		$key   = (string) preg_replace( '/^(authorization:\s*)?(bearer\s+|ALTSMITH_SITE_KEY\s*=\s*)/i', '', Typed_Text::cleaned( $typed ) );
		$key   = Typed_Text::cleaned( $key );
		$error = match ( true ) {
			'' === $key                          => '',
			1 === preg_match( '/\s/', $key )     => __( 'A key has no spaces or line breaks in it. Copy the last line of first-key.txt alone.', 'altsmith' ),
			1 === preg_match( '#^https?://#i', $key ) => __( 'This is an address. It goes into the field above, the key goes here.', 'altsmith' ),
			1 === preg_match( '/^[•*●∙.]+$/u', $key ) => __( 'These are the dots that stand for a hidden key. Copy the key itself.', 'altsmith' ),
			str_ends_with( strtolower( $key ), 'first-key.txt' ) => __( 'This is the name of the file. The key is its last line.', 'altsmith' ),
			Typed_Text::is_key( $key ) && Typed_Text::KEY_LENGTH !== strlen( $key ) => __( 'This is not the whole key, or there is more behind it. Copy the last line of first-key.txt from its beginning to its end.', 'altsmith' ),
			strlen( $key ) > self::MAX_LENGTH    => __( 'This is too long for a key.', 'altsmith' ),
			'' === Settings::sanitize_key( $key ) => __( 'A key consists of plain letters, digits and signs. Copy it again instead of typing it.', 'altsmith' ),
			default                              => '',
		};
		return '' === $error ? new self( $key, '' ) : new self( '', $error );
	}
}
