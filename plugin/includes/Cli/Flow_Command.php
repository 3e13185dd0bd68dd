<?php
declare( strict_types=1 );

namespace Altsmith\Cli;

use Altsmith\Admin\Address_Input;
use Altsmith\Admin\Key_Input;
use Altsmith\Admin\Pairing_Input;
use Altsmith\Plugin;
use Altsmith\Settings;
use Altsmith\Sidecar\Connection_Test;
use Altsmith\Storage\Library_Counts;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Pause;
use Altsmith\Sync\Worker;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/** Alt text suggestions: how things stand, and moving them along. */
final class Flow_Command {
	public function __construct(
		private readonly Settings $settings,
		private readonly Request_Store $store,
		private readonly Library_Counts $counts,
		private readonly Pause $pause,
		private readonly Worker $worker,
		private readonly Connection_Test $connection_test,
	) {}

	/**
	 * Shows how the library and its suggestions stand.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : table or json.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function status( array $args, array $options ): void {
		$pause = $this->pause->read();
		$shown = array(
			'sidecar'     => $this->settings->sidecar_url(),
			'configured'  => $this->settings->is_configured() ? 'yes' : 'no',
			'automatic'   => $this->settings->is_automatic() ? 'yes' : 'no',
			'problem'     => $pause['failures'] > 0 ? $pause['message'] : '',
			'last_sync'   => self::moment( (int) get_option( 'altsmith_last_sync', 0 ) ),
			'last_cron'   => self::moment( (int) get_option( 'altsmith_last_cron', 0 ) ),
		);
		foreach ( $this->counts->all() as $name => $count ) {
			$shown[ 'images_' . $name ] = (string) $count;
		}
		foreach ( $this->store->counts() as $name => $count ) {
			$shown[ 'suggestions_' . $name ] = (string) $count;
		}
		if ( 'json' === ( $options['format'] ?? 'table' ) ) {
			WP_CLI::line( (string) wp_json_encode( $shown, JSON_PRETTY_PRINT ) );
			return;
		}
		foreach ( $shown as $name => $value ) {
			WP_CLI::line( str_pad( $name, 26 ) . $value );
		}
	}

	/**
	 * Sends what waits and reads what is new, until nothing is left to send or the time is up.
	 *
	 * ## OPTIONS
	 *
	 * [--seconds=<seconds>]
	 * : How long it may take.
	 * ---
	 * default: 300
	 * ---
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function sync( array $args, array $options ): void {
		$until = time() + max( 1, (int) ( $options['seconds'] ?? 300 ) );
		$sent  = 0;
		do {
			$run   = $this->worker->run( max( 1, min( 60, $until - time() ) ), 5, true );
			$sent += $run['sent'];
			if ( '' !== $run['error'] ) {
				WP_CLI::error( $run['error'] );
			}
			if ( ! $run['ran'] && ! $this->settings->is_configured() ) {
				WP_CLI::error( 'Set the address and the key of the sidecar first.' );
			}
			if ( ! $run['ran'] ) {
				// No error: cron would mail it, and the work is being done.
				WP_CLI::success( 'Another process is sending already.' );
				return;
			}
		} while ( $run['more'] && time() < $until );
		// A timer of the system calls this instead of WP-Cron: the event's other tasks are done as well.
		do_action( Plugin::CRON_HOOK );
		WP_CLI::success( sprintf( '%d images sent; %d suggestions need review.', $sent, $this->store->counts()['pending'] ?? 0 ) );
	}

	/**
	 * Tests the connection to the sidecar.
	 *
	 * ## OPTIONS
	 *
	 * <test>
	 * : The word "test".
	 *
	 * @param string[] $args
	 */
	public function connection( array $args ): void {
		if ( array( 'test' ) !== $args ) {
			WP_CLI::error( 'Usage: wp altsmith connection test' );
		}
		$result = $this->connection_test->run();
		if ( ! $result['ok'] ) {
			WP_CLI::error( $result['outcome'] . ': ' . $result['message'] );
		}
		WP_CLI::success( $result['message'] );
	}

	/**
	 * Saves the sidecar's address and the site key, and tests them. A one-time code of the sidecar is exchanged for a key.
	 *
	 * ## OPTIONS
	 *
	 * <url>
	 * : Address of the sidecar.
	 *
	 * <code>
	 * : The one-time code that the sidecar shows, or a site key; "-" reads it from the standard input, which keeps a key out of the
	 * shell's history.
	 *
	 * @param string[] $args
	 */
	public function connect( array $args ): void {
		if ( defined( 'ALTSMITH_SIDECAR_URL' ) || defined( 'ALTSMITH_SITE_KEY' ) ) {
			WP_CLI::error( 'wp-config.php sets ALTSMITH_SIDECAR_URL or ALTSMITH_SITE_KEY, and these constants win. Change them there.' );
		}
		$address = Address_Input::read( $args[0] ?? '' );
		$typed   = '-' === ( $args[1] ?? '' ) ? trim( (string) fgets( STDIN ) ) : ( $args[1] ?? '' );
		$is_code = Pairing_Input::is_code( $typed );
		if ( $is_code && '' === $address->error && '' !== $address->value ) {
			$key = Pairing_Input::exchange( $typed, $address->value );
			if ( '' !== $key->error ) {
				WP_CLI::error( $key->error );
			}
		} else {
			$key = Key_Input::read( $is_code ? '' : $typed );
		}
		if ( '' !== $address->error . $key->error || '' === $address->value || '' === $key->value ) {
			WP_CLI::error( trim( $address->error . ' ' . $key->error . ' Usage: wp altsmith connect <url> <code>' ) );
		}
		update_option( Settings::URL_OPTION, $address->value );
		update_option( Settings::KEY_OPTION, $key->value );
		Pause::forget();
		$this->connection( array( 'test' ) );
	}

	private static function moment( int $time ): string {
		return $time > 0 ? gmdate( 'Y-m-d\TH:i:s\Z', $time ) : '';
	}
}
