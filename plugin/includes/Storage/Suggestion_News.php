<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

/** Whether a suggestion says something new about a row, and what the row says then. Pure: it reads no database. */
final class Suggestion_News {
	/**
	 * @param array<string, mixed> $suggestion Checked and cleaned.
	 * @param bool                 $is_answer  See Request_Store::keep_suggestion().
	 */
	public static function is_news( Request_Row $row, array $suggestion, bool $is_answer ): bool {
		$is_same = $row->suggestion_id === $suggestion['id'] && ( Request_Status::READY === $row->status || self::asks_anew( $row, $suggestion, $is_answer ) );
		if ( $is_same && ( ( $row->suggestion_version === $suggestion['version'] && ! self::is_recalibrated( $row, $suggestion ) ) || ( $row->suggestion_version > $suggestion['version'] && ! $is_answer ) ) ) {
			return false;
		}
		return $is_answer || $row->suggestion_id === $suggestion['id'] || null === $row->suggestion || $row->suggestion['created_at'] <= $suggestion['created_at'];
	}

	/**
	 * What people decided gave a waiting suggestion another confidence. Its version stays, so that whoever looks at it may decide.
	 *
	 * @param array<string, mixed> $suggestion
	 */
	private static function is_recalibrated( Request_Row $row, array $suggestion ): bool {
		if ( null === $row->suggestion ) {
			return false;
		}
		$is_measured = static fn( array $one ): bool => true === ( $one['model']['calibrated'] ?? false );
		return abs( (float) ( $row->suggestion['confidence'] ?? 0 ) - (float) ( $suggestion['confidence'] ?? 0 ) ) > 0.0005 || $is_measured( $row->suggestion ) !== $is_measured( $suggestion );
	}

	/**
	 * Another suggestion has been asked for, and this is news of the one before: it does not answer the new question.
	 *
	 * @param array<string, mixed> $suggestion
	 */
	private static function asks_anew( Request_Row $row, array $suggestion, bool $is_answer ): bool {
		$open = in_array( $row->status, array( Request_Status::QUEUED, Request_Status::HELD ), true ) || ( Request_Status::SENT === $row->status && $row->job_id !== $suggestion['job_id'] );
		return $open && ! $is_answer && $row->suggestion_id === $suggestion['id'];
	}

	/**
	 * @param array<string, mixed> $suggestion
	 * @return array<string, string|int|float>
	 */
	public static function columns( Request_Row $row, array $suggestion, bool $is_answer ): array {
		$columns = array(
			'suggestion_id'      => $suggestion['id'],
			'suggestion_state'   => $suggestion['state'],
			'suggestion_version' => $suggestion['version'],
			'confidence'         => $suggestion['confidence'],
			'flags'              => self::flag_list( $suggestion['flags'] ),
			'suggested_alt'      => $suggestion['fields']['alt_text'],
			'suggestion'         => (string) wp_json_encode( $suggestion ),
		);
		if ( '' !== ( $suggestion['language'] ?? '' ) ) {
			$columns['language'] = substr( $suggestion['language'], 0, 35 );
		}
		if ( $row->suggestion_id !== $suggestion['id'] ) {
			$columns['seen_alt'] = '';
		}
		if ( self::asks_anew( $row, $suggestion, $is_answer ) ) {
			return $columns;
		}
		return $columns + array(
			'status'        => Request_Status::READY,
			'job_id'        => $suggestion['job_id'],
			'run_id'        => (string) ( $suggestion['run_id'] ?? $row->run_id ),
			'error_code'    => '',
			'error_message' => '',
		);
	}

	/** @param array<int, array{code: string, message: string}> $flags As ",tiny,linked," so that LIKE '%,tiny,%' finds one. */
	private static function flag_list( array $flags ): string {
		return $flags ? ',' . implode( ',', array_column( $flags, 'code' ) ) . ',' : '';
	}
}
