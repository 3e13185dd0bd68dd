<?php
/**
 * Removes everything Altsmith stored, on every site of a network. Alt text, titles and descriptions stay: they are the owner's.
 *
 * @package Altsmith
 */

declare( strict_types=1 );

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/autoload.php';

Altsmith\Storage\Installer::uninstall();
