<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;

defined( 'ABSPATH' ) || exit;

/**
 * Finds what the sidecar no longer knows, and asks for it again: its data folder may be new, or an older backup. Runs under
 * Worker's lock. A row stays one row, so nothing is asked for twice.
 */
final class Lost_Work {
	/** Rows that are looked at between two looks at the clock. */
	private const BATCH = 20;

	/** The sidecar and key that our rows belong to, as a hash. */
	private const SIDECAR_OPTION = 'altsmith_sidecar';

	/** While every open row is looked at: the id of the last one. */
	private const POSITION_OPTION = 'altsmith_recheck';

	public function __construct(
		private readonly Settings $settings,
		private readonly Request_Store $store,
		private readonly Client $client,
		private readonly Intake $intake,
	) {}

	/** Another address or another key: its feed is another one, and all that we think it has is in doubt. */
	public function notice_new_sidecar(): void {
		$both    = $this->settings->sidecar_url() . ' ' . $this->settings->site_key();
		// Not wp_hash(): with its salts, which some plugins replace each week, every suggestion would be in doubt.
		$sidecar = hash( 'sha256', $both );
		$known   = (string) get_option( self::SIDECAR_OPTION, '' );
		if ( $sidecar === $known ) {
			return;
		}
		// The version before stored wp_hash().
		if ( '' !== $known && wp_hash( $both ) !== $known ) {
			Change_Reader::start_over();
			$this->doubt();
		}
		update_option( self::SIDECAR_OPTION, $sidecar, true );
	}

	/** The sidecar has lost something: everything that is open is looked at, now and in the next runs. */
	public function doubt(): void {
		$this->store->look_at_sent_now();
		if ( false === get_option( self::POSITION_OPTION ) ) {
			update_option( self::POSITION_OPTION, 0, false );
		}
	}

	/** @throws Sidecar_Error When the trouble concerns every image. */
	public function look( Lock $lock, float $until ): void {
		while ( microtime( true ) < $until && $lock->renew() ) {
			$rows = $this->store->overdue( self::BATCH );
			if ( array() === $rows ) {
				break;
			}
			array_map( array( $this, 'look_at_job' ), $rows );
		}
		while ( false !== get_option( self::POSITION_OPTION ) && microtime( true ) < $until && $lock->renew() ) {
			$this->look_at_suggestions( (int) get_option( self::POSITION_OPTION ) );
		}
	}

	/** A person wanted to decide about something that the sidecar does not know. */
	public function ask_again( Request_Row $row ): void {
		// Its run, if it had one, may be lost as well; the row's place in it is kept by the run's own list.
		$this->store->requeue( $row->attachment_id, $row->priority );
		$this->doubt();
	}

	private function look_at_job( Request_Row $row ): void {
		try {
			$job = $this->client->job( $row->job_id );
			$this->store->look_again_later( $row->attachment_id );
			$this->intake->accept_job( $job );
			// The feed has passed this entry: the database was restored to a state before it.
			if ( is_string( $job['suggestion_id'] ) ) {
				$this->intake->accept( $this->client->suggestion( $job['suggestion_id'] ), true );
			}
		} catch ( Sidecar_Error $error ) {
			$this->take_error( $row, $error );
		}
	}

	private function look_at_suggestions( int $position ): void {
		$rows = $this->store->open_after( $position, self::BATCH );
		foreach ( $rows as $row ) {
			try {
				$this->intake->accept( $this->client->suggestion( $row->suggestion_id ), true );
			} catch ( Sidecar_Error $error ) {
				$this->take_error( $row, $error );
			}
			update_option( self::POSITION_OPTION, $row->id, false );
		}
		if ( count( $rows ) < self::BATCH ) {
			delete_option( self::POSITION_OPTION );
		}
	}

	/** @throws Sidecar_Error */
	private function take_error( Request_Row $row, Sidecar_Error $error ): void {
		if ( $error->is_unknown() ) {
			$this->ask_again( $row );
		} elseif ( $error->concerns_all() ) {
			throw $error;
		} else {
			$this->store->look_again_later( $row->attachment_id );
		}
	}
}
