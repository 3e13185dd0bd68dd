<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use Altsmith\Identity\Instance;
use Altsmith\Identity\Site_Address;
use Altsmith\Identity\Turn;
use Altsmith\Settings;
use WP_Error;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it

/**
 * The only place that talks to the sidecar, and the only caller of wp_remote_*.
 *
 * wp_safe_remote_* would refuse private addresses and unusual ports, which is where a sidecar lives; the address is typed
 * in by an administrator and never comes from a visitor. Redirects are not followed, so that the key goes nowhere else.
 */
final class Client {
	use Glossary_Requests;
	use Run_Requests;
	use Text_Requests;
	use Video_Requests;

	/** A page of 200 changes with long texts is far below this; anything above is not our sidecar. */
	private const MAX_REPLY_BYTES = 4194304;

	/** Of a job; a sidecar from before version 1 refuses what it does not know. */
	private const NEW_FIELDS = array( 'source_sha256', 'language' );

	/** @var array<string, true> Addresses of earlier sidecars, found out by a refusal, once in each process. */
	private static array $older = array();

	public function __construct( private readonly Settings $settings, private readonly Instance $instance = new Instance() ) {}

	/** @return array<string, mixed> @throws Sidecar_Error */
	public function status( int $timeout = 5 ): array {
		return $this->of_all( fn(): array => $this->json( 'GET', '/v1/status', null, Reply_Schema::status(), $timeout )->body );
	}

	/** @throws Sidecar_Error */
	public function has_image( string $sha256 ): bool {
		return $this->has( '/v1/images/' . $sha256 );
	}

	/** @throws Sidecar_Error */
	public function put_image( string $sha256, string $bytes, string $media_type ): void {
		$this->known_route( fn(): Reply => $this->send( 'PUT', '/v1/images/' . $sha256, $bytes, array( 'Content-Type' => $media_type ), 20 ) );
	}

	/**
	 * @param array<string, mixed> $request Body of `POST /v1/jobs`.
	 * @return array<string, mixed> The job.
	 * @throws Sidecar_Error
	 */
	public function create_job( array $request ): array {
		$plain = array_diff_key( $request, array_fill_keys( self::NEW_FIELDS, true ) );
		unset( $plain['context']['product'] );
		$ask = fn( array $body ): array => $this->json( 'POST', '/v1/jobs', $body, Reply_Schema::job_reply(), 10 )->body['job'];
		$run = fn( array $body ): array => isset( $body['run_id'] ) ? $ask( $body ) : $this->known_route( static fn(): array => $ask( $body ) );
		$address  = $this->settings->sidecar_url();
		$is_older = isset( self::$older[ $address ] );
		try {
			return $run( $is_older ? $plain : $request );
		} catch ( Sidecar_Error $error ) {
			if ( 'BAD_REQUEST' !== $error->error || $is_older ) {
				throw $error;
			}
			$job = $run( $plain );
			// Only after success: a body that is wrong for another reason is refused a second time as well.
			self::$older[ $address ] = true;
			return $job;
		}
	}

	/** @return array<string, mixed> The job, as it is now. @throws Sidecar_Error */
	public function job( string $id ): array {
		return $this->json( 'GET', '/v1/jobs/' . rawurlencode( $id ), null, Reply_Schema::job_reply(), 10 )->body['job'];
	}

	/** @throws Sidecar_Error `JOB_NOT_POSSIBLE` when it has ended. */
	public function cancel_job( string $id ): void {
		$this->json( 'POST', '/v1/jobs/' . rawurlencode( $id ) . '/cancel', array(), Reply_Schema::job_reply(), 10 );
	}

	/** @throws Sidecar_Error */
	public function retry_job( string $id ): void {
		$this->json( 'POST', '/v1/jobs/' . rawurlencode( $id ) . '/retry', array(), Reply_Schema::job_reply(), 10 );
	}

	/** @return array<string, mixed> @throws Sidecar_Error */
	public function suggestion( string $id ): array {
		return $this->json( 'GET', '/v1/suggestions/' . rawurlencode( $id ), null, Reply_Schema::suggestion_reply(), 10 )->body['suggestion'];
	}

	/**
	 * @param array<string, mixed> $decision Body of `POST /v1/suggestions/{id}/decision`.
	 * @return array<string, mixed> The suggestion in its new state.
	 * @throws Sidecar_Error
	 */
	public function decide( string $id, array $decision ): array {
		return Earlier_Sidecar::ask(
			array( $decision ),
			fn( array $bodies ): array => $this->json( 'POST', '/v1/suggestions/' . rawurlencode( $id ) . '/decision', $bodies[0], Reply_Schema::suggestion_reply(), 10 )->body['suggestion']
		);
	}

	/**
	 * @param array<int, array<string, mixed>> $decisions Each with its `suggestion_id`; at most 500.
	 * @return array<int, array<string, mixed>> For each its `suggestion_id` and either `suggestion` or `error`.
	 * @throws Sidecar_Error
	 */
	public function decide_many( array $decisions ): array {
		return Earlier_Sidecar::ask(
			$decisions,
			fn( array $bodies ): array => $this->json( 'POST', '/v1/decisions', array( 'decisions' => $bodies ), Reply_Schema::bulk_decision_reply(), 60 )->body['items']
		);
	}

	/**
	 * @param array<string, mixed> $report Body of `POST /v1/suggestions/{id}/write-back`.
	 * @return array<string, mixed> The suggestion in its new state.
	 * @throws Sidecar_Error
	 */
	public function write_back( string $id, array $report ): array {
		return $this->json( 'POST', '/v1/suggestions/' . rawurlencode( $id ) . '/write-back', $report, Reply_Schema::suggestion_reply(), 10 )->body['suggestion'];
	}

	/** @return string The secret that webhooks to this address are signed with. @throws Sidecar_Error */
	public function put_webhook( string $url ): string {
		return $this->json( 'PUT', '/v1/webhook', array( 'url' => $url ), Reply_Schema::webhook_reply(), 10 )->body['webhook']['secret'];
	}

	/**
	 * @param bool $takes_turn Whether this reading takes the next turn: see Turn.
	 * @return array{items: array<int, array<string, mixed>>, unknown: array<int, array{change: array<string, mixed>, error: Sidecar_Error}>, next: string, more: bool}
	 *         `unknown`: entries in a form that this version does not know. They do not keep the others from being read.
	 * @throws Sidecar_Error
	 */
	public function changes( string $after, int $limit, int $wait, bool $takes_turn ): array {
		$query   = http_build_query( array_filter( array( 'after' => $after, 'limit' => $limit, 'wait' => $wait ) ) );
		$headers = $takes_turn ? array( 'Altsmith-Turn' => Turn::header() ) : array();
		$page    = $this->of_all( fn(): array => $this->json( 'GET', '/v1/changes?' . $query, null, Reply_Schema::change_page(), 10 + $wait, $headers )->body );
		if ( $takes_turn ) {
			Turn::taken();
		}
		return Reply_Schema::sorted( $page['items'] ) + $page;
	}

	/** Says that this site has moved to its present address, or is a copy. @return string The instance to speak as. @throws Sidecar_Error */
	public function settle_instance( string $id, string $answer ): string {
		return $this->json( 'POST', '/v1/instances/' . rawurlencode( $id ), array( 'answer' => $answer ), Reply_Schema::instance_reply(), 10 )->body['instance']['id'];
	}

	/**
	 * @template T
	 * @param callable(): T $request About no single image.
	 * @return T
	 * @throws Sidecar_Error
	 */
	private function of_all( callable $request ): mixed {
		try {
			return $this->known_route( $request );
		} catch ( Sidecar_Error $error ) {
			throw $error->of_all();
		}
	}

	/**
	 * @template T
	 * @param callable(): T $request To a route that every sidecar has.
	 * @return T
	 * @throws Sidecar_Error
	 */
	private function known_route( callable $request ): mixed {
		try {
			return $request();
		} catch ( Sidecar_Error $error ) {
			if ( ! $error->is_unknown() ) {
				throw $error;
			}
			/* translators: %s: address */
			throw new Sidecar_Error( Sidecar_Error::NOT_A_SIDECAR, sprintf( __( 'The sidecar answers at %s, but not to this path. The address must be its own, without “/v1” or any other path of the API at its end.', 'altsmith' ), $this->settings->sidecar_url() ), 404, true );
		}
	}

	/**
	 * @param array<string, mixed>|null $body
	 * @param array<string, mixed>      $schema
	 * @param array<string, string>     $headers
	 * @throws Sidecar_Error
	 */
	private function json( string $method, string $path, ?array $body, array $schema, int $timeout, array $headers = array() ): Reply {
		$text  = null === $body ? '' : (string) wp_json_encode( (object) $body );
		$reply = $this->send( $method, $path, $text, $headers + ( null === $body ? array() : array( 'Content-Type' => 'application/json' ) ), $timeout );
		return self::checked( $reply, $schema );
	}

	/**
	 * @param array<string, mixed> $schema
	 * @throws Sidecar_Error
	 */
	private static function checked( Reply $reply, array $schema ): Reply {
		$valid = rest_validate_value_from_schema( $reply->body, $schema, 'reply' );
		if ( $valid instanceof WP_Error ) {
			throw Sidecar_Error::of_form( $valid, $reply->status );
		}
		return $reply;
	}

	/**
	 * @param array<string, string> $headers
	 * @param array<string, mixed>  $more    See request().
	 * @throws Sidecar_Error
	 */
	private function send( string $method, string $path, string $body, array $headers, int $timeout, array $more = array() ): Reply {
		if ( ! $this->settings->is_configured() ) {
			throw new Sidecar_Error( Sidecar_Error::NOT_CONFIGURED, __( 'Set the address and the key of the sidecar under Settings → Altsmith first.', 'altsmith' ) );
		}
		// The answer to the very question what is to be sent may be.
		if ( ! str_starts_with( $path, '/v1/instances/' ) ) {
			$this->instance->must_be_certain();
		}
		$who = array(
			'Authorization'     => 'Bearer ' . $this->settings->site_key(),
			'Altsmith-Instance' => $this->instance->id(),
			'Altsmith-Site'     => Site_Address::stored(),
		);
		return $this->request( $method, $this->settings->sidecar_url(), $path, $body, $headers + $who, $timeout, $more );
	}

	/**
	 * A request without a key, also to an address that is not stored.
	 *
	 * @param array<string, string> $headers
	 * @param array<string, mixed>  $more    Arguments of wp_remote_request(); they win over ours.
	 * @throws Sidecar_Error
	 */
	public function request( string $method, string $address, string $path, string $body, array $headers, int $timeout, array $more = array() ): Reply {
		$answer = wp_remote_request(
			$address . $path,
			$more + array(
				'method'              => $method,
				'headers'             => $headers + array( 'Accept' => 'application/json' ),
				'body'                => '' === $body ? null : $body,
				'timeout'             => $timeout,
				'redirection'         => 0,
				'limit_response_size' => self::MAX_REPLY_BYTES,
				'user-agent'          => 'Altsmith/' . ALTSMITH_VERSION . ' (WordPress)',
			)
		);
		if ( $answer instanceof WP_Error && 'wpai_connector_not_approved' === $answer->get_error_code() ) {
			throw new Sidecar_Error( Sidecar_Error::NOT_APPROVED, __( 'The AI plugin keeps Altsmith from its own sidecar: approve the connector “Altsmith” for Altsmith under Tools → Connector Approvals.', 'altsmith' ), 0, true );
		}
		if ( $answer instanceof WP_Error ) {
			/* translators: 1: address, 2: what the network said */
			throw new Sidecar_Error( Sidecar_Error::UNREACHABLE, sprintf( __( 'The sidecar at %1$s could not be reached: %2$s.', 'altsmith' ), $address, rtrim( $answer->get_error_message(), '.' ) ), 0, true );
		}
		return $this->read( $answer );
	}

	/**
	 * @param array<string, mixed> $answer As WordPress returns it.
	 * @throws Sidecar_Error
	 */
	private function read( array $answer ): Reply {
		$status = (int) wp_remote_retrieve_response_code( $answer );
		$text   = wp_remote_retrieve_body( $answer );
		if ( 200 === $status && str_starts_with( (string) wp_remote_retrieve_header( $answer, 'content-type' ), 'image/' ) ) {
			return new Reply( $status, array(), $text );
		}
		$body   = strlen( $text ) < self::MAX_REPLY_BYTES ? json_decode( $text, true, 32 ) : null;
		if ( $status >= 200 && $status < 300 && ( '' === $text || is_array( $body ) ) ) {
			return new Reply( $status, is_array( $body ) ? $body : array() );
		}
		$error       = is_array( $body ) && is_array( $body['error'] ?? null ) ? $body['error'] : array();
		$code        = is_string( $error['code'] ?? null ) ? substr( sanitize_key( $error['code'] ), 0, 60 ) : '';
		$retry_after = Retry_Policy::parse_retry_after( (string) wp_remote_retrieve_header( $answer, 'retry-after' ), time() );
		if ( $status < 300 || '' === $code ) {
			throw Foreign_Answer::error( $status, $retry_after );
		}
		if ( 'instance_conflict' === $code ) {
			$this->instance->doubt( 'turn' === ( $error['details']['reason'] ?? '' ) ? Instance::TURN : Instance::SIDECAR );
			throw new Sidecar_Error( Sidecar_Error::SITE_IN_DOUBT, $this->instance->sentence(), 0, true );
		}
		$message   = is_string( $error['message'] ?? null ) ? sanitize_text_field( $error['message'] ) : '';
		$retryable = isset( $error['retryable'] ) ? (bool) $error['retryable'] : $status >= 500;
		throw new Sidecar_Error( strtoupper( $code ), $message, $status, $retryable || in_array( $status, array( 401, 403, 408, 429 ), true ), $retry_after, false, is_array( $error['details'] ?? null ) ? $error['details'] : array() );
	}
}
