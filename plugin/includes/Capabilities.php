<?php
declare( strict_types=1 );

namespace Altsmith;

defined( 'ABSPATH' ) || exit;

/**
 * Capabilities of our own. Nobody has to be given them: by default they follow from WordPress's own, and a role that a
 * role editor gave one of them to has it.
 */
final class Capabilities {
	/** Sees the review screen; each image is checked with `edit_post` as well. */
	public const REVIEW = 'altsmith_review';
	/** Changes the settings. */
	public const MANAGE = 'altsmith_manage';
	/** Sets the address and the key. The server calls that address: on a network only its administrators may choose it. */
	public const CONNECT = 'altsmith_connect';

	public function __construct( private readonly Settings $settings ) {}

	public function register(): void {
		add_filter( 'map_meta_cap', array( $this, 'map' ), 10, 3 );
		add_filter( 'option_page_capability_altsmith', static fn(): string => self::MANAGE );
	}

	/**
	 * @param mixed $needed What WordPress thinks is needed so far.
	 * @return mixed
	 */
	public function map( mixed $needed = array(), mixed $capability = '', mixed $user_id = 0 ): mixed {
		$default = match ( $capability ) {
			self::REVIEW  => array_unique( array( 'upload_files', $this->settings->review_capability() ) ),
			self::MANAGE  => array( 'manage_options' ),
			self::CONNECT => array( is_multisite() ? 'manage_network_options' : 'manage_options' ),
			default       => null,
		};
		if ( null === $default ) {
			return $needed;
		}
		$user = get_userdata( (int) $user_id );
		if ( self::CONNECT !== $capability && false !== $user && array_key_exists( $capability, $user->allcaps ) ) {
			return array( $capability );
		}
		/**
		 * Filters which capabilities of WordPress stand behind one of ours.
		 *
		 * @param string[] $default    The capabilities that are needed, all of them.
		 * @param string   $capability `altsmith_review`, `altsmith_manage` or `altsmith_connect`.
		 * @param int      $user_id    Who is asked about.
		 */
		$wanted = apply_filters( 'altsmith_capabilities_needed', array_values( $default ), $capability, (int) $user_id );
		return is_array( $wanted ) && array() !== $wanted ? $wanted : array( 'do_not_allow' );
	}
}
