<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

/** The part of Fake_Sidecar for runs. */
trait Fake_Runs {
	private function run( string $id, string $state ): array {
		$this->runs[ $id ] = $state;
		return self::reply( 201, array( 'run' => array( 'id' => $id, 'state' => $state ) ) );
	}

	private function act_on_run( string $id, string $action ): array {
		if ( ! isset( $this->runs[ $id ] ) ) {
			return self::error( 404, 'NOT_FOUND' );
		}
		foreach ( 'undo' === $action ? $this->suggestions : array() as $suggestion ) {
			if ( $suggestion['run_id'] === $id && 'applied' === $suggestion['state'] ) {
				$this->note( 'suggestion.undo_asked', null, $suggestion );
			} elseif ( $suggestion['run_id'] === $id && in_array( $suggestion['state'], array( 'pending', 'approved', 'conflict' ), true ) ) {
				$this->put( $suggestion['id'], array( 'state' => 'superseded' ) + $suggestion, 'suggestion.superseded' );
			}
		}
		return $this->run( $id, array( 'pause' => 'paused', 'resume' => 'running', 'cancel' => 'cancelled', 'undo' => 'undone' )[ $action ] );
	}
}
