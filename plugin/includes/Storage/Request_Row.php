<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

/** One row of the requests table, typed. */
final class Request_Row {
	/**
	 * @param array<string, mixed>|null $suggestion What the sidecar sent, cleaned; null until it came.
	 * @param array<string, mixed>|null $report     A write-back the sidecar has not heard of yet.
	 */
	private function __construct(
		public readonly int $id,
		public readonly int $attachment_id,
		public readonly string $status,
		public readonly string $priority,
		public readonly string $run_id,
		public readonly int $attempts,
		public readonly int $next_attempt_at,
		public readonly string $error_code,
		public readonly string $error_message,
		public readonly string $image_sha256,
		public readonly string $source_sha256,
		public readonly string $language,
		public readonly string $job_id,
		public readonly string $suggestion_id,
		public readonly string $suggestion_state,
		public readonly int $suggestion_version,
		public readonly ?array $suggestion,
		public readonly ?string $seen_alt,
		public readonly ?array $report,
		public readonly int $created_at,
		public readonly int $updated_at,
	) {}

	/** @param array<string, string|null> $row As Request_Store's SELECT gives it: every value a string. In rows from version 0.1 the texts are in the row itself. */
	public static function from_database( array $row ): self {
		return new self(
			(int) $row['id'],
			(int) $row['attachment_id'],
			(string) $row['status'],
			(string) $row['priority'],
			(string) $row['run_id'],
			(int) $row['attempts'],
			(int) $row['next_attempt_at'],
			(string) $row['error_code'],
			(string) $row['error_message'],
			(string) $row['image_sha256'],
			(string) $row['source_sha256'],
			(string) $row['language'],
			(string) $row['job_id'],
			(string) $row['suggestion_id'],
			(string) $row['suggestion_state'],
			(int) $row['suggestion_version'],
			self::json_object( (string) ( $row['x_suggestion'] ?? $row['suggestion'] ?? '' ) ),
			self::after_mark( (string) ( $row['x_seen_alt'] ?? $row['seen_alt'] ?? '' ) ),
			self::json_object( (string) ( $row['x_report'] ?? $row['report'] ?? '' ) ),
			(int) $row['created_at'],
			(int) $row['updated_at'],
		);
	}

	/** One word for people and for REST: the request's own state until a suggestion is there, then the suggestion's. */
	public function display_status(): string {
		return Request_Status::READY === $this->status && '' !== $this->suggestion_state ? $this->suggestion_state : $this->status;
	}

	/** The language in which its suggestion was asked for, a BCP 47 tag; '' in rows of an earlier version. */
	public function suggested_language(): string {
		$told = $this->suggestion['language'] ?? '';
		return is_string( $told ) && '' !== $told ? $told : $this->language;
	}

	/** Whether the text of its suggestion is the attachment's: the sidecar may not have heard of it yet. */
	public function is_written(): bool {
		$outcome = $this->own_outcome();
		return 'applied' === $outcome || ( 'applied' === $this->suggestion_state && 'undone' !== $outcome );
	}

	/** What the report says of the row's own suggestion; '' where there is no report, or one about another suggestion. */
	public function own_outcome(): string {
		return null !== $this->report && $this->reported_id() === $this->suggestion_id ? (string) $this->report['outcome'] : '';
	}

	/**
	 * The suggestion that the report is about; '' where nobody knows. Reports of earlier versions do not name it: it is the row's,
	 * unless that is in a state in which nothing can have been written for it.
	 */
	public function reported_id(): string {
		$is_another = in_array( $this->report['outcome'] ?? '', array( 'applied', 'conflict' ), true ) && in_array( $this->suggestion_state, array( 'pending', 'rejected', 'superseded' ), true );
		return (string) ( $this->report['suggestion_id'] ?? ( $is_another ? '' : $this->suggestion_id ) );
	}

	/** A text begins with a mark, so that an empty one is not "none". */
	private static function after_mark( string $kept ): ?string {
		return '' === $kept ? null : substr( $kept, 1 );
	}

	/** @return array<string, mixed>|null */
	private static function json_object( string $json ): ?array {
		$value = '' === $json ? null : json_decode( $json, true );
		return is_array( $value ) ? $value : null;
	}
}
