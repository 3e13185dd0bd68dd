<?php
declare( strict_types=1 );

namespace Altsmith\Sync;

use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Sidecar\Way_Check;
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

	/** The sidecar's site that our rows belong to, and addresses with keys that lead there, as hashes. */
	private const SIDECAR_OPTION = 'altsmith_sidecar';

	/** Of those, how many are remembered. */
	private const MOST_ADDRESSES = 8;

	/** While every open row is looked at: the id of the last one. */
	private const POSITION_OPTION = 'altsmith_recheck';

	public function __construct(
		private readonly Settings $settings,
		private readonly Request_Store $store,
		private readonly Client $client,
		private readonly Intake $intake,
	) {}

	/** Another address or another key than in the last run: a pause that the former one began is over. Sends nothing. */
	public function notice_new_address(): void {
		$known   = $this->known();
		$address = $this->address();
		if ( $address === $known['address'] ) {
			return;
		}
		if ( ! in_array( $address, $known['addresses'], true ) ) {
			Pause::forget();
		}
		update_option( self::SIDECAR_OPTION, array( 'address' => $address ) + $known, true );
	}

	/**
	 * Asks an address or key that was not used before which site it speaks for. One sidecar may be reached under several
	 * addresses, and a site has several keys: only another site has another feed, and puts what we think it has in doubt.
	 *
	 * @throws Sidecar_Error When the sidecar cannot be asked.
	 */
	public function notice_new_site(): void {
		$known   = $this->known();
		$address = $this->address();
		$is_used = in_array( $address, $known['addresses'], true );
		if ( $is_used && '' !== $known['site'] ) {
			return;
		}
		$site    = (string) $this->client->status()['site']['id'];
		$is_same = '' === $known['site'] ? $is_used || array() === $known['addresses'] : $known['site'] === $site;
		if ( ! $is_same ) {
			Change_Reader::start_over();
			$this->doubt();
		}
		$addresses = array_slice( array_unique( array_merge( array( $address ), $is_same ? $known['addresses'] : array() ) ), 0, self::MOST_ADDRESSES );
		update_option( self::SIDECAR_OPTION, array( 'site' => $site, 'address' => $address, 'addresses' => $addresses ), true );
	}

	/** Not wp_hash(): with its salts, which some plugins replace each week, every suggestion would be in doubt. */
	private function address(): string {
		return hash( 'sha256', $this->settings->sidecar_url() . ' ' . $this->settings->site_key() );
	}

	/** @return array{site: string, address: string, addresses: string[]} The site's id, '' where it was not asked yet; the address of the last run; all that were used for this site. */
	private function known(): array {
		$stored = get_option( self::SIDECAR_OPTION, array() );
		if ( is_string( $stored ) && '' !== $stored ) {
			// Earlier versions stored one hash, the first of them made by wp_hash().
			$stored = wp_hash( $this->settings->sidecar_url() . ' ' . $this->settings->site_key() ) === $stored ? $this->address() : $stored;
			$stored = array( 'address' => $stored, 'addresses' => array( $stored ) );
		}
		return ( is_array( $stored ) ? $stored : array() ) + array( 'site' => '', 'address' => '', 'addresses' => array() );
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
		} elseif ( $error->concerns_all() && ! ( $error->is_of_the_way() && ( new Way_Check( $this->client ) )->is_open() ) ) {
			throw $error; // Where others get through, what a server on the way refuses is this answer alone.
		} else {
			$this->store->look_again_later( $row->attachment_id );
		}
	}
}
