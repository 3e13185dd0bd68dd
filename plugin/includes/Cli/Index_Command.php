<?php
declare( strict_types=1 );

namespace Altsmith\Cli;

use Altsmith\Placements\Placement_Scan;
use Altsmith\Storage\Library_Index;
use Altsmith\Storage\Picture_Store;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/** The list of posts that show each image. */
final class Index_Command {
	public function __construct( private readonly Placement_Scan $scan ) {}

	/**
	 * Reads every post and every image again: after an import, a restored backup, or any other change that WordPress did not make itself.
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function rebuild( array $args, array $options ): void {
		Placement_Scan::start_over();
		Library_Index::start_over();
		( new Picture_Store() )->doubt_all(); // Background runs look at them.
		$idle = 0;
		do {
			$done = $this->scan->run( 10.0 );
			$idle = $done || Placement_Scan::state()['read'] > 0 ? 0 : $idle + 1;
			if ( $idle > 0 ) {
				sleep( 1 ); // Another process reads; its lock is good for a minute.
			}
		} while ( ! $done && $idle < 90 );
		if ( ! $done ) {
			WP_CLI::error( 'Another process holds the index. Try again in a minute.' );
		}
		while ( ! ( new Library_Index() )->read_all() ) {
			sleep( 1 );
		}
		WP_CLI::success( sprintf( '%d posts read.', Placement_Scan::state()['read'] ) );
	}
}
