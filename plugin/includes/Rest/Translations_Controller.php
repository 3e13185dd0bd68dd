<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Backfill\Backfill_Error;
use Altsmith\Backfill\Translation_Run;
use Altsmith\Review\Suggestion_View;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Text\Plain_Text;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `translation`: the run that translates what is there in English; `suggestions/{id}/translation`: one text, translated again. */
final class Translations_Controller {
	public function __construct(
		private readonly Access $access,
		private readonly Translation_Run $run,
		private readonly Client $client,
	) {}

	public function register(): void {
		register_rest_route( 'altsmith/v1', '/translation', array(
			array(
				'methods'             => 'GET',
				'callback'            => array( $this, 'read' ),
				'permission_callback' => array( Backfill_Controller::class, 'may' ),
			),
			array(
				'methods'             => 'POST',
				'callback'            => array( $this, 'act' ),
				'permission_callback' => array( Backfill_Controller::class, 'may' ),
				'args'                => array(
					'action'   => array( 'type' => 'string', 'enum' => array( 'start', ...Translation_Run::ACTIONS ), 'required' => true ),
					'language' => array( 'type' => 'string', 'maxLength' => 35, 'default' => '' ),
					'which'    => array( 'type' => 'string', 'enum' => Translation_Run::WHICH, 'default' => 'all' ),
				),
			),
		) );
		register_rest_route( 'altsmith/v1', '/suggestions/(?P<id>[A-Za-z0-9_-]{1,64})/translation', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'translate' ),
			'permission_callback' => array( $this->access, 'suggestion' ),
			'args'                => array( 'source' => array( 'type' => 'string', 'minLength' => 1, 'maxLength' => 10000, 'required' => true ) ),
		) );
	}

	/** Languages to choose from, and the latest run: null where there was none. */
	public function read(): WP_REST_Response|WP_Error {
		try {
			return new WP_REST_Response( array( 'languages' => Translation_Run::languages(), 'run' => $this->run->show() ) );
		} catch ( Sidecar_Error $error ) {
			return Rest_Error::from_sidecar( $error );
		}
	}

	public function act( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$language = (string) $request['language'];
		if ( 'start' === $request['action'] && ! in_array( $language, Translation_Run::languages(), true ) ) {
			return new WP_Error( 'altsmith_language_unknown', __( 'This is no language of this site that texts can be translated into.', 'altsmith' ), array( 'status' => 400 ) );
		}
		try {
			'start' === $request['action'] ? $this->run->start( $language, (string) $request['which'] ) : $this->run->act( (string) $request['action'] );
		} catch ( Sidecar_Error $error ) {
			return Rest_Error::from_sidecar( $error );
		} catch ( Backfill_Error $error ) {
			return new WP_Error( 'altsmith_' . $error->error, $error->getMessage(), array( 'status' => 409 ) );
		}
		return $this->read();
	}

	/** The English of a suggestion, as a person left it, in the language that the suggestion is for. Nothing is stored. */
	public function translate( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$given = $this->access->editable_row( (string) $request['id'] )?->suggestion;
		if ( null === $given ) {
			return Rest_Error::not_found();
		}
		$source = Plain_Text::from_person( $request['source'] );
		if ( '' === $source || '' === ( $given['source'] ?? '' ) ) {
			return new WP_Error( 'altsmith_nothing_to_translate', __( 'There is no English text to translate.', 'altsmith' ), array( 'status' => 400 ) );
		}
		try {
			$made = $this->client->translate( $source, (string) $given['language'] );
		} catch ( Sidecar_Error $error ) {
			return Rest_Error::from_sidecar( $error );
		}
		return new WP_REST_Response( array(
			'text'         => Plain_Text::from_machine( $made['text'] ),
			'alternatives' => array_values( array_filter( array_map( array( Plain_Text::class, 'from_machine' ), $made['alternatives'] ) ) ),
			'flags'        => Suggestion_View::flags( $made['flags'] ),
		) );
	}
}
