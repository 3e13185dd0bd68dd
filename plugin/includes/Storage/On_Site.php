<?php
declare( strict_types=1 );

namespace Altsmith\Storage;

defined( 'ABSPATH' ) || exit;

/** Work that is put off to the end of a request belongs to the site of the network that was current when it came up. */
final class On_Site {
	/** Runs a task on a site of the network. */
	public static function run( int $site_id, callable $task ): void {
		if ( get_current_blog_id() === $site_id ) {
			$task();
			return;
		}
		switch_to_blog( $site_id );
		try {
			$task();
		} finally {
			restore_current_blog();
		}
	}
}
