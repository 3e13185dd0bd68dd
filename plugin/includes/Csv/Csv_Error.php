<?php
declare( strict_types=1 );

namespace Altsmith\Csv;

use RuntimeException;

defined( 'ABSPATH' ) || exit;

/** A file cannot be used at all; the message says why and what to do. */
final class Csv_Error extends RuntimeException {}
