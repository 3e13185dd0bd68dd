<?php
declare( strict_types=1 );

namespace Altsmith\Review;

defined( 'ABSPATH' ) || exit;

/** The one vocabulary for the state of an image's suggestion. */
final class Status_Words {
	/** Short, for a table column. */
	public static function label( string $status ): string {
		return self::all()[ $status ][0] ?? $status;
	}

	/**
	 * A sentence, for the details of an image.
	 *
	 * @param bool                      $of_video   Whether it is about a video.
	 * @param array<string, mixed>|null $suggestion Who decided about it is said where it was nobody.
	 */
	public static function sentence( string $status, ?array $suggestion = null, bool $of_video = false ): string {
		$of_video = $of_video ? self::of_video() : array();
		if ( isset( $of_video[ $status ] ) ) {
			return $of_video[ $status ];
		}
		return 'applied' === $status && Decided_By::is_rule( $suggestion['decided_by'] ?? null )
			? __( 'A rule of the sidecar approved the suggestion and it is the alt text now. Nobody has looked at it.', 'altsmith' )
			: self::all()[ $status ][1] ?? $status;
	}

	/** @return array<string, string> Where the sentence about an image does not fit. */
	private static function of_video(): array {
		return array(
			'queued'   => __( 'The video waits to be sent to the sidecar.', 'altsmith' ),
			'applied'  => __( 'The suggestion was approved and is the description now.', 'altsmith' ),
			'conflict' => __( 'Someone changed the description in the meantime. Their text was kept.', 'altsmith' ),
			'gone'     => __( 'The video was deleted.', 'altsmith' ),
			'skipped'  => __( 'No suggestion was made for this video.', 'altsmith' ),
		);
	}

	/** @return array<string, array{string, string}> */
	private static function all(): array {
		return array(
			'none'       => array( __( 'No suggestion', 'altsmith' ), __( 'No suggestion has been requested.', 'altsmith' ) ),
			'queued'     => array( __( 'Waiting to be sent', 'altsmith' ), __( 'The image waits to be sent to the sidecar.', 'altsmith' ) ),
			'held'       => array( __( 'On hold', 'altsmith' ), __( 'The run it belongs to is paused.', 'altsmith' ) ),
			'sent'       => array( __( 'Processing', 'altsmith' ), __( 'The sidecar is working on it.', 'altsmith' ) ),
			'pending'    => array( __( 'Needs review', 'altsmith' ), __( 'A suggestion needs your review. It is not published.', 'altsmith' ) ),
			'approved'   => array( __( 'Approved', 'altsmith' ), __( 'Approved. The text will be saved shortly.', 'altsmith' ) ),
			'applied'    => array( __( 'Approved', 'altsmith' ), __( 'The suggestion was approved and is the alt text now.', 'altsmith' ) ),
			'rejected'   => array( __( 'Rejected', 'altsmith' ), __( 'The suggestion was rejected.', 'altsmith' ) ),
			'decorative' => array( __( 'Decorative', 'altsmith' ), __( 'Marked as decorative: screen readers skip the image.', 'altsmith' ) ),
			'conflict'   => array( __( 'Conflict', 'altsmith' ), __( 'Someone changed the alt text in the meantime. Their text was kept.', 'altsmith' ) ),
			'superseded' => array( __( 'Replaced', 'altsmith' ), __( 'A newer suggestion took its place.', 'altsmith' ) ),
			'failed'     => array( __( 'Failed', 'altsmith' ), __( 'No suggestion could be made.', 'altsmith' ) ),
			'gone'       => array( __( 'Deleted', 'altsmith' ), __( 'The image was deleted.', 'altsmith' ) ),
			'skipped'    => array( __( 'Skipped', 'altsmith' ), __( 'No suggestion was made for this image.', 'altsmith' ) ),
		);
	}
}
