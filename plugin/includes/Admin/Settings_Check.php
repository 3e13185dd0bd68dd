<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Settings;

defined( 'ABSPATH' ) || exit;

/** Looks at what the form posted. What cannot be used is told beside its field, and what was stored before stays. */
final class Settings_Check {
	/** @param bool $for_network Whether the form is the one of the whole network. */
	public function __construct( private readonly bool $for_network = false ) {}

	/** A field that is disabled is not sent: what is stored stays. */
	public function address( mixed $value ): string {
		$stored = (string) $this->stored( Settings::URL_OPTION, '' );
		if ( ! is_string( $value ) ) {
			return $stored;
		}
		$read = Address_Input::read( $value );
		if ( '' !== $read->error ) {
			/* translators: %s: what was typed */
			$quoted = sprintf( __( 'The address “%s” was not saved.', 'altsmith' ), mb_substr( sanitize_text_field( $value ), 0, 100 ) ) . ' ';
			// A key or a password that was typed here by mistake is not shown.
			$this->tell( Settings::URL_OPTION, ( str_contains( $value, '@' ) || Typed_Text::is_key( Typed_Text::cleaned( $value ) ) ? '' : $quoted ) . $read->error );
			return $stored;
		}
		return $read->value;
	}

	/** The form never shows the key, so an empty field means "as it was". */
	public function key( mixed $value ): string {
		$stored = (string) $this->stored( Settings::KEY_OPTION, '' );
		$read   = Key_Input::read( is_string( $value ) ? $value : '' );
		if ( '' !== $read->error ) {
			$this->tell( Settings::KEY_OPTION, __( 'The key was not saved.', 'altsmith' ) . ' ' . $read->error );
		}
		return '' === $read->value ? $this->key_of_code( $stored ) : $read->value;
	}

	/** The key for a one-time code in the same form. The address beside it has been saved before: WordPress saves the options in the order they were registered. */
	private function key_of_code( string $stored ): string {
		$typed = $_POST[ Pairing_Input::FIELD ] ?? ''; // phpcs:ignore WordPress.Security -- options.php has checked the nonce; the text is cleaned by Pairing_Input
		unset( $_POST[ Pairing_Input::FIELD ] );
		if ( ! is_string( $typed ) || '' === $typed || ( function_exists( 'get_settings_errors' ) && array() !== get_settings_errors( Settings::URL_OPTION ) ) ) {
			return $stored;
		}
		$read = Pairing_Input::exchange( wp_unslash( $typed ), ( new Settings( $this->for_network ) )->sidecar_url() );
		if ( '' !== $read->error ) {
			$this->tell( Pairing_Input::FIELD, $read->error );
		}
		return '' === $read->value ? $stored : $read->value;
	}

	/**
	 * The choices as they are stored, with an error for each value that cannot be used.
	 *
	 * @return array<string, mixed>|string '' where the form did not have these fields and nothing is stored.
	 */
	public function choices( mixed $value ): array|string {
		$stored = $this->stored( Settings::MORE_OPTION, array() );
		$stored = is_array( $stored ) ? $stored : array();
		if ( ! is_array( $value ) ) {
			// The form did not have these fields. WordPress may pass the value returned here to this method once more.
			return array() === $stored ? '' : Settings::sanitize_more( array_merge( Settings::defaults(), $stored ) );
		}
		$types = is_array( $value['types'] ?? null ) ? $value['types'] : array();
		if ( array() === array_intersect( Settings::READABLE_TYPES, $types ) ) {
			$this->tell( 'altsmith_types', __( 'No type of image was chosen, so the types stay as they were. To stop requesting suggestions, clear “Request a suggestion when an image is uploaded”.', 'altsmith' ) );
			$value['types'] = $stored['types'] ?? Settings::READABLE_TYPES;
		}
		if ( ! is_string( $value['digest_to'] ?? '' ) ) {
			$value['digest_to'] = $stored['digest_to'] ?? '';
		}
		$wrong = array_filter( Settings::addresses( $value['digest_to'] ?? '' ), static fn( string $one ): bool => false === is_email( $one ) );
		if ( array() !== $wrong ) {
			/* translators: %s: what was typed */
			$this->tell( 'altsmith_digest_to', sprintf( __( '“%s” is not an e-mail address, so the addresses stay as they were.', 'altsmith' ), sanitize_text_field( (string) reset( $wrong ) ) ) );
			$value['digest_to'] = $stored['digest_to'] ?? '';
		}
		foreach ( Settings::WORDS as $name => $words ) {
			if ( in_array( $value[ $name ] ?? null, $words, true ) ) {
				continue;
			}
			if ( isset( $value[ $name ] ) ) {
				$this->tell( 'altsmith_' . $name, __( 'This is none of the choices, so the setting stays as it was.', 'altsmith' ) );
			}
			$value[ $name ] = $stored[ $name ] ?? Settings::defaults()[ $name ];
		}
		return Settings::sanitize_more( $value );
	}

	/** What is stored for the site, or for the network, before the form is saved. */
	private function stored( string $option, mixed $otherwise ): mixed {
		return $this->for_network ? ( Settings::of_network()[ $option ] ?? $otherwise ) : get_option( $option, $otherwise );
	}

	/** WordPress may check a value twice in one request. */
	private function tell( string $field, string $sentence ): void {
		// Before a page of the dashboard is there, as with WP-CLI, nobody looks at a field.
		if ( function_exists( 'add_settings_error' ) && array() === get_settings_errors( $field ) ) {
			add_settings_error( $field, 'wrong', $sentence );
		}
	}
}
