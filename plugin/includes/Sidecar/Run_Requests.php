<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/** What the client asks about runs, and tells them. */
trait Run_Requests {
	/**
	 * @param array<string, mixed> $request Body of `POST /v1/runs`.
	 * @return array<string, mixed> The run.
	 * @throws Sidecar_Error
	 */
	public function create_run( array $request ): array {
		return $this->json( 'POST', '/v1/runs', $request, Reply_Schema::run_reply(), 10 )->body['run'];
	}

	/** @return array<string, mixed> The run with its counts. @throws Sidecar_Error */
	public function run( string $id ): array {
		return $this->json( 'GET', '/v1/runs/' . rawurlencode( $id ), null, Reply_Schema::run_reply(), 5 )->body['run'];
	}

	/** @param string $action pause, resume, cancel or undo. @throws Sidecar_Error */
	public function act_on_run( string $id, string $action ): void {
		$this->json( 'POST', '/v1/runs/' . rawurlencode( $id ) . '/' . $action, array(), Reply_Schema::run_reply(), 15 );
	}
}
