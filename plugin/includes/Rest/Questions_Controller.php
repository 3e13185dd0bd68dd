<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Sidecar\Attachment_Locale;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Rendition;
use Altsmith\Sidecar\Rendition_Error;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Text\Plain_Text;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `attachments/{id}/question`: what the model answers about an image. Nothing is stored, and no text is written. */
final class Questions_Controller {
	public function __construct( private readonly Access $access, private readonly Client $client ) {}

	public function register(): void {
		register_rest_route( 'altsmith/v1', '/attachments/(?P<id>\d+)/question', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'ask' ),
			'permission_callback' => array( $this->access, 'attachment' ),
			'args'                => array(
				'id'       => array( 'type' => 'integer', 'minimum' => 1, 'required' => true ),
				// The sidecar takes no longer ones.
				'question' => array( 'type' => 'string', 'minLength' => 1, 'maxLength' => 300, 'required' => true ),
			),
		) );
	}

	/** `answer` is in English, as the models speak; `translated` in the image's own language, '' where that is English or cannot be had. */
	public function ask( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$post = $this->access->editable_attachment( (int) $request['id'] );
		if ( null === $post ) {
			return Rest_Error::not_found();
		}
		if ( ! wp_attachment_is_image( $post ) ) {
			return new WP_Error( 'altsmith_not_an_image', __( 'Only images can be described.', 'altsmith' ), array( 'status' => 400 ) );
		}
		$question = Plain_Text::from_person( $request['question'], 300 );
		if ( '' === $question ) {
			return new WP_Error( 'rest_invalid_param', __( 'Write a question.', 'altsmith' ), array( 'status' => 400 ) );
		}
		try {
			$answer = Plain_Text::from_machine( $this->client->answer( Rendition::of( $post->ID ), $question ) );
		} catch ( Rendition_Error $error ) {
			return new WP_Error( 'altsmith_' . strtolower( $error->error ), $error->getMessage(), array( 'status' => 400 ) );
		} catch ( Sidecar_Error $error ) {
			return self::refusal( $error );
		}
		return new WP_REST_Response( array( 'answer' => $answer ) + $this->in_own_language( $answer, Attachment_Locale::of( $post ) ) );
	}

	private static function refusal( Sidecar_Error $error ): WP_Error {
		if ( 'QUESTION_MODEL_MISSING' !== $error->error ) {
			return Rest_Error::from_sidecar( $error );
		}
		return new WP_Error( 'altsmith_question_model_missing', __( 'The model of the sidecar cannot answer questions. One that can is blip-vqa-base.', 'altsmith' ), array( 'status' => 400 ) );
	}

	/** @return array{translated: string, language: string} */
	private function in_own_language( string $answer, string $locale ): array {
		$language = strtolower( (string) strtok( $locale, '_-' ) );
		if ( '' === $answer || 'en' === $language ) {
			return array( 'translated' => '', 'language' => $language );
		}
		try {
			return array( 'translated' => Plain_Text::from_machine( $this->client->translate( $answer, $locale )['text'] ), 'language' => $language );
		} catch ( Sidecar_Error ) {
			// The answer itself is here; without a translator it stays English, as suggestions do.
			return array( 'translated' => '', 'language' => $language );
		}
	}
}
