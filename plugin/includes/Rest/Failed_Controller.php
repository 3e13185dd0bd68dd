<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Sidecar\Attachment_File;
use Altsmith\Storage\Failed_Query;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Loopback;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `failed`: images that got no suggestion, with their reasons; `failed/retry`: try them again. */
final class Failed_Controller {
	private const PER_PAGE = 50;
	/** Images that one request puts back; the screen asks on until none is left. */
	private const AT_ONCE = 500;

	public function __construct(
		private readonly Access $access,
		private readonly Failed_Query $query,
		private readonly Request_Store $store,
		private readonly Loopback $loopback,
	) {}

	public function register(): void {
		register_rest_route( 'altsmith/v1', '/failed', array(
			'methods'             => 'GET',
			'callback'            => array( $this, 'index' ),
			'permission_callback' => array( $this->access, 'reviewer' ),
			'args'                => array( 'page' => array( 'type' => 'integer', 'minimum' => 1, 'default' => 1 ) ),
		) );
		register_rest_route( 'altsmith/v1', '/failed/retry', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'retry' ),
			'permission_callback' => array( $this->access, 'reviewer' ),
			'args'                => array(
				// Empty: all of them.
				'ids'   => array( 'type' => 'array', 'default' => array(), 'maxItems' => self::AT_ONCE, 'items' => array( 'type' => 'integer', 'minimum' => 1 ) ),
				'after' => array( 'type' => 'integer', 'minimum' => 0, 'default' => 0 ),
			),
		) );
	}

	public function index( WP_REST_Request $request ): WP_REST_Response {
		$found = $this->query->find( (int) $request['page'], self::PER_PAGE, self::author() );
		_prime_post_caches( array_map( static fn( Request_Row $row ): int => $row->attachment_id, $found['rows'] ), false, true );
		return new WP_REST_Response( array(
			'items'   => array_map( array( self::class, 'show' ), $found['rows'] ),
			'total'   => $found['total'],
			'pages'   => (int) ceil( $found['total'] / self::PER_PAGE ),
			'reasons' => $this->query->reasons( self::author() ),
		) );
	}

	/** `after` in the answer is where the next request goes on; 0 when this was the last one. */
	public function retry( WP_REST_Request $request ): WP_REST_Response {
		$asked = array_map( 'intval', (array) $request['ids'] );
		$ids   = array() === $asked ? $this->query->ids_after( (int) $request['after'], self::AT_ONCE, self::author() ) : $asked;
		$rows  = $this->store->find_many( $ids );
		_prime_post_caches( array_keys( $rows ), false, false );
		$done = 0;
		foreach ( $rows as $id => $row ) {
			if ( 'failed' === $row->status && null !== $this->access->editable_attachment( $id ) ) {
				$this->store->requeue( $id, 'backfill' );
				++$done;
			}
		}
		$this->loopback->fire_after_response();
		$more = array() === $asked && count( $ids ) === self::AT_ONCE;
		return new WP_REST_Response( array( 'retried' => $done, 'after' => $more ? max( $ids ) : 0 ) );
	}

	/** An author sees what they may decide: their own. */
	private static function author(): int {
		return current_user_can( 'edit_others_posts' ) ? 0 : get_current_user_id();
	}

	/** @return array<string, mixed> */
	private static function show( Request_Row $row ): array {
		$image = wp_get_attachment_image_src( $row->attachment_id, 'thumbnail' );
		return array(
			'attachment_id' => $row->attachment_id,
			'title'         => (string) get_post_field( 'post_title', $row->attachment_id, 'raw' ),
			'file_name'     => Attachment_File::name( $row->attachment_id ),
			'thumbnail'     => is_array( $image ) ? $image[0] : null,
			'code'          => $row->error_code,
			'reason'        => $row->error_message,
			'failed_at'     => gmdate( 'Y-m-d\TH:i:s\Z', $row->updated_at ),
			'edit_url'      => (string) get_edit_post_link( $row->attachment_id, 'raw' ),
		);
	}
}
