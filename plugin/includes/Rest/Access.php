<?php
declare( strict_types=1 );

namespace Altsmith\Rest;

use Altsmith\Capabilities;
use Altsmith\Storage\Request_Row;
use Altsmith\Storage\Request_Store;
use WP_Error;
use WP_Post;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/** Who may do what. Every write is checked against the image it changes; the screens only need the general right. */
final class Access {
	public function __construct( private readonly Request_Store $store ) {}

	/** May open the review screen and read lists. */
	public function reviewer(): bool|WP_Error {
		return $this->may_review() ? true : Rest_Error::forbidden();
	}

	public function administrator(): bool|WP_Error {
		return current_user_can( Capabilities::MANAGE ) ? true : Rest_Error::forbidden();
	}

	/** For routes with an attachment id in their path. */
	public function attachment( WP_REST_Request $request ): bool|WP_Error {
		return null !== $this->editable_attachment( (int) $request['id'] ) ? true : Rest_Error::not_found();
	}

	/** For routes with a suggestion id in their path. */
	public function suggestion( WP_REST_Request $request ): bool|WP_Error {
		if ( ! $this->may_review() ) {
			return Rest_Error::forbidden();
		}
		return null !== $this->editable_row( (string) $request['id'] ) ? true : Rest_Error::not_found();
	}

	public function editable_row( string $suggestion_id ): ?Request_Row {
		$row = $this->store->find_by_suggestion( $suggestion_id );
		return null !== $row && null !== $this->editable_attachment( $row->attachment_id ) ? $row : null;
	}

	public function editable_attachment( int $attachment_id ): ?WP_Post {
		$post = $attachment_id > 0 ? get_post( $attachment_id ) : null;
		return $post instanceof WP_Post && 'attachment' === $post->post_type && current_user_can( 'edit_post', $post->ID ) ? $post : null;
	}

	private function may_review(): bool {
		return current_user_can( Capabilities::REVIEW );
	}
}
