<?php
declare( strict_types=1 );

namespace Altsmith\Backfill;

defined( 'ABSPATH' ) || exit;

/** One backfill: what it was asked to do, and how far it has come. */
final class Run {
	public const RUNNING   = 'running';
	public const PAUSED    = 'paused';
	public const DONE      = 'done';
	public const CANCELLED = 'cancelled';
	public const UNDONE    = 'undone';

	private function __construct(
		public readonly string $id,
		public readonly string $state,
		public readonly Choices $choices,
		public readonly int $expected,
		public readonly int $position,
		public readonly bool $looked_through,
		public readonly int $started_by,
		public readonly int $created_at,
		public readonly int $finished_at,
	) {}

	/** @param array<string, string|null> $row As the database gives it. */
	public static function from_database( array $row ): self {
		return new self(
			(string) $row['id'],
			(string) $row['state'],
			Choices::from_array( array( 'overwrite' => '1' === (string) $row['overwrite'], 'include_decided' => '1' === (string) $row['include_decided'] ) + (array) json_decode( (string) $row['narrowed'], true ) ),
			(int) $row['expected'],
			(int) $row['position'],
			'1' === (string) $row['looked_through'],
			(int) $row['started_by'],
			(int) $row['created_at'],
			(int) $row['finished_at'],
		);
	}

	public function is_open(): bool {
		return self::RUNNING === $this->state || self::PAUSED === $this->state;
	}
}
