<?php
/** A library of 100,000 attachments with 40,000 suggestions, made by the database itself: uploading them would take days. */

declare( strict_types=1 );

global $wpdb;
$images   = (int) getenv( 'BENCH_IMAGES' );
$requests = (int) getenv( 'BENCH_REQUESTS' );
$t        = $wpdb->prefix . 'altsmith_requests';
$words    = array( 'cat', 'red boat', 'street in the rain', 'woman with a hat', 'mountain', 'café table', 'two dogs', 'bowl of fruit' );
$first    = (int) $wpdb->get_var( "SELECT COALESCE( MAX(ID), 0 ) FROM $wpdb->posts" ) + 1;
$wpdb->query( "INSERT INTO $wpdb->posts (ID, post_author, post_date, post_date_gmt, post_content, post_title, post_excerpt, post_status, post_name, post_modified, post_modified_gmt, to_ping, pinged, post_content_filtered, post_type, post_mime_type, guid)
	SELECT $first + seq, 1, NOW(), NOW(), '', CONCAT('IMG_', seq), '', 'inherit', CONCAT('img-', seq), NOW(), NOW(), '', '', '', 'attachment', 'image/jpeg', CONCAT('http://127.0.0.1/img-', seq, '.jpg') FROM seq_0_to_" . ( $images - 1 ) );
$wpdb->query( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) SELECT $first + seq, '_wp_attached_file', CONCAT('2026/11/img-', seq, '.jpg') FROM seq_0_to_" . ( $images - 1 ) );
$wpdb->query( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) SELECT $first + seq, '_wp_attachment_metadata', 'a:5:{s:5:\"width\";i:800;s:6:\"height\";i:600;s:4:\"file\";s:12:\"2026/11/x.jpg\";s:5:\"sizes\";a:0:{}s:8:\"filesize\";i:1;}' FROM seq_0_to_" . ( $images - 1 ) );
$wpdb->query( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) SELECT $first + seq, '_wp_attachment_image_alt', CONCAT('by hand ', seq) FROM seq_0_to_" . ( $images - 1 ) . ' WHERE seq % 3 = 2' );
$suggestion = static fn( string $text, int $n ): array => array(
	'id' => "sug_$n", 'version' => 1, 'state' => 'pending',
	'fields' => array( 'alt_text' => "$text number $n", 'title' => 'A title', 'caption' => null, 'description' => str_repeat( 'A description. ', 30 ), 'keywords' => array( 'a', 'b' ), 'file_name' => 'x.jpg' ),
	'alternatives' => array( "another $text", str_repeat( 'a longer one ', 20 ) ), 'confidence' => ( $n % 100 ) / 100, 'flags' => array(), 'model' => array( 'id' => 'blip-base', 'precision' => 'int8', 'demonstration' => false ),
	'current' => array( 'alt_text' => '' ), 'values' => null, 'reason' => '', 'decided_by' => null, 'decided_at' => null, 'created_at' => '2026-11-01T00:00:00.000Z', 'job_id' => "job_$n", 'run_id' => null,
);
$states = array( 'pending', 'pending', 'pending', 'pending', 'pending', 'applied', 'applied', 'rejected', 'conflict', 'superseded' );
for ( $from = 0; $from < $requests; $from += 500 ) {
	$rows = array();
	$more = array();
	for ( $n = $from; $n < $from + 500; $n++ ) {
		$one    = $suggestion( $words[ $n % count( $words ) ], $n );
		$rows[] = $wpdb->prepare( '(%d, %s, %s, %s, %s, %s, 1, %f, %s, %s, %s, %d, %d)', $first + $n, 'ready', 'job_' . $n, str_repeat( 'a', 64 ), $one['id'], $states[ $n % 10 ], $one['confidence'], $one['fields']['alt_text'], "IMG_$n img-$n.jpg", '', 1760000000 + $n, 1760000000 + $n );
		$more[] = $wpdb->prepare( "(%d, %s, '', '')", $first + $n, wp_json_encode( $one ) );
	}
	$wpdb->query( "INSERT INTO $t (attachment_id, status, job_id, image_sha256, suggestion_id, suggestion_state, suggestion_version, confidence, suggested_alt, words, error_message, created_at, updated_at) VALUES " . implode( ',', $rows ) );
	$wpdb->query( "INSERT INTO {$wpdb->prefix}altsmith_texts (attachment_id, suggestion, seen_alt, report) VALUES " . implode( ',', $more ) );
}
$wpdb->query( "ANALYZE TABLE $wpdb->posts, $wpdb->postmeta, $t" );
