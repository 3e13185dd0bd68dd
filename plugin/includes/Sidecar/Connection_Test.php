<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/** Asks the sidecar how it is, and says in one sentence what to do about the answer. */
final class Connection_Test {
	/** The API this plugin was written for; the sidecar's version must begin with one of these. */
	private const MAJOR_VERSIONS = array( '0.', '1.' );

	public function __construct( private readonly Client $client ) {}

	/**
	 * @return array{outcome: string, ok: bool, message: string, status: array<string, mixed>|null}
	 *         `outcome`: ok, demonstration, loading, model_missing, model_problem, version_mismatch, wrong_key, wrong_scope,
	 *         unreachable, not_a_sidecar, not_configured, error.
	 */
	public function run(): array {
		try {
			$status = $this->client->status();
		} catch ( Sidecar_Error $error ) {
			return self::from_error( $error );
		}
		return self::from_status( $status );
	}

	/** @param array<string, mixed> $status */
	private static function from_status( array $status ): array {
		$problem = is_string( $status['problems'][0]['code'] ?? null ) ? $status['problems'][0]['code'] : '';
		$outcome = match ( true ) {
			! self::is_known_version( $status['version'] ) => 'version_mismatch',
			in_array( $problem, array( 'MODEL_FILE_MISSING', 'MODEL_FILE_DAMAGED' ), true ) => 'model_missing',
			! $status['ready'] && in_array( $problem, array( '', 'MODEL_UNAVAILABLE' ), true ) => 'loading',
			! $status['ready'] => 'model_problem',
			(bool) ( $status['model']['demonstration'] ?? false ) => 'demonstration',
			default => 'ok',
		};
		$model   = sanitize_text_field( (string) ( $status['model']['id'] ?? '' ) );
		$version = sanitize_text_field( $status['version'] );
		$message = match ( $outcome ) {
			/* translators: %s: version number */
			'version_mismatch' => sprintf( __( 'The sidecar is version %s, which this plugin does not know. Update the older of the two.', 'altsmith' ), $version ),
			'model_missing'    => __( 'The sidecar answers, but its model is missing or damaged. Run “altsmith models pull blip-base” on the sidecar\'s machine.', 'altsmith' ),
			'loading'          => __( 'The sidecar answers, but its model is still loading. Try again in a minute.', 'altsmith' ),
			'model_problem'    => sanitize_text_field( (string) ( $status['problems'][0]['message'] ?? '' ) ),
			'demonstration'    => self::demonstration( $model, $status['coming_model'] ?? null ),
			/* translators: 1: model name, 2: version number */
			default            => sprintf( __( 'Connected to the sidecar %2$s with the model “%1$s”.', 'altsmith' ), $model, $version ),
		};
		$works = in_array( $outcome, array( 'ok', 'demonstration' ), true );
		if ( $works ) {
			$message = trim( $message . ' ' . self::tasks_in_words( $status['model']['tasks'] ?? null ) );
		}
		return array( 'outcome' => $outcome, 'ok' => $works, 'message' => $message, 'status' => $status );
	}

	/** What to expect while the small model writes. */
	private static function demonstration( string $model, mixed $coming ): string {
		if ( is_array( $coming ) && 'fetching' === ( $coming['state'] ?? '' ) ) {
			/* translators: 1: model that writes now, 2: model that is being downloaded */
			$message = sprintf( __( 'Connected. The model “%1$s” is a small one for demonstration; “%2$s” is being downloaded and replaces it automatically.', 'altsmith' ), $model, sanitize_text_field( (string) ( $coming['id'] ?? '' ) ) );
			// ALTSMITH_RESUGGEST=never of the sidecar.
			return false === ( $coming['asks_again'] ?? true ) ? $message : $message . ' ' . __( 'Suggestions that nobody has decided on by then are requested again.', 'altsmith' );
		}
		/* translators: %s: model name */
		$message = sprintf( __( 'Connected. The model “%s” is a small one for demonstration; run “altsmith models pull blip-base” on the sidecar\'s machine for better texts.', 'altsmith' ), $model );
		return trim( $message . ' ' . ( is_array( $coming ) ? sanitize_text_field( (string) ( $coming['message'] ?? '' ) ) : '' ) );
	}

	/** What the model can do with a picture; empty where it only writes captions, or is of a sidecar that does not say. */
	private static function tasks_in_words( mixed $tasks ): string {
		$words = array(
			'caption'       => __( 'captions', 'altsmith' ),
			'detailed'      => __( 'detailed captions', 'altsmith' ),
			'more_detailed' => __( 'whole paragraphs', 'altsmith' ),
			'ocr'           => __( 'the text in a picture', 'altsmith' ),
			'question'      => __( 'answers to questions', 'altsmith' ),
		);
		$known = array_intersect_key( $words, array_flip( array_filter( (array) $tasks, 'is_string' ) ) );
		if ( count( $known ) < 2 ) {
			return '';
		}
		/* translators: %s: list such as "captions, detailed captions, the text in a picture" */
		return sprintf( __( 'It can write: %s. Suggestions are captions.', 'altsmith' ), implode( ', ', $known ) );
	}

	/** @return array{outcome: string, ok: bool, message: string, status: null} */
	private static function from_error( Sidecar_Error $error ): array {
		$outcome = match ( true ) {
			Sidecar_Error::NOT_CONFIGURED === $error->error => 'not_configured',
			Sidecar_Error::UNREACHABLE === $error->error    => 'unreachable',
			// The number would be the server's in front, and there is none while the owner's answer is awaited.
			in_array( $error->error, array( Sidecar_Error::PROXY_ERROR, Sidecar_Error::SITE_IN_DOUBT ), true ) => 'error',
			Sidecar_Error::NOT_A_SIDECAR === $error->error  => 'not_a_sidecar',
			401 === $error->status                          => 'wrong_key',
			403 === $error->status                          => 'wrong_scope',
			Sidecar_Error::BAD_REPLY === $error->error, 404 === $error->status => 'not_a_sidecar',
			503 === $error->status                          => 'loading',
			default                                         => 'error',
		};
		$message = match ( $outcome ) {
			'unreachable'   => $error->getMessage() . ' ' . __( 'Is it running, and is the address right as seen from the web server?', 'altsmith' ),
			'wrong_key'     => __( 'The sidecar answers, but does not accept the key. Copy it again: it is the last line of first-key.txt in the sidecar\'s data folder, or make a new one with “altsmith keys create”.', 'altsmith' ),
			'wrong_scope'   => __( 'The key is valid, but not a site key. Make one with “altsmith keys create --scope site”.', 'altsmith' ),
			// The sidecar itself, or another program, that knows no such path: the error says which.
			'not_a_sidecar' => 404 === $error->status && '' !== $error->getMessage() ? $error->getMessage() : __( 'Something answers at this address, but it is not an Altsmith sidecar of a version this plugin knows.', 'altsmith' ),
			'loading'       => __( 'The sidecar answers, but is not ready yet. Try again in a minute.', 'altsmith' ),
			default         => $error->getMessage(),
		};
		return array( 'outcome' => $outcome, 'ok' => false, 'message' => $message, 'status' => null );
	}

	private static function is_known_version( string $version ): bool {
		foreach ( self::MAJOR_VERSIONS as $start ) {
			if ( str_starts_with( $version, $start ) ) {
				return true;
			}
		}
		return false;
	}
}
