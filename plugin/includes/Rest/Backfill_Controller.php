<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Backfill\Backfill;
use Altsmith\Backfill\Backfill_Error;
use Altsmith\Backfill\Choices;
use Altsmith\Backfill\Run_View;
use Altsmith\Placements\Placement_Scan;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Library_Counts;
use Altsmith\Storage\Run_Store;
use Altsmith\Sync\Loopback;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `backfill`: how the library stands, and the run through it. Every image of a run is checked against who started it. */
final class Backfill_Controller {
	private const HISTORY = 10;

	public function __construct(
		private readonly Backfill $backfill,
		private readonly Run_Store $runs,
		private readonly Run_View $view,
		private readonly Library_Counts $counts,
		private readonly Loopback $loopback,
	) {}

	public function register(): void {
		$choices = array(
			'overwrite'       => array( 'type' => 'boolean', 'default' => false ),
			'include_decided' => array( 'type' => 'boolean', 'default' => false ),
			'limit'           => array( 'type' => 'integer', 'default' => 0, 'minimum' => 0, 'maximum' => 1000000 ),
			'from'            => self::day(),
			'to'              => self::day(),
			'used'            => array( 'type' => 'string', 'enum' => Choices::USES, 'default' => 'any' ),
			'kind'            => array( 'type' => 'string', 'enum' => Choices::KINDS, 'default' => 'image' ),
		);
		register_rest_route( 'altsmith/v1', '/backfill', array(
			array(
				'methods'             => 'GET',
				'callback'            => array( $this, 'read' ),
				'permission_callback' => array( self::class, 'may' ),
				'args'                => $choices,
			),
			array(
				'methods'             => 'POST',
				'callback'            => array( $this, 'act' ),
				'permission_callback' => array( self::class, 'may' ),
				'args'                => $choices + array(
					'action' => array( 'type' => 'string', 'enum' => array( 'start', 'pause', 'resume', 'cancel', 'undo' ), 'required' => true ),
					'run_id' => array( 'type' => 'string', 'maxLength' => 64, 'default' => '' ),
				),
			),
		) );
	}

	/** A run touches everybody's images, so it takes somebody who may edit everybody's. */
	public static function may(): bool|WP_Error {
		return current_user_can( 'edit_others_posts' ) && current_user_can( 'upload_files' ) ? true : Rest_Error::forbidden();
	}

	/**
	 * With `overwrite` and `include_decided` it also says what a run with these choices would do: the dry run. Counting a
	 * large library takes its time, so only what WordPress's own `_fields` asks for is counted; without it, everything.
	 */
	public function read( WP_REST_Request $request ): WP_REST_Response {
		$parts = array(
			'counts'  => fn(): array => $this->counts->all(),
			'preview' => fn(): array => $this->preview( self::choices( $request ) ),
			'run'     => fn(): ?array => $this->open_run(),
			'history' => fn(): array => $this->view->history( self::HISTORY ),
		);
		$wanted = wp_parse_list( $request['_fields'] ?? array() );
		$parts  = array() === $wanted ? $parts : array_intersect_key( $parts, array_flip( $wanted ) );
		return new WP_REST_Response( array_map( static fn( callable $count ): ?array => $count(), $parts ) );
	}

	/** @return array<string, mixed> */
	private function preview( Choices $choices ): array {
		$counts = $this->backfill->preview( $choices );
		return array( 'index_ready' => Placement_Scan::state()['done'], 'taken' => $counts[''] ?? 0, 'skipped' => Run_View::in_words( $counts ) );
	}

	/** @return array<string, mixed>|null */
	private function open_run(): ?array {
		$run = $this->runs->open();
		return null === $run ? null : $this->view->show( $run );
	}

	public function act( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$action = (string) $request['action'];
		$id     = (string) $request['run_id'];
		if ( 'start' !== $action && null === $this->runs->find( $id ) ) {
			return new WP_Error( 'altsmith_not_found', __( 'Run not found.', 'altsmith' ), array( 'status' => 404 ) );
		}
		try {
			match ( $action ) {
				'start'  => $this->backfill->start( self::choices( $request ), get_current_user_id() ),
				'pause'  => $this->backfill->pause( $id ),
				'resume' => $this->backfill->resume( $id ),
				'cancel' => $this->backfill->cancel( $id ),
				'undo'   => $this->backfill->undo( $id ),
			};
		} catch ( Sidecar_Error $error ) {
			return Rest_Error::from_sidecar( $error );
		} catch ( Backfill_Error $error ) {
			return new WP_Error( 'altsmith_' . $error->error, $error->getMessage(), array( 'status' => 409 ) );
		}
		$this->loopback->fire_after_response();
		return $this->read( $request );
	}

	private static function choices( WP_REST_Request $request ): Choices {
		return Choices::from_array( array_intersect_key( $request->get_params(), get_class_vars( Choices::class ) ) );
	}

	/** @return array<string, mixed> A day such as 2026-05-31, or nothing. */
	private static function day(): array {
		return array(
			'type'              => 'string',
			'default'           => '',
			'validate_callback' => static fn( mixed $given ): bool|WP_Error => '' === $given || Choices::is_day( $given )
				? true
				: new WP_Error( 'rest_invalid_param', __( 'This is not a date. Write it as year, month and day: 2026-05-31.', 'altsmith' ) ),
		);
	}
}
