<?php
/**
 * Finds the file of a class by its name. For the plugin, and for its removal, at which WordPress does not load the plugin.
 *
 * @package Altsmith
 */

declare( strict_types=1 );

defined( 'ABSPATH' ) || exit;

spl_autoload_register(
	static function ( string $class_name ): void {
		if ( ! str_starts_with( $class_name, 'Altsmith\\' ) ) {
			return;
		}
		$file = __DIR__ . '/' . str_replace( '\\', '/', substr( $class_name, 9 ) ) . '.php';
		if ( is_file( $file ) ) {
			require $file;
		}
	}
);
