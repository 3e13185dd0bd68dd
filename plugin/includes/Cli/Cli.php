<?php
declare( strict_types=1 );

namespace Altsmith\Cli;

defined( 'ABSPATH' ) || exit;

/** Registers `wp altsmith …`. Every command ends with a non-zero exit code when anything went wrong. */
final class Cli {
	/** @param array<string, object> $commands Word after `wp altsmith` => object with the sub-commands. */
	public function __construct( private readonly array $commands ) {}

	public function register(): void {
		if ( ! defined( 'WP_CLI' ) || ! class_exists( 'WP_CLI' ) ) {
			return;
		}
		foreach ( $this->commands as $word => $command ) {
			\WP_CLI::add_command( trim( 'altsmith ' . $word ), $command );
		}
	}
}
