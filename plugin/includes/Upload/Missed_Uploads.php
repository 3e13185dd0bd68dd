<?php
declare( strict_types=1 );

namespace Altsmith\Upload;

use Altsmith\Backfill\Choices;
use Altsmith\Backfill\Feeder;
use Altsmith\Settings;
use Altsmith\Storage\Candidate_Query;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Schema;
use Altsmith\Storage\Walk;

defined( 'ABSPATH' ) || exit;

/**
 * Images that came while no address or no key was set. The number of the first one is kept; once the site is connected,
 * everything from there on is looked at, in steps.
 */
final class Missed_Uploads {
	private const OPTION = 'altsmith_missed_from';
	private const STEP   = 200;

	public function __construct( private readonly Settings $settings, private readonly Request_Store $store ) {}

	public function register(): void {
		// Before the worker on the same hook, which sends them.
		add_action( 'altsmith_sync', array( $this, 'find' ), 5, 0 );
	}

	/** Stores the id of an upload that could not be requested, where no earlier one is stored. */
	public static function note( int $attachment_id ): void {
		if ( false === get_option( self::OPTION ) ) {
			add_option( self::OPTION, $attachment_id, '', true );
		}
	}

	/** Whether such uploads are still to be looked for. */
	public static function are_there(): bool {
		return 0 < (int) get_option( self::OPTION, 0 );
	}

	/** Callback of the cron event: requests the next of them. */
	public function find(): void {
		$from = (int) get_option( self::OPTION, 0 );
		if ( 0 === $from || ! $this->settings->is_configured() || ! Schema::is_current() ) {
			return;
		}
		$walk = new Walk( 'missed', (string) $from );
		// Of two lists the one that is full and ends first says how far this step has looked.
		$last  = PHP_INT_MAX;
		$found = array();
		foreach ( array( 'image' => $this->settings->is_automatic(), 'video' => $this->settings->describes_videos() ) as $kind => $is_on ) {
			$next   = $is_on ? ( new Candidate_Query( new Choices( kind: $kind ), $this->settings->types() ) )->after( $from - 1, self::STEP ) : array();
			$last   = count( $next ) < self::STEP ? $last : min( $last, (int) array_key_last( $next ) );
			$found += $next;
		}
		foreach ( $found as $attachment_id => $reason ) {
			if ( '' === $reason && $attachment_id <= $last && $walk->may_look_at( (int) $attachment_id ) && Feeder::is_wanted( (int) $attachment_id ) ) {
				$this->store->add( (int) $attachment_id, 'upload', time() );
			}
		}
		if ( PHP_INT_MAX === $last ) {
			delete_option( self::OPTION );
		} else {
			update_option( self::OPTION, $last + 1, true );
		}
		$walk->end();
	}
}
