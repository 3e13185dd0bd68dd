<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;

defined( 'ABSPATH' ) || exit;

/** What somebody typed as the one-time code: the site key that the sidecar gives for it, or a sentence that says what is wrong. */
final class Pairing_Input {
	/** Name of the field; it is no option, since a code is used at once. */
	public const FIELD = 'altsmith_pairing_code';

	/** Crockford's base 32, as in server/sites/pairing-code.ts; I, L and O are read as 1 and 0. */
	private const PATTERN = '/^[0-9A-TV-Z]{10}$/';

	private function __construct( public readonly string $value, public readonly string $error ) {}

	/** Exchanges the code at the sidecar. Both empty where nothing was typed. */
	public static function exchange( string $typed, string $address ): self {
		$text = Typed_Text::cleaned( $typed );
		$code = self::letters( $text );
		if ( '' === $code ) {
			return new self( '', '' );
		}
		$error = match ( true ) {
			Typed_Text::is_key( $text )               => __( 'This is a site key. It goes into the field below.', 'altsmith' ),
			1 !== preg_match( self::PATTERN, $code )  => __( 'A code has ten letters and digits, for instance 7K3QM-W9XPT.', 'altsmith' ),
			'' === $address                           => __( 'Enter the address of the sidecar as well: it takes the code there.', 'altsmith' ),
			default                                   => '',
		};
		if ( '' !== $error ) {
			return new self( '', $error );
		}
		try {
			$key = ( new Client( new Settings() ) )->request( 'POST', $address, '/v1/pairings/' . rawurlencode( $code ), '', array(), 10 )->body['key'] ?? '';
		} catch ( Sidecar_Error $refused ) {
			return new self( '', self::in_words( $refused ) );
		}
		$key = Settings::sanitize_key( is_string( $key ) ? $key : '' );
		return '' === $key ? new self( '', __( 'The sidecar answered in a form this plugin does not know. Update the older of the two.', 'altsmith' ) ) : new self( $key, '' );
	}

	public static function is_code( string $typed ): bool {
		return 1 === preg_match( self::PATTERN, self::letters( Typed_Text::cleaned( $typed ) ) );
	}

	/** Without blanks and dashes, in capitals. */
	private static function letters( string $text ): string {
		return strtoupper( (string) preg_replace( '/[\s\p{Pd}]/u', '', $text ) );
	}

	private static function in_words( Sidecar_Error $refused ): string {
		// A sidecar from before there were codes asks for a key there.
		$is_older = $refused->is_unknown() || 'KEY_MISSING' === $refused->error;
		return match ( true ) {
			$is_older                              => __( 'This sidecar does not know one-time codes. Update it, or enter a site key instead.', 'altsmith' ),
			'PAIRING_UNKNOWN' === $refused->error  => __( 'The sidecar does not know this code. Compare it with the screen that shows it, or create a new one there.', 'altsmith' ),
			'PAIRING_USED' === $refused->error     => __( 'This code was used already. Create a new one in the sidecar.', 'altsmith' ),
			'PAIRING_EXPIRED' === $refused->error  => __( 'This code is older than ten minutes. Create a new one in the sidecar.', 'altsmith' ),
			'RATE_LIMITED' === $refused->error     => __( 'Too many wrong codes were tried. Wait a minute and try again.', 'altsmith' ),
			default                                => $refused->getMessage(),
		};
	}
}
