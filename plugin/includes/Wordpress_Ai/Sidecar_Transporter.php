<?php
declare( strict_types=1 );

namespace Altsmith\Wordpress_Ai;

use WordPress\AiClient\Providers\Http\Contracts\HttpTransporterInterface;
use WordPress\AiClient\Providers\Http\DTO\Request;
use WordPress\AiClient\Providers\Http\DTO\RequestOptions;
use WordPress\AiClient\Providers\Http\DTO\Response;

defined( 'ABSPATH' ) || exit;

/**
 * Sends with the AI client's own transporter, which refuses private addresses and unusual ports. The owner has saved the sidecar's address, so
 * exactly its host and port are allowed, and only while the request is under way: other code, which may follow an address of a visitor, never reaches it.
 */
final class Sidecar_Transporter implements HttpTransporterInterface {
	private readonly string $host;
	private readonly int $port;

	public function __construct( private readonly HttpTransporterInterface $inner, string $address ) {
		list( $this->host, $this->port ) = self::place( $address );
	}

	public function send( Request $request, ?RequestOptions $options = null ): Response {
		add_filter( 'http_request_host_is_external', array( $this, 'allow_host' ), 10, 3 );
		add_filter( 'http_allowed_safe_ports', array( $this, 'allow_port' ), 10, 3 );
		try {
			return $this->inner->send( $request, $options );
		} finally {
			remove_filter( 'http_request_host_is_external', array( $this, 'allow_host' ), 10 );
			remove_filter( 'http_allowed_safe_ports', array( $this, 'allow_port' ), 10 );
		}
	}

	/** @return mixed True for the sidecar's address, else as it was. */
	public function allow_host( mixed $is_external = false, mixed $host = '', mixed $url = '' ): mixed {
		return $this->is_sidecar( $url ) ? true : $is_external;
	}

	/**
	 * @param mixed $ports Ports that are allowed so far.
	 * @return mixed
	 */
	public function allow_port( mixed $ports = array(), mixed $host = '', mixed $url = '' ): mixed {
		return is_array( $ports ) && $this->is_sidecar( $url ) ? array( ...$ports, $this->port ) : $ports;
	}

	private function is_sidecar( mixed $url ): bool {
		return is_string( $url ) && array( $this->host, $this->port ) === self::place( $url );
	}

	/** @return array{0: string, 1: int} Host and port. */
	private static function place( string $url ): array {
		$parts = wp_parse_url( $url );
		$parts = is_array( $parts ) ? $parts : array();
		return array( strtolower( $parts['host'] ?? '' ), $parts['port'] ?? ( 'https' === ( $parts['scheme'] ?? '' ) ? 443 : 80 ) );
	}
}
