<?php
// php search-replace.php WP_DIR FROM TO   -- in every column of text of every table, also inside serialised values
list( , $dir, $from, $to ) = $argv;
define( 'SHORTINIT', true );
require $dir . '/wp-load.php';

function replaced( mixed $value, string $from, string $to ): mixed {
	if ( is_array( $value ) ) {
		return array_map( fn( $one ) => replaced( $one, $from, $to ), $value );
	}
	if ( ! is_string( $value ) ) {
		return $value;
	}
	$inner = @unserialize( $value, array( 'allowed_classes' => false ) );
	if ( is_array( $inner ) || is_string( $inner ) ) {
		return serialize( replaced( $inner, $from, $to ) );
	}
	// Blocks and stored JSON have escaped slashes.
	return str_replace( array( $from, str_replace( '/', '\/', $from ) ), array( $to, str_replace( '/', '\/', $to ) ), $value );
}

$count = 0;
foreach ( $wpdb->get_col( 'SHOW TABLES' ) as $table ) {
	$keys = $wpdb->get_col( "SHOW KEYS FROM $table WHERE Key_name = 'PRIMARY'", 4 );
	foreach ( $wpdb->get_results( "SELECT * FROM $table", ARRAY_A ) as $row ) {
		$new = array_map( fn( $value ) => replaced( $value, $from, $to ), $row );
		if ( $new !== $row ) {
			$count += (int) $wpdb->update( $table, array_diff_assoc( $new, $row ), array_intersect_key( $row, array_flip( $keys ) ) );
		}
	}
}
echo $count;
