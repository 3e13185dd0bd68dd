<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Audit\Audit;
use Altsmith\Audit\Audit_Table;
use Altsmith\Audit\Rule_Words;
use Altsmith\Audit\Site_Pages;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `audit`: what is wrong with the images of the published pages. Reading goes on for some seconds with each POST. */
final class Audit_Controller {
	private const PER_PAGE = 20;

	public function __construct( private readonly Audit $audit, private readonly Audit_Table $table ) {}

	public function register(): void {
		$page = array( 'page' => array( 'type' => 'integer', 'default' => 1, 'minimum' => 1 ) );
		register_rest_route( 'altsmith/v1', '/audit', array(
			array( 'methods' => 'GET', 'callback' => array( $this, 'show' ), 'permission_callback' => array( $this, 'may' ), 'args' => $page ),
			array(
				'methods'             => 'POST',
				'callback'            => array( $this, 'act' ),
				'permission_callback' => array( $this, 'may' ),
				'args'                => $page + array( 'action' => array( 'type' => 'string', 'enum' => array( 'start', 'continue', 'cancel' ), 'required' => true ) ),
			),
		) );
	}

	/** Permission of the routes: published pages of everybody. */
	public function may(): bool|WP_Error {
		return current_user_can( 'edit_others_posts' ) && current_user_can( 'upload_files' ) ? true : Rest_Error::forbidden();
	}

	public function act( WP_REST_Request $request ): WP_REST_Response {
		match ( $request['action'] ) {
			'start'  => $this->audit->start(),
			'cancel' => $this->audit->cancel(),
			default  => $this->audit->run( Audit::STEP_SECONDS ),
		};
		return $this->show( $request );
	}

	public function show( WP_REST_Request $request ): WP_REST_Response {
		$state   = array_diff_key( $this->audit->state(), array( 'number' => 1, 'cursor' => 1, 'silent' => 1 ) );
		$history = array();
		foreach ( $state['history'] as $day => $counts ) {
			$history[] = array( 'day' => $day ) + $counts;
		}
		return new WP_REST_Response(
			array(
				'counts'      => $this->table->counts(),
				'history'     => $history,
				'rules'       => Rule_Words::all(),
				'items'       => array_map( array( self::class, 'with_links' ), $this->table->list( (int) $request['page'], self::PER_PAGE ) ),
				'page'        => (int) $request['page'],
				'total_pages' => (int) ceil( $this->table->count_listed() / self::PER_PAGE ),
			) + $state
		);
	}

	/**
	 * @param array<string, mixed> $page A row of the table.
	 * @return array<string, mixed>
	 */
	private static function with_links( array $page ): array {
		$found = array();
		foreach ( $page['found'] as $one ) {
			$is_image = $one['attachment_id'] > 0 && 'attachment' === get_post_type( $one['attachment_id'] );
			$found[]  = $one + array( 'attachment_url' => $is_image ? (string) get_edit_post_link( $one['attachment_id'], 'raw' ) : '' );
		}
		return array(
			'title'    => Site_Pages::title( $page['post_id'] ),
			'url'      => Site_Pages::address( $page['post_id'] ),
			'edit_url' => $page['post_id'] > 0 ? (string) get_edit_post_link( $page['post_id'], 'raw' ) : '',
			'found'    => $found,
		) + $page;
	}
}
