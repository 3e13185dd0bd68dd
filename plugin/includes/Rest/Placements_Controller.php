<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Placements\Change_Log;
use Altsmith\Placements\Library_Text;
use Altsmith\Placements\Placement_Key;
use Altsmith\Placements\Placement_List;
use Altsmith\Placements\Placement_Scan;
use Altsmith\Placements\Placement_Updater;
use Altsmith\Text\Plain_Text;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Provenance;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `attachments/{id}/placements`: where an image is shown, and bringing its text there. Each post is checked by itself too. */
final class Placements_Controller {
	private const ROUTE = '/attachments/(?P<id>\d+)/placements';

	public function __construct(
		private readonly Access $access,
		private readonly Placement_List $list,
		private readonly Placement_Updater $updater,
		private readonly Library_Text $library,
		private readonly Change_Log $log,
		private readonly Placement_Scan $scan,
	) {}

	public function register(): void {
		$id   = array( 'id' => array( 'type' => 'integer', 'minimum' => 1, 'required' => true ) );
		$keys = array(
			'keys' => array(
				'type'     => 'array',
				'required' => true,
				'minItems' => 1,
				'maxItems' => 200,
				'items'    => array( 'type' => 'string', 'pattern' => Placement_Key::PATTERN ),
			),
		);
		$text = array( 'type' => 'string', 'maxLength' => Plain_Text::MAX_LENGTH );
		$this->route( '', 'GET', 'index', $id + array( 'text' => $text ) );
		$this->route( '/preview', 'POST', 'preview', $id + $keys + array( 'text' => $text ) );
		$this->route( '/apply', 'POST', 'apply', $id + $keys + array( 'text' => array( 'required' => true ) + $text ) );
		$this->route( '/undo', 'POST', 'undo', $id + array( 'change_id' => array( 'type' => 'string', 'format' => 'uuid', 'required' => true ) ) );
	}

	/** `text` asks how things would stand under a text that is not approved yet. */
	public function index( WP_REST_Request $request ): WP_REST_Response {
		$id = (int) $request['id'];
		// Somebody wants to know, so the first look through the site may take a moment longer: no cron is needed for it.
		$this->scan->run( 2.0 );
		$scan = Placement_Scan::state();
		return new WP_REST_Response(
			$this->list->of( $id, $this->text( $request ) ) + array(
				'text'    => $this->library->now( $id ),
				'changes' => $this->log->summary( $id ),
				'unread'  => $this->list->unread(),
				'scan'    => array( 'done' => $scan['done'], 'read' => $scan['read'] ),
			)
		);
	}

	public function preview( WP_REST_Request $request ): WP_REST_Response {
		$id   = (int) $request['id'];
		$text = $this->text( $request ) ?? $this->library->now( $id );
		return new WP_REST_Response( array( 'items' => $this->updater->preview( $id, (array) $request['keys'], $text ) ) );
	}

	/** Only the library's own text goes into posts. `text` is what the person saw; it has to be that one still. */
	public function apply( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$id   = (int) $request['id'];
		$text = $this->library->now( $id );
		if ( '' === $text ) {
			return new WP_Error( 'altsmith_no_text', __( 'The media library has no alt text for this image yet.', 'altsmith' ), array( 'status' => 400 ) );
		}
		if ( $text !== $this->text( $request ) ) {
			return new WP_Error( 'altsmith_text_changed', __( 'The alt text was changed in the meantime. Check the list again.', 'altsmith' ), array( 'status' => 409 ) );
		}
		if ( Provenance::picture_changed( $id ) && ( Provenance::latest( $id )['after'] ?? '' ) === Alt_Text_Meta::read( $id )->text() ) {
			return new WP_Error( 'altsmith_picture_changed', __( 'The picture has changed since this text was suggested. A new suggestion has been requested.', 'altsmith' ), array( 'status' => 409 ) );
		}
		return new WP_REST_Response( $this->updater->apply( $id, (array) $request['keys'], $text, wp_get_current_user() ) );
	}

	public function undo( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$items = $this->updater->undo( (int) $request['id'], (string) $request['change_id'] );
		return null === $items
			? new WP_Error( 'altsmith_not_found', __( 'That change has already been undone.', 'altsmith' ), array( 'status' => 404 ) )
			: new WP_REST_Response( array( 'items' => $items ) );
	}

	private function text( WP_REST_Request $request ): ?string {
		return is_string( $request['text'] ) ? Plain_Text::from_person( $request['text'] ) : null;
	}

	/** @param array<string, mixed> $args */
	private function route( string $path, string $method, string $callback, array $args ): void {
		register_rest_route( 'altsmith/v1', self::ROUTE . $path, array(
			'methods'             => $method,
			'callback'            => array( $this, $callback ),
			'permission_callback' => array( $this->access, 'attachment' ),
			'args'                => $args,
		) );
	}
}
