<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use RuntimeException;

defined( 'ABSPATH' ) || exit;

/** A change to a post's content that was worked out and then refused. Nothing has been written. */
final class Rewrite_Error extends RuntimeException {}
