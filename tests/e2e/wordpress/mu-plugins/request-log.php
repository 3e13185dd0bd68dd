<?php
/**
 * Plugin Name: Request log of the test site
 * Description: With the constant REQUEST_LOG: one JSON line for each request, saying what our plugin cost and what was asked over HTTP.
 *
 * A request with the header X-Without-Altsmith runs with the plugin switched off, so that both can be timed in turn.
 */
if ( ! defined( 'REQUEST_LOG' ) ) {
	return;
}

final class Request_Log {
	private int $started;
	private int $boot_began = 0;
	private float $boot_ms  = 0;
	private float $hooks_ms = 0;
	private float $after_ms = 0;
	private float $cpu_ms   = 0;
	private int $queries    = 0;
	private int $depth      = 0;
	/** @var string[] "METHOD address" of every call through WordPress's HTTP functions. */
	private array $http = array();
	/** @var array<int, array{0: string, 1: int, 2: string}> Hook, attachment, context. */
	private array $uploads = array();
	private readonly bool $off;

	public function __construct() {
		$this->started = hrtime( true );
		$this->off     = isset( $_SERVER['HTTP_X_WITHOUT_ALTSMITH'] );
	}

	public function register(): void {
		add_filter( 'option_active_plugins', function ( $plugins ) {
			// The last time that this is asked before the plugin is loaded is when WordPress is about to load it.
			$this->boot_began = hrtime( true );
			return $this->off ? array_diff( (array) $plugins, array( 'altsmith/altsmith.php' ) ) : $plugins;
		} );
		add_action( 'plugin_loaded', function ( string $plugin ): void {
			if ( str_ends_with( $plugin, '/altsmith.php' ) ) {
				$this->boot_ms = $this->since( $this->boot_began );
				$this->time_callbacks( false );
			}
		} );
		add_action( 'rest_api_init', fn() => $this->time_callbacks( false ), PHP_INT_MAX );
		add_action( 'shutdown', fn() => $this->time_callbacks( true ), PHP_INT_MAX - 1 );
		add_filter( 'pre_http_request', function ( $answer, $arguments, $url ) {
			$this->http[] = ( $arguments['method'] ?? 'GET' ) . ' ' . $url;
			return $answer;
		}, PHP_INT_MAX, 3 );
		add_action( 'add_attachment', fn( int $id ) => $this->uploads[] = array( 'add_attachment', $id, '' ) );
		add_filter( 'wp_generate_attachment_metadata', function ( $metadata, int $id, string $context = '' ) {
			$this->uploads[] = array( 'wp_generate_attachment_metadata', $id, $context );
			return $metadata;
		}, 1, 3 );
		register_shutdown_function( fn() => register_shutdown_function( array( $this, 'write' ) ) );
	}

	public function write(): void {
		$line = array(
			'request'   => ( $_SERVER['REQUEST_METHOD'] ?? 'CLI' ) . ' ' . ( $_SERVER['REQUEST_URI'] ?? '' ),
			'off'       => $this->off,
			'boot_ms'   => round( $this->boot_ms, 3 ),
			'hooks_ms'  => round( $this->hooks_ms, 3 ),
			'after_ms'  => round( $this->after_ms, 3 ),
			'cpu_ms'    => round( $this->cpu_ms, 3 ),
			'queries'   => $this->queries,
			'total_ms'  => round( $this->since( $this->started ), 3 ),
			'memory_mb' => round( memory_get_peak_usage( true ) / 1048576, 1 ),
			'http'      => $this->http,
			'uploads'   => $this->uploads,
		);
		file_put_contents( REQUEST_LOG, json_encode( $line, JSON_UNESCAPED_SLASHES ) . "\n", FILE_APPEND | LOCK_EX );
	}

	/** Puts a clock around every callback of the plugin; those at the very end of the request are counted apart. */
	private function time_callbacks( bool $at_the_end ): void {
		global $wp_filter;
		foreach ( $wp_filter as $hook ) {
			foreach ( $hook->callbacks as $priority => $callbacks ) {
				foreach ( $callbacks as $key => $callback ) {
					if ( self::is_ours( $callback['function'] ) ) {
						$hook->callbacks[ $priority ][ $key ]['function'] = $this->timed( $callback['function'], $at_the_end );
					} elseif ( self::loads( $callback['function'] ) ) {
						$hook->callbacks[ $priority ][ $key ]['function'] = $this->timed_as_loading( $callback['function'] );
					}
				}
			}
		}
	}

	private static function is_ours( mixed $function ): bool {
		$owner = is_array( $function ) ? ( is_object( $function[0] ) ? $function[0]::class : (string) $function[0] ) : '';
		if ( $function instanceof Closure ) {
			$owner = (string) ( new ReflectionFunction( $function ) )->getClosureScopeClass()?->name;
		}
		return str_starts_with( $owner, 'Altsmith\\' ) && ! self::loads( $function );
	}

	/** Whether a callback loads the rest of the plugin, which On_Demand does outside wp-admin. */
	private static function loads( mixed $function ): bool {
		return is_array( $function ) && 'Altsmith\\On_Demand' === $function[0];
	}

	private function timed_as_loading( callable $function ): Closure {
		return function ( ...$arguments ) use ( $function ) {
			$began = hrtime( true );
			try {
				return $function( ...$arguments );
			} finally {
				$this->boot_ms += $this->since( $began );
			}
		};
	}

	private function timed( callable $function, bool $at_the_end ): Closure {
		return function ( ...$arguments ) use ( $function, $at_the_end ) {
			global $wpdb;
			$began   = hrtime( true );
			$cpu     = self::cpu_ms();
			$queries = $wpdb->num_queries;
			++$this->depth;
			try {
				return $function( ...$arguments );
			} finally {
				// A callback of ours inside another is in that one's time already.
				if ( 0 === --$this->depth ) {
					$at_the_end ? $this->after_ms += $this->since( $began ) : $this->hooks_ms += $this->since( $began );
					$this->cpu_ms  += self::cpu_ms() - $cpu;
					$this->queries += $wpdb->num_queries - $queries;
				}
			}
		};
	}

	/** Time this process has had a processor for: other programs on the machine do not count. */
	private static function cpu_ms(): float {
		$used = getrusage();
		return ( $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'] ) * 1e3 + ( $used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec'] ) / 1e3;
	}

	private function since( int $moment ): float {
		return ( hrtime( true ) - $moment ) / 1e6;
	}
}

( new Request_Log() )->register();
