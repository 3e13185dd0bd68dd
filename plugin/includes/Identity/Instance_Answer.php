<?php
declare( strict_types=1 );

namespace Altsmith\Identity;

use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Run_Store;
use Altsmith\Sync\Change_Reader;
use Altsmith\Sync\Webhook;

defined( 'ABSPATH' ) || exit;

/** Carries out what the owner says of a site whose address no longer fits: it has moved, or it is a copy. */
final class Instance_Answer {
	public const MOVED = 'moved';
	public const COPY  = 'copy';

	public function __construct(
		private readonly Instance $instance,
		private readonly Client $client,
		private readonly Request_Store $requests,
		private readonly Run_Store $runs,
		private readonly Webhook $webhook,
	) {}

	/**
	 * `moved`: the installation keeps its name and its queue. `copy`: it gets another name and begins with an empty queue;
	 * texts that are written stay. Safe to call twice.
	 *
	 * @throws Sidecar_Error When the sidecar cannot be asked: nothing has changed then.
	 */
	public function give( string $answer ): void {
		$this->instance->answer_for_network( $answer );
		$this->settle( $answer );
	}

	/** What another site of the network answered holds here too. @throws Sidecar_Error */
	public function take_over(): void {
		$answer = $this->instance->network_answer();
		if ( '' !== $answer ) {
			$this->settle( $answer );
		}
	}

	/** @throws Sidecar_Error */
	private function settle( string $answer ): void {
		$was = $this->instance->id();
		try {
			// The sidecar cannot tell a copy at the same address from the original: the copy takes a new id itself.
			$id = self::COPY === $answer && Instance::TURN === $this->instance->reason() ? wp_generate_uuid4() : $this->client->settle_instance( $was, $answer );
		} catch ( Sidecar_Error $error ) {
			// A sidecar that does not know the instance has nothing to keep apart.
			if ( ! $error->is_unknown() && Sidecar_Error::NOT_CONFIGURED !== $error->error ) {
				throw $error;
			}
			$id = self::COPY === $answer ? wp_generate_uuid4() : $was;
		}
		if ( self::COPY === $answer ) {
			$this->requests->clear();
			$this->runs->clear();
			Change_Reader::start_over();
			delete_option( 'altsmith_recheck' );
		}
		Turn::go_ahead();
		$this->instance->bind( $id );
		delete_option( 'altsmith_pause' );
		$this->webhook->introduce();
	}
}
