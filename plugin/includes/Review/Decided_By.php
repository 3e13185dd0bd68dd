<?php
declare( strict_types=1 );

namespace Altsmith\Review;

defined( 'ABSPATH' ) || exit;

/** Who decided: a person, or the rule by which the sidecar's owner lets sure suggestions pass. */
final class Decided_By {
	/** The sidecar's id for its rule: as in server/review/auto-approval.ts. */
	private const RULE_ID = 'auto';

	/** @param mixed $by `decided_by` of a suggestion. */
	public static function is_rule( mixed $by ): bool {
		return is_array( $by ) && self::RULE_ID === ( $by['id'] ?? '' );
	}

	/**
	 * @param mixed $by `decided_by` of a suggestion.
	 * @return array{id: string, name: string}|null With a name in the language of the reader.
	 */
	public static function shown( mixed $by ): ?array {
		if ( ! is_array( $by ) ) {
			return null;
		}
		$id = (string) ( $by['id'] ?? '' );
		return array( 'id' => $id, 'name' => self::is_rule( $by ) ? __( 'by a rule; nobody has looked at it', 'altsmith' ) : (string) ( $by['name'] ?? '' ) );
	}
}
