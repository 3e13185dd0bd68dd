<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Storage\Request_Store;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `images`: the state of several images in one call, for the check before publishing. Images of others are left out. */
final class Images_Controller {
	private const MAX = 100;

	public function __construct( private readonly Access $access, private readonly Request_Store $store ) {}

	public function register(): void {
		register_rest_route( 'altsmith/v1', '/images', array(
			'methods'             => 'GET',
			'callback'            => array( $this, 'index' ),
			'permission_callback' => static fn() => current_user_can( 'upload_files' ) ? true : Rest_Error::forbidden(),
			'args'                => array(
				'ids' => array(
					'type'     => 'array',
					'required' => true,
					'minItems' => 1,
					'maxItems' => self::MAX,
					'items'    => array( 'type' => 'integer', 'minimum' => 1 ),
				),
			),
		) );
	}

	public function index( WP_REST_Request $request ): WP_REST_Response {
		$ids = array_values( array_unique( array_map( 'intval', (array) $request['ids'] ) ) );
		_prime_post_caches( $ids, false, true );
		$rows  = $this->store->find_many( $ids );
		$texts = Alt_Text_Meta::texts_of( $ids );
		$items = array();
		foreach ( $ids as $id ) {
			$post = $this->access->editable_attachment( $id );
			if ( null === $post || ! wp_attachment_is_image( $post ) ) {
				continue;
			}
			$row     = $rows[ $id ] ?? null;
			$items[] = array(
				'id'         => $id,
				'title'      => $post->post_title,
				'alt_text'   => $texts[ $id ] ?? '',
				'decorative' => Provenance::is_decorative( $id ),
				'status'     => null === $row ? 'none' : $row->display_status(),
			);
		}
		return new WP_REST_Response( array( 'items' => $items ) );
	}
}
