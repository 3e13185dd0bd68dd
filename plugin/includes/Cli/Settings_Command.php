<?php
declare( strict_types=1 );

namespace Altsmith\Cli;

use Altsmith\Admin\Address_Input;
use Altsmith\Admin\Key_Input;
use Altsmith\Settings;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.WP.AlternativeFunctions -- the file of the person at the terminal

/** Exports the settings of a site, and imports them on another. */
final class Settings_Command {
	public function __construct( private readonly Settings $settings ) {}

	/**
	 * Prints the settings as JSON.
	 *
	 * ## OPTIONS
	 *
	 * [<file>]
	 * : The file to write; the standard output where none is given.
	 *
	 * [--with-key]
	 * : The site key too. Whoever has the file can then speak for this site.
	 *
	 * @param string[]                   $args
	 * @param array<string, string|bool> $options
	 */
	public function export( array $args, array $options ): void {
		$shown = array( 'address' => $this->settings->sidecar_url(), 'choices' => $this->settings->all() );
		if ( ! empty( $options['with-key'] ) ) {
			$shown['key'] = $this->settings->site_key();
		}
		$json = (string) wp_json_encode( $shown, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
		if ( ! isset( $args[0] ) ) {
			WP_CLI::line( $json );
			return;
		}
		if ( false === @file_put_contents( $args[0], $json . "\n" ) ) { // phpcs:ignore WordPress.PHP.NoSilencedErrors -- told here
			WP_CLI::error( 'The file cannot be written: ' . $args[0] );
		}
		WP_CLI::success( 'Settings written to ' . $args[0] . ( isset( $shown['key'] ) ? '' : ', without the key' ) . '.' );
	}

	/**
	 * Imports settings that another site exported. Saves nothing where one is unknown, or address or key cannot be used.
	 *
	 * ## OPTIONS
	 *
	 * <file>
	 * : The JSON file; "-" is the standard input.
	 *
	 * @param string[] $args
	 */
	public function import( array $args ): void {
		$file  = $args[0] ?? '';
		$text  = '-' === $file ? stream_get_contents( STDIN ) : ( is_readable( $file ) ? file_get_contents( $file ) : false );
		$given = is_string( $text ) ? json_decode( $text, true ) : null;
		if ( ! is_array( $given ) ) {
			WP_CLI::error( "This is no file of settings: $file" );
			return;
		}
		$choices = is_array( $given['choices'] ?? null ) ? $given['choices'] : array();
		$unknown = array_merge( array_keys( array_diff_key( $given, array_flip( array( 'address', 'choices', 'key' ) ) ) ), array_keys( array_diff_key( $choices, Settings::defaults() ) ) );
		if ( array() !== $unknown ) {
			WP_CLI::error( 'The file has settings that this version does not know: ' . implode( ', ', $unknown ) );
		}
		$wrong = self::unusable( $choices );
		if ( array() !== $wrong ) {
			WP_CLI::error( 'The file has values that cannot be used: ' . implode( ', ', $wrong ) );
		}
		$address = Address_Input::read( (string) ( $given['address'] ?? '' ) );
		$key     = Key_Input::read( (string) ( $given['key'] ?? '' ) );
		if ( '' !== $address->error . $key->error ) {
			WP_CLI::error( trim( $address->error . ' ' . $key->error ) );
		}
		update_option( Settings::MORE_OPTION, Settings::sanitize_more( array_merge( $this->settings->all(), $choices ) ) );
		foreach ( array( Settings::URL_OPTION => $address->value, Settings::KEY_OPTION => $key->value ) as $option => $value ) {
			if ( '' !== $value ) {
				update_option( $option, $value );
			}
		}
		WP_CLI::success( '' === $key->value ? 'Settings imported. The site key stays as it was.' : 'Settings and site key imported.' );
	}

	/**
	 * @param array<string, mixed> $choices
	 * @return string[] Names of those whose value would be changed, or lost, by the sanitizer.
	 */
	private static function unusable( array $choices ): array {
		$kept  = Settings::sanitize_more( $choices );
		$wrong = array_filter( array_keys( $choices ), static fn( string $name ): bool => $kept[ $name ] !== $choices[ $name ] );
		return array() === ( $choices['types'] ?? null ) ? array_merge( array( 'types' ), $wrong ) : array_values( $wrong );
	}
}
