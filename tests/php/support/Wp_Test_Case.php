<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

use Altsmith\On_Demand;
use PHPUnit\Framework\TestCase;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

/**
 * A test on the live database, rolled back afterwards. HTTP never leaves the process: answers are canned, and a request
 * nobody expected is an error.
 */
abstract class Wp_Test_Case extends TestCase {
	/** WordPress lives in globals (closures, a database handle): they cannot be copied. */
	protected $backupGlobals = false;

	/** @var (callable(string, array<string, mixed>): (array<string, mixed>|WP_Error))|null */
	protected $http = null;

	/** @var array<int, array{0: string, 1: array<string, mixed>}> Address and arguments of each request. */
	protected array $requests = array();

	/** @var int[] */
	private array $attachments = array();

	/** @var array<string, \WP_Hook> What was hooked before the test. */
	private array $hooks = array();

	protected function setUp(): void {
		global $wpdb;
		On_Demand::load(); // As in wp-admin, cron and WP-CLI: a test fires hooks of all of them.
		wp_cache_flush();
		$wpdb->query( 'SET autocommit = 0' );
		$wpdb->query( 'START TRANSACTION' );
		$this->keep_hooks();
		add_filter( 'pre_http_request', array( $this, 'answer' ), 1, 3 );
	}

	protected function tearDown(): void {
		global $wpdb;
		wp_set_current_user( 0 );
		remove_filter( 'pre_http_request', array( $this, 'answer' ), 1 );
		foreach ( $this->attachments as $id ) {
			wp_delete_attachment( $id, true ); // For the files; the rows go with the rollback anyway.
		}
		$wpdb->query( 'ROLLBACK' );
		wp_cache_flush();
		// A filter that a test adds is not for the next one.
		$GLOBALS['wp_filter'] = $this->hooks; // phpcs:ignore WordPress.WP.GlobalVariablesOverride -- as it was
		remove_filter( 'pre_http_request', array( $this, 'answer' ), 1 );
	}

	private function keep_hooks(): void {
		$this->hooks = array_map( static fn( \WP_Hook $hook ): \WP_Hook => clone $hook, $GLOBALS['wp_filter'] );
	}

	public function answer( mixed $given, array $arguments, string $url ): mixed {
		$this->requests[] = array( $url, $arguments );
		return null === $this->http ? new WP_Error( 'http_request_failed', "a test asked for $url" ) : ( $this->http )( $url, $arguments );
	}

	/** @param array<mixed> $body */
	protected function json( array $body, int $status = 200 ): array {
		return array(
			'headers'  => array( 'content-type' => 'application/json' ),
			'body'     => (string) wp_json_encode( $body ),
			'response' => array( 'code' => $status, 'message' => '' ),
			'cookies'  => array(),
		);
	}

	/** @param string $login admin, editor, author, subscriber, or '' for a visitor. */
	protected function become( string $login ): void {
		$user = '' === $login ? null : get_user_by( 'login', $login );
		self::assertNotFalse( $user, "there is no user $login" );
		wp_set_current_user( null === $user ? 0 : $user->ID );
	}

	/** @param array<string, mixed> $parameters */
	protected function rest( string $method, string $route, array $parameters = array(), string $as = 'admin' ): WP_REST_Response {
		$this->become( $as );
		$request = new WP_REST_Request( $method, $route );
		if ( 'GET' === $method ) {
			$request->set_query_params( $parameters );
		} else {
			$request->set_header( 'Content-Type', 'application/json' );
			$request->set_body( (string) wp_json_encode( (object) $parameters ) );
		}
		return rest_get_server()->dispatch( $request );
	}

	/** For what only an admin page does. It stays loaded for the tests that follow, so these are the last suite. */
	protected function needs_wp_admin(): void {
		require_once ABSPATH . 'wp-admin/includes/admin.php';
		$this->keep_hooks();
	}

	/** An image of our own making in the library, with its sub-sizes on disk. */
	protected function upload( string $name = 'photo', int $width = 640, int $height = 400 ): int {
		$image = imagecreatetruecolor( $width, $height );
		imagefilledellipse( $image, intdiv( $width, 2 ), intdiv( $height, 2 ), intdiv( $width, 3 ), intdiv( $height, 3 ), 0xff8800 );
		$file = wp_upload_dir()['path'] . "/$name-" . bin2hex( random_bytes( 4 ) ) . '.jpg';
		imagejpeg( $image, $file );
		return $this->attach( $file );
	}

	/** What media_handle_sideload() does, out of functions that are there on every request. */
	protected function attach( string $file, string $type = 'image/jpeg', int $import_id = 0 ): int {
		$title = pathinfo( $file, PATHINFO_FILENAME );
		$id    = wp_insert_attachment( array( 'import_id' => $import_id, 'post_title' => $title, 'post_mime_type' => $type, 'guid' => wp_upload_dir()['url'] . '/' . basename( $file ) ), $file, 0, true );
		self::assertIsInt( $id );
		$this->attachments[] = $id;
		$this->make_sizes( $id );
		return $id;
	}

	/** Makes the sub-sizes again, as an upload, a regeneration and an image editor do. */
	protected function make_sizes( int $id ): void {
		clearstatcache();
		$file     = (string) get_attached_file( $id );
		$size     = wp_getimagesize( $file );
		$metadata = array( 'width' => (int) ( $size[0] ?? 0 ), 'height' => (int) ( $size[1] ?? 0 ), 'file' => _wp_relative_upload_path( $file ), 'sizes' => array() );
		$editor   = wp_get_image_editor( $file );
		if ( ! is_wp_error( $editor ) ) {
			$metadata['sizes'] = $editor->multi_resize( apply_filters( 'intermediate_image_sizes_advanced', wp_get_registered_image_subsizes(), $metadata, $id ) );
		}
		wp_update_attachment_metadata( $id, apply_filters( 'wp_generate_attachment_metadata', $metadata, $id, 'create' ) );
	}

	protected function alt_text( int $attachment_id ): string {
		return (string) get_post_meta( $attachment_id, '_wp_attachment_image_alt', true );
	}
}
