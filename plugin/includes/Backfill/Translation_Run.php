<?php
declare( strict_types=1 );

namespace Altsmith\Backfill;

use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Lock;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it

/**
 * The run in which the sidecar translates what it has suggested in English already. The sidecar makes its jobs and counts them, and asks
 * for no picture; here only the id of the latest one is remembered.
 */
final class Translation_Run {
	private const OPTION = 'altsmith_translation_run';

	public const WHICH   = array( 'all', 'approved' );
	public const ACTIONS = array( 'pause', 'resume', 'cancel' );

	public function __construct( private readonly Client $client ) {}

	/** @return string[] WordPress's names of the languages that texts of this site are in, its own first, without English. */
	public static function languages(): array {
		// WPML's filter, which Polylang answers as well.
		$active  = apply_filters( 'wpml_active_languages', null, array( 'skip_missing' => 0 ) ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound
		$locales = array( get_locale() );
		foreach ( is_array( $active ) ? $active : array() as $one ) {
			$locales[] = is_array( $one ) ? (string) ( $one['default_locale'] ?? $one['language_code'] ?? '' ) : '';
		}
		$found = array();
		foreach ( $locales as $locale ) {
			$language = strtolower( (string) strtok( $locale, '_-' ) );
			if ( 'en' !== $language && 1 === preg_match( '/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/', $locale ) ) {
				// Chinese and Portuguese are written in two ways: readers of one do not take the other.
				$found += array( in_array( $language, array( 'pt', 'zh' ), true ) ? strtr( $locale, '-', '_' ) : $language => $locale );
			}
		}
		return array_values( $found );
	}

	/**
	 * @param string $language One of languages().
	 * @param string $which    One of WHICH: all that is open or approved, or only what a person approved.
	 * @throws Sidecar_Error  When the sidecar cannot be asked, or has no translator for the language.
	 * @throws Backfill_Error When another one goes on.
	 */
	public function start( string $language, string $which ): void {
		$lock = new Lock( 'translation_start', 30 );
		if ( ! $lock->acquire() ) {
			throw self::already_running();
		}
		try {
			if ( in_array( $this->show()['state'] ?? '', array( Run::RUNNING, Run::PAUSED ), true ) ) {
				throw self::already_running();
			}
			/* translators: %s: name of a language, such as de_DE */
			$name = sprintf( __( 'Translation into %s', 'altsmith' ), $language );
			$run  = $this->client->create_run( array( 'name' => $name, 'translate' => array( 'languages' => array( $language ), 'which' => $which ) ) );
			update_option( self::OPTION, $run['id'], false );
		} finally {
			$lock->release();
		}
	}

	/** @param string $action One of ACTIONS. @throws Sidecar_Error|Backfill_Error */
	public function act( string $action ): void {
		$id = (string) get_option( self::OPTION, '' );
		if ( '' === $id ) {
			throw new Backfill_Error( 'unknown', __( 'Run not found.', 'altsmith' ) );
		}
		$this->client->act_on_run( $id, $action );
	}

	/**
	 * @return array<string, mixed>|null How the latest one stands; null when there was none, or the sidecar no longer knows it.
	 * @throws Sidecar_Error
	 */
	public function show(): ?array {
		$id = (string) get_option( self::OPTION, '' );
		if ( '' === $id ) {
			return null;
		}
		try {
			return self::described( $this->client->run( $id ) );
		} catch ( Sidecar_Error $error ) {
			if ( $error->is_unknown() ) {
				return null;
			}
			throw $error;
		}
	}

	/**
	 * @param array<string, mixed> $run As the sidecar gives it.
	 * @return array<string, mixed>
	 */
	private static function described( array $run ): array {
		$jobs  = $run['jobs'] ?? array();
		$ended = ( $jobs['done'] ?? 0 ) + ( $jobs['failed'] ?? 0 ) + ( $jobs['cancelled'] ?? 0 );
		$all   = $ended + ( $jobs['waiting'] ?? 0 ) + ( $jobs['running'] ?? 0 );
		// Until the sidecar has looked through all suggestions it does not know how many texts there are.
		$is_counted = isset( $run['expected'] );
		$is_over    = Run::RUNNING === $run['state'] && $is_counted && $ended === $all;
		return array(
			'id'       => $run['id'],
			'state'    => $is_over ? Run::DONE : $run['state'],
			'language' => (string) ( $run['translates']['languages'][0] ?? '' ),
			'total'    => $is_counted ? max( $all, (int) $run['expected'] ) : null,
			'ended'    => $ended,
			'done'     => $jobs['done'] ?? 0,
			'failed'   => $jobs['failed'] ?? 0,
			'pending'  => $run['suggestions']['pending'] ?? 0,
		);
	}

	private static function already_running(): Backfill_Error {
		return new Backfill_Error( 'already_running', __( 'A translation is already in progress. Cancel it or wait until it has finished.', 'altsmith' ) );
	}
}
