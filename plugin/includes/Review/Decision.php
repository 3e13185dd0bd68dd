<?php
declare( strict_types=1 );

namespace Altsmith\Review;

use Altsmith\Text\Utf8;
use WP_User;

defined( 'ABSPATH' ) || exit;

/** What a person chose, and what they had before their eyes when they did. */
final class Decision {
	public const ACTIONS = array( 'approve', 'reject', 'decorative', 'reopen' );
	/** One by one, or many at once. A rule is the sidecar's own. */
	public const MODES = array( 'one', 'bulk' );

	/**
	 * @param array<string, string|string[]> $values  Cleaned texts; empty to take the suggestion as it is.
	 * @param string                         $seen    The alt text the attachment had on the person's screen.
	 * @param int                            $version The version of the suggestion on the person's screen.
	 * @param string                         $mode      One of MODES.
	 * @param bool|null                      $displayed Whether the person had the picture and its text before their eyes; null: unknown.
	 * @param string|null                    $poster_alt Of a video: the alt text of the frame that becomes its featured image; null: none does.
	 * @param string                         $source    The English that the person had beside the text, as they left it; '' for none.
	 */
	public function __construct(
		public readonly string $action,
		public readonly array $values,
		public readonly string $reason,
		public readonly string $seen,
		public readonly int $version,
		public readonly string $mode = 'one',
		public readonly ?bool $displayed = null,
		public readonly string $source = '',
		public readonly ?string $poster_alt = null,
	) {}

	/** @return array<string, mixed> Body of `POST /v1/suggestions/{id}/decision`. */
	public function body( WP_User $by ): array {
		$body = array(
			'action'  => $this->action,
			'by'      => array( 'id' => (string) $by->ID, 'name' => Utf8::cut( Utf8::scrub( $by->display_name ), 200 ) ),
			'version' => $this->version,
			'mode'    => $this->mode,
		);
		if ( null !== $this->displayed ) {
			$body['displayed'] = $this->displayed;
		}
		if ( array() !== $this->values && 'approve' === $this->action ) {
			$body['values'] = $this->values;
		}
		if ( '' !== $this->source && 'approve' === $this->action ) {
			$body['source'] = $this->source;
		}
		if ( '' !== $this->reason ) {
			$body['reason'] = $this->reason;
		}
		return $body;
	}
}
