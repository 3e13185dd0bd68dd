<?php
/**
 * Plugin Name: Recorded suggestions for Altsmith
 * Description: Stands for the sidecar where none can run, as in WordPress Playground: it answers with suggestions that a sidecar has made before.
 */

declare( strict_types=1 );

defined( 'ABSPATH' ) || exit;

/** The routes of the sidecar that the plugin calls. Nothing leaves the site. What it knows is kept in one option. */
final class Altsmith_Recorded_Sidecar {
	private const OPTION = 'altsmith_recorded';

	/** @param array<string, array<string, mixed>> $recorded Suggestions by the name of the picture's file. */
	public function __construct( private readonly array $recorded, private readonly string $address ) {}

	/** Filter pre_http_request. */
	public function intercept( mixed $answer, array $request, string $url ): mixed {
		if ( ! str_starts_with( $url, $this->address ) ) {
			return $answer;
		}
		$path = substr( $url, strlen( $this->address ) );
		$body = json_decode( is_string( $request['body'] ?? null ) ? $request['body'] : '', true );
		return $this->answer( $request['method'] . ' ' . $path, is_array( $body ) ? $body : array(), (string) ( $request['headers']['Altsmith-Instance'] ?? '' ) );
	}

	private function answer( string $call, array $body, string $instance ): array {
		return match ( true ) {
			'GET /v1/status' === $call => self::reply( 200, $this->status() ),
			str_starts_with( $call, 'HEAD /v1/images/' ) => self::refuse( 404, 'IMAGE_UNKNOWN' ),
			str_starts_with( $call, 'PUT /v1/images/' ) => self::reply( 201, array( 'image' => array( 'sha256' => substr( $call, 15 ) ) ) ),
			'POST /v1/jobs' === $call => $this->job( $body, $instance ),
			str_starts_with( $call, 'GET /v1/changes' ) => $this->changes( $call ),
			1 === preg_match( '#^POST /v1/suggestions/([^/]+)/decision$#', $call, $m ) => $this->decide( $m[1], $body ),
			1 === preg_match( '#^POST /v1/suggestions/([^/]+)/write-back$#', $call, $m ) => $this->write_back( $m[1], $body ),
			1 === preg_match( '#^GET /v1/suggestions/([^/]+)$#', $call, $m ) => $this->put( $m[1], array() ),
			'POST /v1/decisions' === $call => self::reply( 200, array( 'items' => array_map( fn( array $one ): array => array( 'suggestion_id' => $one['suggestion_id'] ) + json_decode( $this->decide( $one['suggestion_id'], $one )['body'], true ), $body['decisions'] ) ) ),
			'POST /v1/runs' === $call => self::reply( 201, array( 'run' => array( 'id' => 'run_recorded', 'state' => 'running' ) ) ),
			default => self::refuse( 404, 'NOT_FOUND' ),
		};
	}

	private function status(): array {
		return array(
			'version'                => ALTSMITH_VERSION,
			'model'                  => current( $this->recorded )['model'] + array( 'tasks' => array( 'caption' ) ),
			'ready'                  => true,
			'problems'               => array(),
			'queue'                  => array( 'waiting' => 0, 'running' => 0 ),
			'seconds_per_image'      => 0.4,
			'estimated_wait_seconds' => 0,
			'site'                   => array( 'id' => 'site_recorded', 'name' => 'Playground' ),
		);
	}

	private function job( array $wish, string $instance ): array {
		$id       = substr( md5( $wish['subject']['id'] . $wish['image_sha256'] ), 0, 20 );
		$recorded = $this->recorded[ $wish['context']['file_name'] ?? '' ] ?? null;
		$job      = array(
			'id'            => "job_$id",
			'state'         => null === $recorded ? 'failed' : 'done',
			'subject'       => $wish['subject'],
			'error'         => null === $recorded ? array( 'code' => 'MODEL_UNAVAILABLE', 'message' => 'Here only the pictures that came along have suggestions. Install the sidecar for your own.' ) : null,
			'suggestion_id' => null === $recorded ? null : "sug_$id",
		);
		$state    = $this->state();
		if ( null !== $recorded && ! isset( $state['suggestions'][ "sug_$id" ] ) ) {
			$now = gmdate( 'Y-m-d\TH:i:s.000\Z' );

			$state['suggestions'][ "sug_$id" ] = $recorded + array(
				'id'            => "sug_$id",
				'version'       => 1,
				'state'         => 'pending',
				'subject'       => $wish['subject'],
				'image_sha256'  => $wish['image_sha256'],
				'source_sha256' => $wish['source_sha256'] ?? $wish['image_sha256'],
				'instance'      => $instance,
				'current'       => $wish['current'] ?? null,
				'values'        => null,
				'reason'        => null,
				'decided_by'    => null,
				'decided_at'    => null,
				'created_at'    => $now,
				'updated_at'    => $now,
				'job_id'        => "job_$id",
				'run_id'        => $wish['run_id'] ?? null,
			);
		}
		$state['changes'][] = null === $recorded ? array( 'job.failed', $job ) : array( 'suggestion.created', "sug_$id" );
		update_option( self::OPTION, $state, false );
		return self::reply( 202, array( 'job' => array( 'state' => 'waiting', 'error' => null, 'suggestion_id' => null ) + $job ) );
	}

	private function changes( string $call ): array {
		parse_str( (string) wp_parse_url( substr( $call, 4 ), PHP_URL_QUERY ), $query );
		$state = $this->state();
		$after = min( (int) ( $query['after'] ?? 0 ), count( $state['changes'] ) );
		$items = array();
		foreach ( array_slice( $state['changes'], $after, 50 ) as $at => list( $type, $what ) ) {
			$items[] = array(
				'cursor'     => (string) ( $after + $at + 1 ),
				'type'       => $type,
				'at'         => gmdate( 'c' ),
				'job'        => is_array( $what ) ? $what : null,
				'suggestion' => is_array( $what ) ? null : $state['suggestions'][ $what ],
			);
		}
		$next = $after + count( $items );
		return self::reply( 200, array( 'items' => $items, 'next' => (string) $next, 'more' => $next < count( $state['changes'] ) ) );
	}

	private function decide( string $id, array $decision ): array {
		$now = $this->state()['suggestions'][ $id ] ?? null;
		if ( null !== $now && $decision['version'] !== $now['version'] ) {
			return self::refuse( 409, 'SUGGESTION_CHANGED' );
		}
		$values = array( 'approve' => $decision['values'] ?? array( 'alt_text' => $now['fields']['alt_text'] ?? '' ), 'decorative' => array( 'alt_text' => '' ) );
		$states = array( 'approve' => 'approved', 'reject' => 'rejected', 'decorative' => 'decorative', 'reopen' => 'pending' );
		return $this->put( $id, array( 'state' => $states[ $decision['action'] ], 'values' => $values[ $decision['action'] ] ?? null, 'reason' => $decision['reason'] ?? null, 'decided_by' => $decision['by'] ) );
	}

	private function write_back( string $id, array $report ): array {
		$states = array( 'applied' => 'applied', 'conflict' => 'conflict', 'gone' => 'superseded', 'undone' => 'pending' );
		return $this->put( $id, array( 'state' => $states[ $report['outcome'] ] ) + ( 'undone' === $report['outcome'] ? array( 'values' => null ) : array() ) );
	}

	private function put( string $id, array $change ): array {
		$state = $this->state();
		if ( ! isset( $state['suggestions'][ $id ] ) ) {
			return self::refuse( 404, 'NOT_FOUND' );
		}
		if ( array() !== $change ) {
			$now = $state['suggestions'][ $id ];

			$state['suggestions'][ $id ] = $change + array( 'version' => $now['version'] + 1 ) + $now;
			$state['changes'][]          = array( 'suggestion.decided', $id );
			update_option( self::OPTION, $state, false );
		}
		return self::reply( 200, array( 'suggestion' => $state['suggestions'][ $id ] ) );
	}

	/** @return array{suggestions: array<string, array<string, mixed>>, changes: array<int, array{string, mixed}>} */
	private function state(): array {
		$state = get_option( self::OPTION );
		return is_array( $state ) ? $state : array( 'suggestions' => array(), 'changes' => array() );
	}

	private static function refuse( int $status, string $code ): array {
		return self::reply( $status, array( 'error' => array( 'code' => $code, 'message' => 'This is recorded: only what was recorded can be done.', 'retryable' => false ) ) );
	}

	private static function reply( int $status, array $body ): array {
		return array(
			'headers'  => array( 'content-type' => 'application/json' ),
			'body'     => (string) wp_json_encode( $body ),
			'response' => array( 'code' => $status, 'message' => '' ),
			'cookies'  => array(),
		);
	}
}

add_filter( 'pre_http_request', array( new Altsmith_Recorded_Sidecar( json_decode( (string) file_get_contents( __DIR__ . '/altsmith-recorded.json' ), true ), ALTSMITH_SIDECAR_URL ), 'intercept' ), 10, 3 );
