<?php
declare( strict_types=1 );

namespace Altsmith\Review;

use Altsmith\Admin\Settings_Page;
use Altsmith\Identity\Instance;
use Altsmith\Settings;
use Altsmith\Storage\Lock;
use Altsmith\Storage\Request_Store;

defined( 'ABSPATH' ) || exit;

/** Sends an e-mail once a day or week that says how many suggestions need review. Off by default; nothing is sent while nothing needs review. */
final class Digest {
	private const SENT_OPTION = 'altsmith_digest_sent';

	/** Time until the next try after wp_mail() failed. */
	private const RETRY_SECONDS = HOUR_IN_SECONDS;

	public function __construct( private readonly Settings $settings, private readonly Request_Store $store ) {}

	public function register(): void {
		add_action( 'altsmith_sync', array( $this, 'send_if_due' ), 30, 0 );
	}

	/** Callback of the cron event. */
	public function send_if_due(): void {
		$every = array( 'daily' => DAY_IN_SECONDS, 'weekly' => WEEK_IN_SECONDS )[ $this->settings->digest() ] ?? 0;
		// A copy of the site sends none: its links would lead to the copy. Due an hour early: cron runs a little late, and each mail would otherwise come later in the day than the one before.
		if ( 0 === $every || ! $this->settings->is_configured() || '' !== ( new Instance() )->reason() || (int) get_option( self::SENT_OPTION, 0 ) > time() - $every + HOUR_IN_SECONDS ) {
			return;
		}
		$lock = new Lock( 'digest', 300 );
		if ( ! $lock->acquire() ) {
			return;
		}
		try {
			$counts  = $this->store->counts();
			$waiting = ( $counts['pending'] ?? 0 ) + ( $counts['conflict'] ?? 0 );
			if ( $waiting > 0 ) {
				$sent = $this->send( $waiting, $counts['failed'] ?? 0 );
				update_option( self::SENT_OPTION, $sent ? time() : time() - $every + HOUR_IN_SECONDS + self::RETRY_SECONDS, false );
			}
		} finally {
			$lock->release();
		}
	}

	private function send( int $waiting, int $failed ): bool {
		$switched = switch_to_locale( get_locale() );
		$site     = wp_specialchars_decode( (string) get_option( 'blogname' ), ENT_QUOTES );
		/* translators: %s: number of suggestions */
		$said = sprintf( _n( '%s suggestion for alt text needs review', '%s suggestions for alt text need review', $waiting, 'altsmith' ), number_format_i18n( $waiting ) );
		$text = array( $said . ':', Suggestion_View::review_url() );
		if ( $failed > 0 ) {
			/* translators: %s: number of images */
			$text[] = sprintf( _n( '%s image failed.', '%s images failed.', $failed, 'altsmith' ), number_format_i18n( $failed ) );
		}
		$text[] = __( 'You get this e-mail because your address is entered in the settings of Altsmith. It can be turned off there:', 'altsmith' );
		$text[] = Settings_Page::url();
		/* translators: 1: name of the site, 2: a sentence such as "5 suggestions for alt text need review" */
		$sent = wp_mail( $this->settings->digest_to(), sprintf( __( '[%1$s] %2$s', 'altsmith' ), $site, $said ), implode( "\n\n", $text ) . "\n" );
		if ( $switched ) {
			restore_previous_locale();
		}
		return $sent;
	}
}
