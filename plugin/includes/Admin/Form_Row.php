<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

defined( 'ABSPATH' ) || exit;

/** A row of a settings table, with what is wrong beside its field. */
final class Form_Row {
	/**
	 * @param string   $for     Id of the field; '' for a row with several.
	 * @param string   $content HTML, escaped by the caller.
	 * @param string   $said    Plain text under the field.
	 * @param string[] $wrong   Sentences.
	 */
	public static function draw( string $for, string $heading, string $content, string $said = '', array $wrong = array() ): void {
		$heading = '' === $for ? esc_html( $heading ) : sprintf( '<label for="%s">%s</label>', esc_attr( $for ), esc_html( $heading ) );
		if ( array() !== $wrong ) {
			$content .= sprintf( '<p class="altsmith-field-error"%s><span class="dashicons dashicons-warning" aria-hidden="true"></span> %s</p>', self::id( $for, 'error' ), esc_html( implode( ' ', $wrong ) ) );
		}
		if ( '' !== $said ) {
			$content .= sprintf( '<p class="description"%s>%s</p>', self::id( $for, 'description' ), esc_html( $said ) );
		}
		echo '<tr><th scope="row">' . $heading . '</th><td>' . $content . '</td></tr>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped above
	}

	/** For `described_by`; a row with several fields has none. */
	private static function id( string $for, string $what ): string {
		return '' === $for ? '' : sprintf( ' id="%s-%s"', esc_attr( $for ), $what );
	}

	/** @return string[] What was wrong with a field when it was last sent. */
	public static function errors( string $field ): array {
		$errors = array_filter( get_settings_errors( $field ), static fn( array $one ): bool => 'error' === $one['type'] );
		return array_values( array_unique( array_column( $errors, 'message' ) ) );
	}

	/** @param string[] $wrong */
	public static function described_by( string $for, array $wrong ): string {
		$ids = array() === $wrong ? "$for-description" : "$for-error $for-description";
		return 'aria-describedby="' . esc_attr( $ids ) . '"' . ( array() === $wrong ? '' : ' aria-invalid="true"' );
	}
}
