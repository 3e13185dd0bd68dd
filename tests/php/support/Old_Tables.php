<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

use Altsmith\Storage\Schema;

/** The tables of the current site as 0.1.0 left them. DDL commits: nothing of this is rolled back. */
final class Old_Tables {
	/** @param array<int, array<string, mixed>> $suggestions That wait for a person, by attachment; each has a row. */
	public static function make( array $suggestions ): void {
		global $wpdb;
		$t = Schema::requests_table();
		if ( ! in_array( 'suggestion', $wpdb->get_col( "DESCRIBE $t" ), true ) ) {
			$wpdb->query( "ALTER TABLE $t ADD COLUMN suggestion longtext NOT NULL, ADD COLUMN seen_alt longtext NOT NULL, ADD COLUMN report longtext NOT NULL" );
		}
		foreach ( $suggestions as $id => $suggestion ) {
			$wpdb->update( $t, array( 'suggestion' => (string) wp_json_encode( $suggestion ), 'suggestion_state' => 'pending', 'status' => 'ready' ), array( 'attachment_id' => $id ) );
		}
		$keys = array_unique( $wpdb->get_col( "SHOW INDEX FROM $t", 2 ) );
		$new  = array_intersect( array( 'queue', 'standing', 'unreported', 'by_confidence' ), $keys );
		$drop = array_map( static fn( string $key ): string => ", DROP KEY $key", $new );
		$wpdb->query( "ALTER TABLE $t DROP COLUMN suggested_alt, DROP COLUMN words, DROP COLUMN has_report, DROP COLUMN source_sha256, DROP COLUMN language, ADD KEY state_confidence (suggestion_state,confidence)" . implode( '', $drop ) );
		$wpdb->query( 'ALTER TABLE ' . Schema::runs_table() . ' DROP COLUMN IF EXISTS counts, DROP COLUMN IF EXISTS counted_at' );
		$wpdb->query( 'DROP TABLE ' . Schema::texts_table() . ', ' . Schema::pictures_table() );
		delete_option( 'altsmith_table_move' );
		update_option( 'altsmith_schema_version', 2 );
	}
}
