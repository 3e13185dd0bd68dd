<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Csv\Csv_Error;
use Altsmith\Csv\Library_Import;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `csv`: what an edited export would change, and the change itself, some seconds at a time. Each image is checked with `edit_post`. */
final class Csv_Controller {
	private const SECONDS = 8;

	public function __construct( private readonly Library_Import $import ) {}

	public function register(): void {
		register_rest_route( 'altsmith/v1', '/csv', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'import' ),
			'permission_callback' => array( $this, 'may' ),
			'args'                => array(
				'csv'     => array( 'type' => 'string', 'required' => true ),
				'dry_run' => array( 'type' => 'boolean', 'default' => true ),
				'from'    => array( 'type' => 'integer', 'default' => 1, 'minimum' => 1 ),
			),
		) );
	}

	/** Permission of the route; run() checks `edit_post` for each image. */
	public function may(): bool|WP_Error {
		return current_user_can( 'edit_others_posts' ) && current_user_can( 'upload_files' ) ? true : Rest_Error::forbidden();
	}

	public function import( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		try {
			return new WP_REST_Response( $this->import->run( (string) $request['csv'], (bool) $request['dry_run'], (int) $request['from'], self::SECONDS, wp_get_current_user() ) );
		} catch ( Csv_Error $error ) {
			return new WP_Error( 'altsmith_csv', $error->getMessage(), array( 'status' => 400 ) );
		}
	}
}
