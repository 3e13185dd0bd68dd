<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Capabilities;
use Altsmith\Storage\Suggestion_Query;

defined( 'ABSPATH' ) || exit;

/** Shows in the admin menu how many suggestions need review, as WordPress does for comments. Only for users who may review every image. */
final class Menu_Badge {
	/** Counted no further than this: the count runs on every admin page. */
	private const MOST = 99;

	private ?int $waiting = null;

	public function register(): void {
		add_action( 'admin_menu', array( $this, 'mark_media' ), 100 );
	}

	/** @return string HTML to put behind a menu title; '' when nothing needs review. */
	public function html(): string {
		$waiting = $this->waiting();
		if ( 0 === $waiting ) {
			return '';
		}
		$more = $waiting > self::MOST;
		/* translators: %s: number of suggestions */
		$number = $more ? sprintf( __( 'More than %s', 'altsmith' ), number_format_i18n( self::MOST ) ) : number_format_i18n( $waiting );
		$shown  = $more ? number_format_i18n( self::MOST ) . '+' : $number;
		/* translators: %s: number of suggestions, or "More than 99" */
		$read = sprintf( _n( '%s suggestion needs review', '%s suggestions need review', $waiting, 'altsmith' ), $number );
		return sprintf( ' <span class="awaiting-mod count-%1$d"><span class="pending-count" aria-hidden="true">%2$s</span><span class="screen-reader-text">%3$s</span></span>', $waiting, esc_html( $shown ), esc_html( $read ) );
	}

	/** Puts the number behind Media as well: its submenu is hidden while another menu is open. */
	public function mark_media(): void {
		global $menu;
		foreach ( is_array( $menu ) ? $menu : array() as $place => $item ) {
			if ( 'upload.php' === ( $item[2] ?? '' ) ) {
				$menu[ $place ][0] .= $this->html(); // phpcs:ignore WordPress.WP.GlobalVariablesOverride -- there is no function for it
			}
		}
	}

	private function waiting(): int {
		if ( null === $this->waiting ) {
			$may           = current_user_can( Capabilities::REVIEW ) && current_user_can( 'edit_others_posts' );
			$this->waiting = $may ? Suggestion_Query::count_waiting( self::MOST + 1 ) : 0;
		}
		return $this->waiting;
	}
}
