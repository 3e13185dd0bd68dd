<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery -- the point of a lock is to ask the database itself

/**
 * A lock kept in one row of the options table, so that it holds across PHP processes and web servers.
 *
 * The row's value is "token expires". Taking over an expired lock is a conditional UPDATE: of two processes that see the
 * same dead lock only one changes the row. The options cache is left out on purpose; it may be older than the row.
 */
final class Lock {
	private string $value = '';

	public function __construct( private readonly string $name, private readonly int $seconds ) {}

	public function acquire(): bool {
		global $wpdb;
		$mine = self::make_value( $this->seconds );
		$held = $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM {$wpdb->options} WHERE option_name = %s", $this->option() ) );
		if ( null === $held ? $this->insert( $mine ) : $this->take_over_expired( (string) $held, $mine ) ) {
			$this->value = $mine;
			return true;
		}
		return false;
	}

	/** Tries for at most `$wait_ms`. For short locks around one write. */
	public function acquire_within( int $wait_ms ): bool {
		$until = microtime( true ) + $wait_ms / 1000;
		do {
			if ( $this->acquire() ) {
				return true;
			}
			usleep( 20000 );
		} while ( microtime( true ) < $until );
		return false;
	}

	/** Keeps a long task's lock alive. False means that somebody else holds it now: stop. */
	public function renew(): bool {
		$mine        = self::make_value( $this->seconds );
		$kept        = $this->replace( $this->value, $mine );
		$this->value = $kept ? $mine : '';
		return $kept;
	}

	public function release(): void {
		global $wpdb;
		if ( '' !== $this->value ) {
			$wpdb->delete( $wpdb->options, array( 'option_name' => $this->option(), 'option_value' => $this->value ) );
			$this->value = '';
		}
	}

	/**
	 * Where several insert the name that was deleted a moment ago, InnoDB may find a deadlock and turn some of them away:
	 * for those it is a no like any other, and nothing for the site's error log.
	 */
	private function insert( string $mine ): bool {
		global $wpdb;
		$was_quiet = $wpdb->suppress_errors();
		$inserted  = $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no')", $this->option(), $mine ) );
		$wpdb->suppress_errors( $was_quiet );
		return 1 === $inserted;
	}

	private function take_over_expired( string $held, string $mine ): bool {
		$expires = (int) substr( (string) strrchr( ' ' . $held, ' ' ), 1 );
		return $expires < time() && $this->replace( $held, $mine );
	}

	private function replace( string $from, string $to ): bool {
		global $wpdb;
		return 1 === $wpdb->update( $wpdb->options, array( 'option_value' => $to ), array( 'option_name' => $this->option(), 'option_value' => $from ) );
	}

	private function option(): string {
		return 'altsmith_lock_' . $this->name;
	}

	private static function make_value( int $seconds ): string {
		return bin2hex( random_bytes( 8 ) ) . ' ' . ( time() + $seconds );
	}
}
