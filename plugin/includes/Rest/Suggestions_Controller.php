<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Review\Bulk_Decisions;
use Altsmith\Review\Decision;
use Altsmith\Review\Review_Service;
use Altsmith\Review\Reviewer;
use Altsmith\Review\Suggestion;
use Altsmith\Review\Suggestion_View;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Suggestion_Query;
use Altsmith\Sync\Loopback;
use Altsmith\Text\Plain_Text;
use Altsmith\Video\Poster;
use Altsmith\Video\Video_File;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Writeback\Write_Result;
use Throwable;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/** `suggestions` and what a person does with them. */
final class Suggestions_Controller {
	private const MAX_BULK = 100;
	/** Ids of matching suggestions in one answer. */
	private const MATCHING = 500;

	public function __construct(
		private readonly Access $access,
		private readonly Suggestion_Query $query,
		private readonly Review_Service $review,
		private readonly Bulk_Decisions $bulk,
		private readonly Suggestion_View $view,
		private readonly Loopback $loopback,
		private readonly Poster $poster,
	) {}

	public function register(): void {
		register_rest_route( 'altsmith/v1', '/suggestions', array(
			'methods'             => 'GET',
			'callback'            => array( $this, 'index' ),
			'permission_callback' => array( $this->access, 'reviewer' ),
			'args'                => Suggestion_Args::of_list(),
		) );
		register_rest_route( 'altsmith/v1', '/matching', array(
			'methods'             => 'GET',
			'callback'            => array( $this, 'matching' ),
			'permission_callback' => array( $this->access, 'reviewer' ),
			'args'                => array_diff_key( Suggestion_Args::of_list(), array( 'page' => 1, 'per_page' => 1, 'orderby' => 1, 'order' => 1 ) ) + array( 'after' => array( 'type' => 'integer', 'minimum' => 0, 'default' => 0 ) ),
		) );
		register_rest_route( 'altsmith/v1', '/suggestions/(?P<id>[A-Za-z0-9_-]{1,64})/decision', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'decide' ),
			'permission_callback' => array( $this->access, 'suggestion' ),
			'args'                => Suggestion_Args::of_decision(),
		) );
		register_rest_route( 'altsmith/v1', '/suggestions/(?P<id>[A-Za-z0-9_-]{1,64})/undo', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'undo' ),
			'permission_callback' => array( $this->access, 'suggestion' ),
		) );
		register_rest_route( 'altsmith/v1', '/suggestions/(?P<id>[A-Za-z0-9_-]{1,64})/poster', array(
			'methods'             => 'GET',
			'callback'            => array( $this, 'poster' ),
			'permission_callback' => array( $this->access, 'suggestion' ),
		) );
		register_rest_route( 'altsmith/v1', '/decisions', array(
			'methods'             => 'POST',
			'callback'            => array( $this, 'decide_many' ),
			'permission_callback' => array( $this->access, 'reviewer' ),
			'args'                => array( 'decisions' => Suggestion_Args::of_bulk( self::MAX_BULK ) ),
		) );
	}

	public function index( WP_REST_Request $request ): WP_REST_Response {
		$filter = self::filter( $request ) + array(
			'orderby'  => (string) $request['orderby'],
			'order'    => (string) $request['order'],
			'page'     => (int) $request['page'],
			'per_page' => (int) $request['per_page'],
		);
		$found  = $this->query->find( $filter );
		$this->view->read_ahead( array_map( static fn( Request_Row $row ): int => $row->attachment_id, $found['rows'] ) );
		$rows   = array_filter( $found['rows'], fn( Request_Row $row ): bool => 'trash' !== ( $this->access->editable_attachment( $row->attachment_id )->post_status ?? 'trash' ) );
		$items  = array_values( array_filter( array_map( array( $this->view, 'suggestion' ), $rows ) ) );
		$this->view->read_ahead( array() );
		$pages  = (int) ceil( $found['total'] / max( 1, (int) $request['per_page'] ) );
		$answer = new WP_REST_Response( array( 'items' => $items, 'total' => $found['total'], 'pages' => $pages, 'passed' => $this->count_passed() ) );
		$answer->header( 'X-WP-Total', (string) $found['total'] );
		$answer->header( 'X-WP-TotalPages', (string) $pages );
		return $answer;
	}

	/** How many open suggestions the person has passed on. */
	private function count_passed(): int {
		$passed = ( new Reviewer( get_current_user_id() ) )->passed();
		return array() === $passed ? 0 : $this->query->count( array( 'states' => array( 'pending', 'conflict' ), 'only' => $passed ) );
	}

	/** @return array<string, mixed> What list and matching() are narrowed by. */
	private static function filter( WP_REST_Request $request ): array {
		return array(
			'states'         => (array) $request['state'],
			'flag'           => (string) $request['flag'],
			'min_confidence' => (float) $request['min_confidence'],
			'run_id'         => (string) $request['run_id'],
			'search'         => (string) $request['search'],
			'attachment'     => (int) $request['attachment'],
			// An author sees what they may decide: their own.
			'author'         => current_user_can( 'edit_others_posts' ) ? 0 : get_current_user_id(),
			// What they passed on is for somebody else, until they ask for it.
			(bool) $request['passed'] ? 'only' : 'without' => ( new Reviewer( get_current_user_id() ) )->passed(),
		);
	}

	/**
	 * Everything open that a filter matches, as ids, versions and present texts: a list that stays as it is while a person
	 * thinks about it. What changes meanwhile is refused when it is decided.
	 */
	public function matching( WP_REST_Request $request ): WP_REST_Response {
		$rows = $this->query->open_after( self::filter( $request ), (int) $request['after'], self::MATCHING );
		_prime_post_caches( array_column( $rows, 'attachment_id' ), false, true );
		$items = array();
		foreach ( $rows as $row ) {
			// A video is approved by itself.
			if ( null !== $this->access->editable_attachment( $row['attachment_id'] ) && ! Video_File::is_one( $row['attachment_id'] ) ) {
				$seen    = get_post_meta( $row['attachment_id'], Alt_Text_Meta::KEY, true );
				$items[] = array( 'suggestion_id' => $row['suggestion_id'], 'version' => $row['version'], 'seen' => is_string( $seen ) ? $seen : '' );
			}
		}
		$last = end( $rows );
		return new WP_REST_Response( array( 'items' => $items, 'after' => count( $rows ) === self::MATCHING && false !== $last ? $last['id'] : 0 ) );
	}

	public function decide( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$result = $this->decide_one( (string) $request['id'], $request->get_params() );
		return $result instanceof WP_Error ? $result : new WP_REST_Response( array( 'suggestion' => $this->view->suggestion( $result ) ) );
	}

	/** Several at once, answered one by one: an image that may not be edited does not stop the others. */
	public function decide_many( WP_REST_Request $request ): WP_REST_Response {
		$given   = array_values( (array) $request['decisions'] );
		$rows    = $this->query->by_suggestions( array_map( static fn( array $one ): string => (string) $one['suggestion_id'], $given ) );
		$answers = array();
		$asked   = array();
		_prime_post_caches( array_map( static fn( Request_Row $row ): int => $row->attachment_id, array_values( $rows ) ), false, true );
		foreach ( $given as $key => $one ) {
			$row      = $rows[ (string) $one['suggestion_id'] ] ?? null;
			$row      = null !== $row && null !== $this->access->editable_attachment( $row->attachment_id ) ? $row : null;
			$decision = null === $row ? Rest_Error::not_found() : $this->decision_or_error( $row, $one );
			if ( null !== $row && $decision instanceof Decision ) {
				$asked[ $key ] = array( 'row' => $row, 'decision' => $decision );
			} else {
				$answers[ $key ] = $decision;
			}
		}
		$answers += $this->bulk->decide( $asked, wp_get_current_user() );
		$this->loopback->fire_after_response(); // The sidecar hears in the background what was written.
		$items = array();
		foreach ( $given as $key => $one ) {
			$items[] = array( 'suggestion_id' => $one['suggestion_id'] ) + $this->show_answer( $answers[ $key ] );
		}
		return new WP_REST_Response( array( 'items' => $items ) );
	}

	/** @return array<string, mixed> */
	private function show_answer( Request_Row|Sidecar_Error|WP_Error|Decision $answer ): array {
		if ( $answer instanceof Request_Row ) {
			return array( 'suggestion' => $this->view->suggestion( $answer ) );
		}
		$error = $answer instanceof Sidecar_Error ? Rest_Error::from_sidecar( $answer ) : $answer;
		return array( 'error' => $error instanceof WP_Error ? array( 'code' => $error->get_error_code(), 'message' => $error->get_error_message() ) : array() );
	}

	public function undo( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$row = $this->access->editable_row( (string) $request['id'] );
		if ( null === $row ) {
			return Rest_Error::not_found();
		}
		try {
			$result = $this->review->undo( $row, wp_get_current_user() );
		} catch ( Sidecar_Error $error ) {
			return Rest_Error::from_sidecar( $error );
		}
		if ( null !== $result && Write_Result::UNDONE !== $result->outcome ) {
			return new WP_Error( 'altsmith_text_changed', __( 'Someone has changed the alt text since; it stays as it is.', 'altsmith' ), array( 'status' => 409 ) );
		}
		$row = $this->access->editable_row( (string) $request['id'] ) ?? $row;
		return new WP_REST_Response( array( 'suggestion' => $this->view->suggestion( $row ) ) );
	}

	/** The frame that is offered as the poster of a video, as a `data:` address: the sidecar answers nobody without its key. */
	public function poster( WP_REST_Request $request ): WP_REST_Response|WP_Error {
		$row = $this->access->editable_row( (string) $request['id'] );
		if ( null === $row || ! is_array( $row->suggestion['video']['poster'] ?? null ) ) {
			return Rest_Error::not_found();
		}
		try {
			$frame = $this->poster->read( $row );
		} catch ( Sidecar_Error $error ) {
			return Rest_Error::from_sidecar( $error );
		}
		return new WP_REST_Response( array( 'url' => 'data:' . $frame['type'] . ';base64,' . base64_encode( $frame['bytes'] ) ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- of a picture
	}

	/** @param array<string, mixed> $input */
	private function decide_one( string $suggestion_id, array $input ): Request_Row|WP_Error {
		$row = $this->access->editable_row( $suggestion_id );
		if ( null === $row ) {
			return Rest_Error::not_found();
		}
		$decision = $this->decision_or_error( $row, $input );
		try {
			return $decision instanceof WP_Error ? $decision : $this->review->decide( $row, $decision, wp_get_current_user() );
		} catch ( Sidecar_Error $error ) {
			return Rest_Error::from_sidecar( $error );
		}
	}

	/** @param array<string, mixed> $input */
	private function decision_or_error( Request_Row $row, array $input ): Decision|WP_Error {
		try {
			return $this->decision( $row, $input );
		} catch ( Throwable $error ) {
			return Rest_Error::from_sidecar( Sidecar_Error::of_this_site( $error ) );
		}
	}

	/**
	 * @param array<string, mixed> $input
	 * @throws Throwable What a filter of another plugin throws for this image.
	 */
	private function decision( Request_Row $row, array $input ): Decision|WP_Error {
		$values = Suggestion::decided_values( (array) ( $input['values'] ?? array() ) );
		$mode   = (string) ( $input['mode'] ?? 'one' );
		if ( 'bulk' === $mode && array() === $values ) {
			$values = $this->view->values_as_suggested( $row );
		}
		if ( 'approve' === $input['action'] && '' === trim( (string) ( $values['alt_text'] ?? $row->suggestion['fields']['alt_text'] ?? '' ) ) ) {
			return new WP_Error( 'altsmith_empty_text', __( 'An approved text cannot be empty. Choose “Decorative” for an image that needs none.', 'altsmith' ), array( 'status' => 400 ) );
		}
		return new Decision(
			(string) $input['action'],
			$values,
			Plain_Text::from_person( $input['reason'] ?? '', 500 ),
			(string) ( $input['seen'] ?? '' ),
			(int) $input['version'],
			$mode,
			isset( $input['displayed'] ) ? (bool) $input['displayed'] : null,
			Plain_Text::from_person( $input['source'] ?? '' ),
			isset( $input['poster_alt'] ) ? Plain_Text::from_person( $input['poster_alt'] ) : null
		);
	}
}
