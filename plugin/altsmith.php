<?php
/**
 * Plugin Name:       Altsmith
 * Description:       Suggests alt text for your images with a program on your own machine, the sidecar. Nothing is published until it has been approved.
 * Version:           1.0.0-rc.1
 * Requires at least: 6.5
 * Requires PHP:      8.1
 * Author:            Altsmith contributors
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       altsmith
 * Domain Path:       /languages
 *
 * @package Altsmith
 */

declare( strict_types=1 );

defined( 'ABSPATH' ) || exit;

define( 'ALTSMITH_VERSION', '1.0.0-rc.1' );
define( 'ALTSMITH_FILE', __FILE__ );
/** Version of the tables: raise it with every change of the statements in Storage\Schema. */
define( 'ALTSMITH_SCHEMA', 10 );

require_once __DIR__ . '/includes/autoload.php';

register_activation_hook( __FILE__, array( Altsmith\Storage\Installer::class, 'activate' ) );
register_activation_hook( __FILE__, array( Altsmith\Admin\Start_Page::class, 'activated' ) );
register_deactivation_hook( __FILE__, array( Altsmith\Storage\Installer::class, 'deactivate' ) );

Altsmith\On_Demand::register();
