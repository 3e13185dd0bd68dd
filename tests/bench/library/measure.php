<?php
/** How long the requests of the screens take inside WordPress, and how many queries they make. Prints a table. */

declare( strict_types=1 );

global $wpdb;
Altsmith\On_Demand::load();
wp_set_current_user( 1 );
$rest = static function ( string $method, string $route, array $parameters = array() ): mixed {
	$request = new WP_REST_Request( $method, "/altsmith/v1/$route" );
	$request->set_query_params( $parameters );
	return rest_get_server()->dispatch( $request )->get_data();
};
$store = new Altsmith\Storage\Request_Store();
$first = (int) $wpdb->get_var( "SELECT MIN(ID) FROM $wpdb->posts WHERE post_type = 'attachment'" );
$query = static fn( string $state ): WP_Query => new WP_Query( array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'posts_per_page' => 20, 'altsmith_state' => $state ) );
// What WordPress does for the grid of the library, by admin-ajax.
$grid  = static function ( string $state ): array {
	$_REQUEST['query'] = array( 'altsmith_state' => $state );
	$query             = apply_filters( 'ajax_query_attachments_args', array( 'post_type' => 'attachment', 'post_status' => 'inherit', 'posts_per_page' => 80 ) );
	return array_map( 'wp_prepare_attachment_for_js', ( new WP_Query( $query ) )->posts );
};
$began = hrtime( true );
// A background run of the site may be at it.
while ( ! ( new Altsmith\Storage\Library_Index() )->read_all( 600.0 ) ) {
	usleep( 200000 );
}
if ( ! Altsmith\Storage\Library_Index::is_ready() ) {
	throw new RuntimeException( 'the index of the library is not ready' );
}
printf( "%-30s %8.1f ms once, in steps\n", 'index of the whole library', ( hrtime( true ) - $began ) / 1e6 );
$tasks = array(
	'review page of 20'             => static fn() => $rest( 'GET', 'suggestions', array( 'state' => array( 'pending', 'conflict' ), 'per_page' => 20 ) ),
	'review page of 100'            => static fn() => $rest( 'GET', 'suggestions', array( 'state' => array( 'pending', 'conflict' ), 'per_page' => 100 ) ),
	'review page of 100, last'      => static fn() => $rest( 'GET', 'suggestions', array( 'state' => array( 'pending' ), 'per_page' => 100, 'page' => 200 ) ),
	'by confidence, of 20'          => static fn() => $rest( 'GET', 'suggestions', array( 'state' => array( 'pending' ), 'per_page' => 20, 'orderby' => 'confidence', 'order' => 'desc' ) ),
	'search "boat"'                 => static fn() => $rest( 'GET', 'suggestions', array( 'search' => 'boat', 'per_page' => 20 ) ),
	'search without a hit'          => static fn() => $rest( 'GET', 'suggestions', array( 'search' => 'zeppelin', 'per_page' => 20 ) ),
	'status poll'                   => static fn() => $rest( 'GET', 'status' ),
	'heartbeat, nothing to do'      => static fn() => $store->has_open_work(),
	'library: no filter'            => static fn() => $query( '' ),
	'library: alt text missing'     => static fn() => $query( 'missing' ),
	'library: needs review'         => static fn() => $query( 'pending' ),
	'grid of 80: no filter'         => static fn() => $grid( '' ),
	'grid of 80: alt text missing'  => static fn() => $grid( 'missing' ),
	'grid of 80: needs review'      => static fn() => $grid( 'pending' ),
	'counts, when asked again'      => static fn() => ( new Altsmith\Storage\Library_Counts() )->all(),
	'counts of the whole library'   => static function (): void {
		delete_transient( 'altsmith_library_counts' );
		( new Altsmith\Storage\Library_Counts() )->all();
	},
	'dry run over the whole library' => static fn() => $rest( 'GET', 'backfill', array( '_fields' => 'preview' ) ),
	'what a background run asks'    => static fn() => array( $store->due( 20 ), $store->overdue( 20 ), $store->unreported( 200 ), $store->unwritten( 200 ) ),
	'one image'                     => static fn() => $rest( 'GET', 'attachments/' . ( $first + 5 ) ),
);
foreach ( $tasks as $name => $task ) {
	$times = array();
	for ( $i = 0; $i < 7; $i++ ) {
		wp_cache_flush();
		wp_load_alloptions();
		$before = $wpdb->num_queries;
		$began  = hrtime( true );
		$task();
		$times[] = ( hrtime( true ) - $began ) / 1e6;
		$queries = $wpdb->num_queries - $before;
	}
	sort( $times );
	printf( "%-30s %8.1f ms median %8.1f most %5d queries\n", $name, $times[3], $times[6], $queries );
}

// Ten runs that took twenty thousand images each, and one decision since.
$runs = new Altsmith\Storage\Run_Store();
for ( $run = 0; $run < 10; $run++ ) {
	$runs->create( "run_$run", Altsmith\Backfill\Choices::from_array( array() ), 20000, 1 );
	$runs->move( "run_$run", array( 'running' ), 'done' );
	$wpdb->query( "INSERT INTO {$wpdb->prefix}altsmith_run_items (run_id, attachment_id, reason) SELECT 'run_$run', $first + seq, '' FROM seq_0_to_19999" );
}
$history = static function ( string $name, callable $before ) use ( $rest, $wpdb ): void {
	$times = array();
	for ( $i = 0; $i < 5; $i++ ) {
		$before();
		wp_cache_flush();
		wp_load_alloptions();
		$queries = $wpdb->num_queries;
		$began   = hrtime( true );
		$rest( 'GET', 'backfill', array( '_fields' => 'history' ) );
		$times[] = ( hrtime( true ) - $began ) / 1e6;
	}
	sort( $times );
	printf( "%-30s %8.1f ms median %8.1f most %5d queries\n", $name, $times[2], $times[4], $wpdb->num_queries - $queries );
};
$history( 'history, counted anew', static fn() => $wpdb->query( "UPDATE {$wpdb->prefix}altsmith_runs SET counts = ''" ) );
$history( 'history of ten runs', static fn() => null );
$history( 'history after a decision', static fn() => $store->change( $first + 3, array( 'suggestion_state' => 'rejected' ) ) );

// A backfill: how quickly the library goes into the queue. What was fed counts as sent, so that there is room for the next.
define( 'SAVEQUERIES', true );
$feeder = new Altsmith\Backfill\Feeder( $runs, $store, new Altsmith\Settings() );
$runs->create( 'run_of_the_bench', Altsmith\Backfill\Choices::from_array( array() ), 0, 1 );
$began   = hrtime( true );
$longest = 0.0;
while ( $feeder->feed() && hrtime( true ) - $began < 20e9 ) {
	$longest       = max( $longest, ...array_column( $wpdb->queries, 1 ) );
	$wpdb->queries = array();
	$wpdb->update( $wpdb->prefix . 'altsmith_requests', array( 'status' => 'sent' ), array( 'run_id' => 'run_of_the_bench', 'status' => 'queued' ) );
	wp_cache_flush_runtime();
}
$seconds = ( hrtime( true ) - $began ) / 1e9;
$looked  = (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}altsmith_run_items WHERE run_id = 'run_of_the_bench'" );
printf( "%-30s %8.0f images looked at a second, %d in %.0f s; longest query %.0f ms; %d MB of memory\n", 'backfill', $looked / $seconds, $looked, $seconds, 1000 * $longest, memory_get_peak_usage( true ) / 1048576 );
