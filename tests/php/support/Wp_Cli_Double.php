<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

use RuntimeException;

/** Stands for WP_CLI, which is not in Debian: keeps what is said, and ends a command by an exception where WP-CLI would exit. */
final class Wp_Cli_Double {
	/** @var string[] */
	public static array $said = array();

	/** @var array<string, object> */
	public static array $commands = array();

	public static function add_command( string $name, object $command ): void {
		self::$commands[ $name ] = $command;
	}

	public static function line( string $text ): void {
		self::$said[] = $text;
	}

	public static function warning( string $text ): void {
		self::$said[] = "Warning: $text";
	}

	public static function success( string $text ): void {
		self::$said[] = "Success: $text";
	}

	public static function error( string $text ): never {
		throw new RuntimeException( $text );
	}

	/** @param array<string, mixed> $options */
	public static function confirm( string $question, array $options ): void {
		if ( empty( $options['yes'] ) ) {
			throw new RuntimeException( $question );
		}
	}
}
