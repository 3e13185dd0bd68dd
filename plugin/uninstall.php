<?php
/**
 * Removes everything Altsmith stored, on every site of a network. Alt text, titles and descriptions stay: they are the owner's.
 *
 * @package Altsmith
 */

declare( strict_types=1 );

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/Storage/Installer.php';
require_once __DIR__ . '/includes/Storage/Schema.php';
require_once __DIR__ . '/includes/Placements/Placement_Table.php';
require_once __DIR__ . '/includes/Plugin.php';
require_once __DIR__ . '/includes/Review/Reviewer.php';
require_once __DIR__ . '/includes/Sync/Schedule.php';

Altsmith\Storage\Installer::uninstall();
