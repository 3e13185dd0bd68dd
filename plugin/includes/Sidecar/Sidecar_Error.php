<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use Altsmith\Writeback\Database_Refusal;
use RuntimeException;
use Throwable;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/** Anything that kept the sidecar from doing what was asked. `$error` is a code of its catalogue, or one of ours below. */
final class Sidecar_Error extends RuntimeException {
	public const NOT_CONFIGURED = 'NOT_CONFIGURED';
	public const UNREACHABLE    = 'UNREACHABLE';
	public const BAD_REPLY      = 'BAD_REPLY';
	/** Another process of this site is at the same thing. */
	public const BUSY = 'BUSY';
	/** A server in between answers instead of the sidecar. */
	public const PROXY_ERROR = 'PROXY_ERROR';
	/** The site may have moved, or be a copy: see Identity\Instance. */
	public const SITE_IN_DOUBT = 'SITE_IN_DOUBT';
	/** Something on this site threw: see of_this_site(). */
	public const SITE_ERROR = 'SITE_ERROR';
	/** Another program at that address, or a proxy that knows nothing of it. */
	public const NOT_A_SIDECAR  = 'NOT_A_SIDECAR';
	/** WordPress's AI plugin lets only approved plugins reach the address of a provider. */
	public const NOT_APPROVED = 'NOT_APPROVED';

	/**
	 * @param string $error       A machine-readable code.
	 * @param string $message     A sentence for people.
	 * @param int    $status      HTTP status, or 0 when there was no answer.
	 * @param bool   $retryable   Whether the very same request can succeed later.
	 * @param int    $retry_after Seconds the sidecar asked us to wait; 0 when it did not.
	 * @param bool   $is_of_all   Whether it is about no single image.
	 * @param array<string, mixed> $details What the sidecar said besides.
	 */
	public function __construct(
		public readonly string $error,
		string $message,
		public readonly int $status = 0,
		public readonly bool $retryable = false,
		public readonly int $retry_after = 0,
		private readonly bool $is_of_all = false,
		public readonly array $details = array(),
	) {
		parent::__construct( $message );
	}

	/** Code of this site went wrong: of a plugin, a theme, or ours. */
	public static function of_this_site( Throwable $error ): self {
		if ( $error instanceof Database_Refusal ) {
			return new self( 'DATABASE_REFUSED', $error->getMessage(), -1, true );
		}
		/* translators: 1: kind of error, 2: what PHP or a plugin said */
		$sentence = sprintf( __( 'Code on this site failed (%1$s): %2$s', 'altsmith' ), get_class( $error ), $error->getMessage() );
		return new self( self::SITE_ERROR, sanitize_text_field( mb_substr( $sentence, 0, 500 ) ), -1, true );
	}

	/** An answer, or a part of one, is not what Reply_Schema says. */
	public static function of_form( WP_Error $why, int $status ): self {
		/* translators: %s: which part of the answer is wrong */
		return new self( self::BAD_REPLY, sprintf( __( 'The sidecar answered in a form this plugin does not know (%s). Are both on the same version?', 'altsmith' ), $why->get_error_message() ), $status );
	}

	/** The sidecar answers that it has no such thing: it never had it, or its data is not what it was. */
	public function is_unknown(): bool {
		return 404 === $this->status && 'NOT_FOUND' === $this->error;
	}

	/** True when the trouble is with the sidecar, the way to it or the key, not with this one image: then every other request waits too. */
	public function concerns_all(): bool {
		return $this->is_of_all || self::NOT_A_SIDECAR === $this->error
			|| ( in_array( $this->status, array( 0, 401, 403, 408, 429, 502, 503, 504 ), true ) && self::BAD_REPLY !== $this->error );
	}

	/** The same, of a request that is about no image: whatever is wrong with it is wrong for all of them. */
	public function of_all(): self {
		return new self( $this->error, $this->getMessage(), $this->status, true, $this->retry_after, true, $this->details );
	}

	/**
	 * Whether the error came from between this site and the sidecar: another server answered, the connection broke, or it timed
	 * out. The image that met it is tried again after the others.
	 */
	public function is_of_the_way(): bool {
		return in_array( $this->error, array( self::PROXY_ERROR, self::NOT_A_SIDECAR, self::UNREACHABLE ), true );
	}
}
