<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Review\Suggestion_View;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Request_Store;
use Altsmith\Video\Video_File;
use Altsmith\Video\Video_Frames;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `attachments/{id}/frames`: still pictures of a video that the browser has cut, where the sidecar cannot read the file. */
final class Frames_Controller {
	public function __construct(
		private readonly Access $access,
		private readonly Request_Store $store,
		private readonly Video_Frames $frames,
		private readonly Suggestion_View $view,
	) {}

	public function register(): void {
		$seconds = array( 'type' => 'number', 'minimum' => 0, 'maximum' => Video_Frames::LONGEST, 'required' => true );
		register_rest_route( 'altsmith/v1', '/attachments/(?P<id>\d+)/frames', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'send' ),
			'permission_callback' => array( $this->access, 'attachment' ),
			'args'                => array(
				'id'       => array( 'type' => 'integer', 'minimum' => 1, 'required' => true ),
				'duration' => array( 'exclusiveMinimum' => true ) + $seconds,
				'frames'   => array(
					'type'     => 'array',
					'required' => true,
					'minItems' => 1,
					'maxItems' => Video_Frames::MOST,
					'items'    => array(
						'type'                 => 'object',
						'additionalProperties' => false,
						'properties'           => array(
							'at'    => $seconds,
							// Base64 of a JPEG.
							'image' => array( 'type' => 'string', 'minLength' => 4, 'maxLength' => Video_Frames::MOST_BASE64, 'required' => true ),
						),
					),
				),
			),
		) );
	}

	public function send( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$post = $this->access->editable_attachment( (int) $request['id'] );
		if ( null === $post ) {
			return Rest_Error::not_found();
		}
		$frames = Video_File::is_one( $post ) ? Video_Frames::decoded( (array) $request['frames'], (float) $request['duration'] ) : null;
		if ( null === $frames ) {
			return new WP_Error( 'rest_invalid_param', __( 'These are no still pictures of a video, in the order of their times.', 'altsmith' ), array( 'status' => 400 ) );
		}
		try {
			$this->frames->send( $post, $frames, (float) $request['duration'] );
		} catch ( Sidecar_Error $error ) {
			return Rest_Error::from_sidecar( $error );
		}
		return new WP_REST_Response( $this->view->attachment( $post, $this->store->find( $post->ID ), wp_parse_list( $request['_fields'] ?? array() ) ), 202 );
	}
}
