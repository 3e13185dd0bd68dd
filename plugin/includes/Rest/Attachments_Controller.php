<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Review\Suggestion_View;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Worker;
use Altsmith\Video\Video_File;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `attachments/{id}`: what is known about one image, and asking for a suggestion. */
final class Attachments_Controller {
	/** A person waits at the screen: long enough for most models, short enough for every proxy. */
	private const WAIT_SECONDS = 15;

	public function __construct(
		private readonly Access $access,
		private readonly Request_Store $store,
		private readonly Worker $worker,
		private readonly Suggestion_View $view,
	) {}

	public function register(): void {
		$id = array( 'id' => array( 'type' => 'integer', 'minimum' => 1, 'required' => true ) );
		register_rest_route( 'altsmith/v1', '/attachments/(?P<id>\d+)', array(
			'methods'             => 'GET',
			'callback'            => array( $this, 'read' ),
			'permission_callback' => array( $this->access, 'attachment' ),
			'args'                => $id,
		) );
		register_rest_route( 'altsmith/v1', '/attachments/(?P<id>\d+)/request', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'request' ),
			'permission_callback' => array( $this->access, 'attachment' ),
			'args'                => $id,
		) );
	}

	public function read( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$post = $this->access->editable_attachment( (int) $request['id'] );
		return null === $post ? Rest_Error::not_found() : new WP_REST_Response( $this->view->attachment( $post, $this->store->find( $post->ID ), wp_parse_list( $request['_fields'] ?? array() ) ) );
	}

	/** Asks for a suggestion now. Answers with what is there when the time is up; the rest comes by itself. */
	public function request( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$post = $this->access->editable_attachment( (int) $request['id'] );
		if ( null === $post ) {
			return Rest_Error::not_found();
		}
		if ( ! wp_attachment_is_image( $post ) && ! Video_File::is_one( $post ) ) {
			return new WP_Error( 'altsmith_not_an_image', __( 'Only images and videos can be described.', 'altsmith' ), array( 'status' => 400 ) );
		}
		if ( ! $this->store->add( $post->ID, 'interactive', time() ) ) {
			$this->store->requeue( $post->ID, 'interactive' );
		}
		$run = $this->worker->run( self::WAIT_SECONDS, 5, true );
		$now = $this->view->attachment( $post, $this->store->find( $post->ID ), wp_parse_list( $request['_fields'] ?? array() ) );
		return new WP_REST_Response( $now + array( 'problem' => $run['error'] ), 'queued' === $now['status'] || 'sent' === $now['status'] ? 202 : 200 );
	}
}
