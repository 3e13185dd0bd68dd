<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use RuntimeException;

defined( 'ABSPATH' ) || exit;

/** Stored data whose form is not the one its plugin writes. Which pictures it shows cannot be said. */
final class Unreadable extends RuntimeException {}
