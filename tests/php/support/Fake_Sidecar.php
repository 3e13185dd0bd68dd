<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

use WP_Error;
use WpOrg\Requests\Utility\CaseInsensitiveDictionary;

/** The sidecar's half of the contract, in memory: enough of it to see what the plugin asks for and does with the answers. */
final class Fake_Sidecar {
	use Fake_Runs;
	use Fake_Status;
	use Fake_Videos;

	public bool $down = false;
	/** Of an earlier version: a decision may not say how it was made. */
	public bool $is_old = false;
	/** Answers to give instead of the real ones, by "METHOD path": [status, body, headers]; a text is no JSON. */
	public array $canned = array();
	/** @var (callable(string, string): ?array)|null Of "METHOD path" and the body: what a server in between answers; null lets it through. */
	public mixed $firewall = null;
	public array $images = array();
	public array $jobs = array();
	public array $suggestions = array();
	public array $changes = array();
	public array $runs = array();
	/** @var string[] "METHOD path" of every request, in order. */
	public array $asked = array();
	/** Bodies of the requests, in the same order. */
	public array $bodies = array();
	/** False: a sidecar of version 0.1, which refuses fields that it does not know. */
	public bool $knows_sources = true;
	/** @var string[] Headers `Altsmith-Turn` of the requests. */
	public array $turns = array();
	/** Headers of the latest request. */
	public array $headers = array();

	public function answer( string $method, string $path, string $body, string $file = '' ): array|WP_Error {
		$this->asked[]  = "$method $path";
		$this->bodies[] = $body;
		if ( $this->down ) {
			return new WP_Error( 'http_request_failed', 'cURL error 7: connection refused' );
		}
		$page = null === $this->firewall ? null : ( $this->firewall )( "$method $path", $body );
		if ( null !== $page ) {
			return self::reply( ...$page );
		}
		foreach ( $this->canned as $start => $answer ) {
			if ( str_starts_with( "$method $path", $start ) ) {
				return self::reply( ...$answer );
			}
		}
		$data = json_decode( $body, true );
		if ( $this->is_old && str_contains( $body, '"mode"' ) ) {
			return self::error( 400, 'INVALID_REQUEST' );
		}
		return match ( true ) {
			'GET /v1/status' === "$method $path" => self::reply( 200, self::status() + array_filter( array( 'video' => $this->video_status ) ) ),
			str_starts_with( $path, '/v1/videos/' ) => $this->video( $method, substr( $path, 11 ), $file ),
			str_starts_with( $path, '/v1/images/' ) => $this->image( $method, substr( $path, 11 ), $body ),
			'POST /v1/jobs' === "$method $path" => $this->job( $data ),
			1 === preg_match( '#^/v1/jobs/([^/]+)$#', $path, $m ) => isset( $this->jobs[ $m[1] ] ) ? self::reply( 200, array( 'job' => $this->jobs[ $m[1] ] ) ) : self::error( 404, 'NOT_FOUND' ),
			1 === preg_match( '#^/v1/jobs/([^/]+)/cancel$#', $path, $m ) => $this->cancel( $m[1] ),
			str_starts_with( $path, '/v1/changes' ) => $this->change_page( $path ),
			1 === preg_match( '#^/v1/suggestions/([^/]+)$#', $path, $m ) => $this->found( $m[1], fn() => null ),
			1 === preg_match( '#^/v1/suggestions/([^/]+)/decision$#', $path, $m ) => $this->found( $m[1], fn() => $this->decide( $m[1], $data ) ),
			1 === preg_match( '#^/v1/suggestions/([^/]+)/write-back$#', $path, $m ) => $this->found( $m[1], fn() => $this->write_back( $m[1], $data ) ),
			1 === preg_match( '#^/v1/instances/([^/]+)$#', $path, $m ) => self::reply( 200, array( 'instance' => array( 'id' => 'copy' === $data['answer'] ? 'inst_of_the_copy' : $m[1] ) ) ),
			'POST /v1/decisions' === "$method $path" => self::reply( 200, array( 'items' => array_map( array( $this, 'decide_in_bulk' ), $data['decisions'] ) ) ),
			'POST /v1/runs' === "$method $path" => $this->run( 'run_' . ( count( $this->runs ) + 1 ), 'running' ),
			1 === preg_match( '#^/v1/runs/([^/]+)/(pause|resume|cancel|undo)$#', $path, $m ) => $this->act_on_run( $m[1], $m[2] ),
			default => self::error( 404, 'NOT_FOUND' ),
		};
	}

	/** The model is done with every waiting job. */
	public function describe_all( string $text = 'a cat on a mat' ): void {
		foreach ( $this->jobs as $id => $job ) {
			if ( 'waiting' === $job['state'] ) {
				$this->jobs[ $id ]['state']         = 'done';
				$this->jobs[ $id ]['suggestion_id'] = str_replace( 'job', 'sug', $id );
				$this->suggest( $this->jobs[ $id ], $text );
			}
		}
	}

	public function fail_all( string $code ): void {
		foreach ( $this->jobs as $id => $job ) {
			if ( 'waiting' === $job['state'] ) {
				$this->jobs[ $id ] = array( 'state' => 'failed', 'error' => array( 'code' => $code, 'message' => 'It failed.', 'retryable' => false ) ) + $job;
				$this->note( 'job.failed', $this->jobs[ $id ], null );
			}
		}
	}

	/** Somebody decides on the sidecar's own console. */
	public function decide_elsewhere( string $id, string $action ): void {
		$this->decide( $id, array( 'action' => $action, 'version' => $this->suggestions[ $id ]['version'], 'by' => array( 'id' => 'c', 'name' => 'Console' ) ) );
	}

	/** The owner's rule lets a sure suggestion pass. */
	public function decide_by_rule( string $id ): void {
		$this->decide( $id, array( 'action' => 'approve', 'version' => $this->suggestions[ $id ]['version'], 'by' => array( 'id' => 'auto', 'name' => 'Automatic approval' ) ) );
	}

	/** @return string[] Outcomes the plugin reported, in order. */
	public function reported(): array {
		$outcomes = array();
		foreach ( $this->asked as $i => $line ) {
			if ( str_ends_with( $line, '/write-back' ) ) {
				$outcomes[] = json_decode( $this->bodies[ $i ], true )['outcome'];
			}
		}
		return $outcomes;
	}

	public function count( string $start ): int {
		return count( array_filter( $this->asked, static fn( string $line ): bool => str_starts_with( $line, $start ) ) );
	}

	public static function error( int $status, string $code, bool $retryable = false ): array {
		return self::reply( $status, array( 'error' => array( 'code' => $code, 'message' => "Said $code.", 'retryable' => $retryable ) ) );
	}

	private function image( string $method, string $sha256, string $bytes ): array {
		if ( 'HEAD' === $method ) {
			return array( 'body' => '' ) + self::reply( isset( $this->images[ $sha256 ] ) ? 200 : 404, array() );
		}
		if ( hash( 'sha256', $bytes ) !== $sha256 ) {
			return self::error( 422, 'HASH_MISMATCH' );
		}
		$this->images[ $sha256 ] = strlen( $bytes );
		return self::reply( 201, array( 'image' => array( 'sha256' => $sha256 ) ) );
	}

	private function job( array $request ): array {
		if ( ! $this->knows_sources && isset( $request['source_sha256'] ) ) {
			return self::error( 400, 'BAD_REQUEST' );
		}
		if ( isset( $request['run_id'] ) && ! isset( $this->runs[ $request['run_id'] ] ) ) {
			return self::error( 404, 'NOT_FOUND' );
		}
		if ( isset( $request['run_id'] ) && ! in_array( $this->runs[ $request['run_id'] ], array( 'running', 'paused' ), true ) ) {
			return self::reply( 409, array( 'error' => array( 'code' => 'RUN_NOT_POSSIBLE', 'message' => 'It is over.', 'retryable' => false, 'details' => array( 'state' => $this->runs[ $request['run_id'] ] ) ) ) );
		}
		$of = $request['image_sha256'] ?? $request['source_sha256'];
		$id = 'job_' . md5( $request['subject']['id'] . $of . strtok( $request['locale'] ?? 'en', '_' ) );
		if ( isset( $this->jobs[ $id ] ) ) {
			return self::reply( 200, array( 'job' => $this->jobs[ $id ] ) );
		}
		$this->jobs[ $id ] = array(
			'id'            => $id,
			'state'         => 'waiting',
			'attempts'      => 0,
			'subject'       => $request['subject'],
			'kind'          => isset( $request['image_sha256'] ) ? 'image' : 'video',
			'image_sha256'  => $of,
			'source_sha256' => $request['source_sha256'] ?? $of,
			'instance'      => $this->headers['Altsmith-Instance'] ?? null,
			'priority'      => $request['priority'],
			'run_id'        => $request['run_id'] ?? null,
			'error'         => null,
			'suggestion_id' => null,
			'current'       => $request['current'],
		);
		return self::reply( 202, array( 'job' => $this->jobs[ $id ] ) );
	}

	private function cancel( string $id ): array {
		if ( ! isset( $this->jobs[ $id ] ) ) {
			return self::error( 404, 'NOT_FOUND' );
		}
		if ( ! in_array( $this->jobs[ $id ]['state'], array( 'waiting', 'running', 'cancelled' ), true ) ) {
			return self::error( 409, 'JOB_NOT_POSSIBLE' );
		}
		$this->jobs[ $id ]['state'] = 'cancelled';
		return self::reply( 200, array( 'job' => $this->jobs[ $id ] ) );
	}

	private function suggest( array $job, string $text ): void {
		$suggestion = ( 'video' === $job['kind'] ? $this->of_video( $text ) : array() ) + array(
			'kind'         => 'image',
			'video'        => null,
			'id'           => $job['suggestion_id'],
			'version'      => 1,
			'state'        => 'pending',
			'subject'      => $job['subject'],
			'image_sha256' => $job['image_sha256'],
			'source_sha256' => $job['source_sha256'],
			'instance'     => $job['instance'],
			'fields'       => array( 'alt_text' => $text, 'title' => 'A title', 'caption' => null, 'description' => 'A description', 'keywords' => array( 'cat', 'mat' ), 'file_name' => 'cat.jpg' ),
			'alternatives' => array( 'a cat' ),
			'confidence'   => 0.9,
			'flags'        => array( array( 'code' => 'tiny', 'message' => 'Small.' ) ),
			'model'        => array( 'id' => 'blip-base', 'precision' => 'int8', 'demonstration' => false ),
			'current'      => $job['current'],
			'values'       => null,
			'reason'       => null,
			'decided_by'   => null,
			'decided_at'   => null,
			'created_at'   => gmdate( 'Y-m-d\TH:i:s.000\Z' ),
			'updated_at'   => gmdate( 'Y-m-d\TH:i:s.000\Z' ),
			'job_id'       => $job['id'],
			'run_id'       => $job['run_id'],
		);
		$this->suggestions[ $suggestion['id'] ] = $suggestion;
		$this->note( 'suggestion.created', null, $suggestion );
	}

	private function decide_in_bulk( array $decision ): array {
		$id     = $decision['suggestion_id'];
		$refuse = isset( $this->suggestions[ $id ] ) ? $this->decide( $id, $decision ) : self::error( 404, 'NOT_FOUND' );
		return array( 'suggestion_id' => $id ) + ( null === $refuse ? array( 'suggestion' => $this->suggestions[ $id ] ) : array( 'error' => json_decode( $refuse['body'], true )['error'] ) );
	}

	private function decide( string $id, array $decision ): ?array {
		$now = $this->suggestions[ $id ];
		if ( $decision['version'] !== $now['version'] ) {
			return self::error( 409, 'SUGGESTION_CHANGED' );
		}
		$open = 'reopen' === $decision['action'] ? array( 'approved', 'rejected', 'decorative', 'conflict' ) : array( 'pending', 'conflict' );
		if ( ! in_array( $now['state'], $open, true ) ) {
			return self::error( 409, 'DECISION_NOT_POSSIBLE' );
		}
		$now['values'] = match ( $decision['action'] ) {
			'approve'    => $decision['values'] ?? array( 'alt_text' => $now['fields']['alt_text'] ),
			'decorative' => array( 'alt_text' => '' ),
			default      => null,
		};
		$now['state']      = array( 'approve' => 'approved', 'reject' => 'rejected', 'decorative' => 'decorative', 'reopen' => 'pending' )[ $decision['action'] ];
		$now['reason']     = $decision['reason'] ?? null;
		$now['decided_by'] = $decision['by'];
		$this->put( $id, $now, 'suggestion.decided' );
		return null;
	}

	private function write_back( string $id, array $report ): ?array {
		$now  = $this->suggestions[ $id ];
		if ( 'superseded' === $now['state'] && 'applied' === $report['outcome'] && null !== $now['values'] && 'undone' === ( $this->runs[ $now['run_id'] ] ?? '' ) ) {
			$this->put( $id, array( 'state' => 'applied' ) + $now, 'suggestion.undo_asked' );
			return null;
		}
		$next = match ( $report['outcome'] ) {
			'applied'  => in_array( $now['state'], array( 'approved', 'decorative', 'conflict', 'applied' ), true ) ? 'applied' : '',
			'conflict' => in_array( $now['state'], array( 'approved', 'decorative', 'conflict' ), true ) ? 'conflict' : '',
			'gone'     => 'superseded',
			'undone'   => in_array( $now['state'], array( 'applied', 'pending' ), true ) ? 'pending' : '',
		};
		if ( '' === $next ) {
			return self::error( 409, 'WRITE_BACK_NOT_POSSIBLE' );
		}
		if ( $next !== $now['state'] ) {
			$this->put( $id, array( 'state' => $next, 'values' => 'pending' === $next ? null : $now['values'] ) + $now, 'suggestion.written_back' );
		}
		return null;
	}

	private function put( string $id, array $suggestion, string $change ): void {
		++$suggestion['version'];
		$this->suggestions[ $id ] = $suggestion;
		$this->note( $change, null, $suggestion );
	}

	private function note( string $type, ?array $job, ?array $suggestion ): void {
		$this->changes[] = array( 'cursor' => (string) ( count( $this->changes ) + 1 ), 'type' => $type, 'at' => gmdate( 'c' ), 'job' => $job, 'suggestion' => $suggestion );
	}

	private function change_page( string $path ): array {
		parse_str( (string) parse_url( $path, PHP_URL_QUERY ), $query );
		$after = (int) ( $query['after'] ?? 0 );
		// A reader who is further than the feed knew another database: everything again.
		$after = $after > count( $this->changes ) ? 0 : $after;
		$limit = (int) ( $query['limit'] ?? 100 );
		$items = array_slice( $this->changes, $after, $limit );
		// The feed carries the rows as they are now, not as they were.
		foreach ( $items as &$item ) {
			if ( null !== $item['suggestion'] ) {
				$item['suggestion'] = $this->suggestions[ $item['suggestion']['id'] ];
			}
		}
		$next = $after + count( $items );
		return self::reply( 200, array( 'items' => $items, 'next' => (string) $next, 'more' => $next < count( $this->changes ) ) );
	}

	private function found( string $id, callable $task ): array {
		if ( ! isset( $this->suggestions[ $id ] ) ) {
			return self::error( 404, 'NOT_FOUND' );
		}
		return $task() ?? self::reply( 200, array( 'suggestion' => $this->suggestions[ $id ] ) );
	}

	private static function reply( int $status, array|string $body, array $headers = array() ): array {
		return array(
			'headers'  => new CaseInsensitiveDictionary( $headers + array( 'content-type' => 'application/json' ) ),
			'body'     => is_string( $body ) ? $body : (string) wp_json_encode( $body ),
			'response' => array( 'code' => $status, 'message' => '' ),
			'cookies'  => array(),
		);
	}
}
