<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

/** Where a request is. After READY the suggestion's own state says more. */
final class Request_Status {
	/** Not with the sidecar yet. */
	public const QUEUED = 'queued';
	/** Its backfill is paused. */
	public const HELD = 'held';
	/** The sidecar has a job for it. */
	public const SENT = 'sent';
	/** A suggestion is here. */
	public const READY = 'ready';
	/** Given up; the row says why. A person can ask again. */
	public const FAILED = 'failed';
	/** Not something to caption; the row says why. */
	public const SKIPPED = 'skipped';
	/** The attachment was deleted; the sidecar is told, then the row goes. */
	public const GONE = 'gone';
}
