<?php
declare( strict_types=1 );

namespace Altsmith\Cli;

use Altsmith\Identity\Instance;
use Altsmith\Identity\Instance_Answer;
use Altsmith\Identity\Site_Address;
use Altsmith\Sidecar\Sidecar_Error;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/** Shows which installation this is, and answers whether it has moved or is a copy. */
final class Instance_Command {
	public function __construct( private readonly Instance $instance, private readonly Instance_Answer $answer ) {}

	/**
	 * Says under which address this site is connected. Ends with an error while the owner has to answer.
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function show( array $args, array $options ): void {
		if ( '' !== $this->instance->reason() ) {
			WP_CLI::error( $this->instance->sentence() . ' wp altsmith instance moved | copy' );
		}
		WP_CLI::line( sprintf( '%s speaks for %s.', $this->instance->id(), Site_Address::stored() ) );
	}

	/**
	 * The site has moved, or is the original: its queue and its suggestions go on here.
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function moved( array $args, array $options ): void {
		$this->give( Instance_Answer::MOVED );
	}

	/**
	 * This is a copy: it begins with an empty queue, and the original keeps its own.
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function copy( array $args, array $options ): void {
		$this->give( Instance_Answer::COPY );
	}

	private function give( string $answer ): void {
		if ( '' === $this->instance->reason() ) {
			WP_CLI::success( 'There is no question to answer: this site is connected under its own address.' );
			return;
		}
		try {
			$this->answer->give( $answer );
		} catch ( Sidecar_Error $error ) {
			WP_CLI::error( $error->getMessage() );
		}
		WP_CLI::success( sprintf( '%s speaks for %s.', $this->instance->id(), Site_Address::stored() ) );
	}
}
