<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Rest;

use Altsmith\Tests\Support\Sidecar_Test_Case;
use WP_Error;

/** Every route the server reports, for every kind of person. A route that is not in the table below fails the test. */
final class Route_RightsTest extends Sidecar_Test_Case {
	private const NOBODY = array();
	private const ADMIN  = array( 'admin' );
	private const ALL_IMAGES = array( 'editor', 'admin' );
	/** May edit the image in question; "owner" is an author, of this very image. */
	private const THIS_IMAGE = array( 'owner', 'editor', 'admin' );
	private const UPLOADERS  = array( 'author', 'owner', 'editor', 'admin' );

	/** Who may call what, and with what body. IMAGE and SUGGESTION stand for ids. */
	private const RIGHTS = array(
		'GET /altsmith/v1'                                       => array( null, array() ),
		'GET /altsmith/v1/status'                                => array( self::UPLOADERS, array() ),
		'GET /altsmith/v1/model'                                 => array( self::UPLOADERS, array() ),
		'POST /altsmith/v1/connection'                           => array( self::ADMIN, array() ),
		'GET /altsmith/v1/instance'                              => array( self::ADMIN, array() ),
		'POST /altsmith/v1/instance'                             => array( self::ADMIN, array( 'answer' => 'moved' ) ),
		'POST /altsmith/v1/sync'                                 => array( self::UPLOADERS, array() ),
		'POST /altsmith/v1/work'                                 => array( self::NOBODY, array() ),
		'POST /altsmith/v1/webhook'                              => array( self::NOBODY, array() ),
		'GET /altsmith/v1/backfill'                              => array( self::ALL_IMAGES, array() ),
		'POST /altsmith/v1/backfill'                             => array( self::ALL_IMAGES, array( 'action' => 'start' ) ),
		'GET /altsmith/v1/translation'                           => array( self::ALL_IMAGES, array() ),
		'POST /altsmith/v1/translation'                          => array( self::ALL_IMAGES, array( 'action' => 'pause' ) ),
		'POST /altsmith/v1/suggestions/SUGGESTION/translation'   => array( self::THIS_IMAGE, array( 'source' => 'a cat' ) ),
		'POST /altsmith/v1/attachments/IMAGE/question'           => array( self::THIS_IMAGE, array( 'question' => 'Is it a cat?' ) ),
		'POST /altsmith/v1/attachments/IMAGE/frames'             => array( self::THIS_IMAGE, array( 'duration' => 1, 'frames' => array( array( 'at' => 0, 'image' => 'aaaa' ) ) ) ),
		'GET /altsmith/v1/attachments/IMAGE'                     => array( self::THIS_IMAGE, array() ),
		'POST /altsmith/v1/attachments/IMAGE/request'            => array( self::THIS_IMAGE, array() ),
		'GET /altsmith/v1/attachments/IMAGE/placements'          => array( self::THIS_IMAGE, array() ),
		'POST /altsmith/v1/attachments/IMAGE/placements/preview' => array( self::THIS_IMAGE, array( 'keys' => array( '1-0-0123456789abcdef' ) ) ),
		'POST /altsmith/v1/attachments/IMAGE/placements/apply'   => array( self::THIS_IMAGE, array( 'keys' => array( '1-0-0123456789abcdef' ), 'text' => 'x' ) ),
		'POST /altsmith/v1/attachments/IMAGE/placements/undo'    => array( self::THIS_IMAGE, array( 'change_id' => '00000000-0000-4000-8000-000000000000' ) ),
		'GET /altsmith/v1/audit'                                 => array( self::ALL_IMAGES, array() ),
		'POST /altsmith/v1/audit'                                => array( self::ALL_IMAGES, array( 'action' => 'cancel' ) ),
		'POST /altsmith/v1/csv'                                  => array( self::ALL_IMAGES, array( 'csv' => "attachment_id,file,alt_text,new_alt_text\n" ) ),
		'GET /altsmith/v1/images'                                => array( self::UPLOADERS, array( 'ids' => array( 1 ) ) ),
		'GET /altsmith/v1/failed'                                => array( self::UPLOADERS, array() ),
		'POST /altsmith/v1/failed/retry'                         => array( self::UPLOADERS, array() ),
		'GET /altsmith/v1/health/service'                        => array( self::ADMIN, array() ),
		'GET /altsmith/v1/matching'                              => array( self::UPLOADERS, array() ),
		'GET /altsmith/v1/suggestions'                           => array( self::UPLOADERS, array() ),
		'POST /altsmith/v1/suggestions/SUGGESTION/decision'      => array( self::THIS_IMAGE, array( 'action' => 'approve', 'version' => 1, 'seen' => '' ) ),
		'GET /altsmith/v1/suggestions/SUGGESTION/poster'         => array( self::THIS_IMAGE, array() ),
		'POST /altsmith/v1/suggestions/SUGGESTION/undo'          => array( self::THIS_IMAGE, array() ),
		'POST /altsmith/v1/suggestions/SUGGESTION/pass'          => array( self::THIS_IMAGE, array() ),
		'POST /altsmith/v1/preferences'                          => array( self::UPLOADERS, array( 'shortcuts' => array( 'on' => true ) ) ),
		'POST /altsmith/v1/decisions'                            => array( self::UPLOADERS, array( 'decisions' => array( array( 'suggestion_id' => 'SUGGESTION', 'action' => 'approve', 'version' => 1, 'seen' => '' ) ) ) ),
	);

	private const PEOPLE = array( '', 'subscriber', 'contributor', 'author', 'owner', 'editor', 'admin' );

	/** On a network, where "admin" administers all sites: an administrator of this site alone, and one of another site alone. */
	private const ON_A_NETWORK = array( 'site_admin', 'stranger' );

	/** What on a network its administrators alone may do; Site Health is theirs by WordPress's own rule. */
	private const OF_THE_NETWORK = array( 'GET /altsmith/v1/instance', 'POST /altsmith/v1/instance', 'GET /altsmith/v1/health/service' );

	/** @return string[] */
	private static function everybody(): array {
		return is_multisite() ? array_merge( self::PEOPLE, self::ON_A_NETWORK ) : self::PEOPLE;
	}

	/** @param string[] $allowed */
	private static function may( string $who, string $route, array $allowed ): bool {
		return in_array( 'site_admin' === $who ? 'admin' : $who, $allowed, true ) && ( 'site_admin' !== $who || ! in_array( $route, self::OF_THE_NETWORK, true ) );
	}

	protected function setUp(): void {
		parent::setUp();
		foreach ( array( 'contributor' => 'contributor', 'owner' => 'author' ) as $login => $role ) {
			wp_insert_user( array( 'user_login' => $login, 'user_pass' => 'x', 'user_email' => "$login@example.test", 'role' => $role ) );
		}
		if ( is_multisite() ) {
			wp_insert_user( array( 'user_login' => 'site_admin', 'user_pass' => 'x', 'user_email' => 'site_admin@example.test', 'role' => 'administrator' ) );
			$stranger = wp_insert_user( array( 'user_login' => 'stranger', 'user_pass' => 'x', 'user_email' => 'stranger@example.test', 'role' => '' ) );
			update_user_meta( $stranger, $GLOBALS['wpdb']->get_blog_prefix( 2 ) . 'capabilities', array( 'administrator' => true ) );
		}
	}

	protected function tearDown(): void {
		$GLOBALS['wp_rest_auth_cookie'] = null;
		unset( $_SERVER['HTTP_X_WP_NONCE'] );
		parent::tearDown();
	}

	public function test_the_table_knows_every_route_of_the_server(): void {
		$missing = array_diff( $this->routes(), array_keys( self::RIGHTS ) );
		self::assertSame( array(), array_values( $missing ), 'say in this test who may call it' );
	}

	/** @dataProvider people */
	public function test_only_those_who_may_get_through( string $who ): void {
		foreach ( array_intersect_key( self::RIGHTS, array_flip( $this->routes() ) ) as $route => list( $allowed, $body ) ) {
			if ( null === $allowed ) {
				continue; // WordPress's own list of routes, open to all.
			}
			$row = $this->suggested( 'A cat ' . $route, 'owner' );
			$this->sidecar->asked = array();
			list( $method, $path ) = explode( ' ', strtr( $route, array( 'IMAGE' => (string) $row->attachment_id, 'SUGGESTION' => $row->suggestion_id ) ) );
			$body   = json_decode( str_replace( 'SUGGESTION', $row->suggestion_id, (string) wp_json_encode( $body ) ), true );
			$status = $this->rest( $method, $path, $body, $who )->get_status();
			$denied = in_array( $status, array( 401, 403, 404 ), true );
			// An undo of something that never was is a 404 for those who may ask, and so is the poster of an image.
			$is_absent = 404 === $status && ( str_ends_with( $path, '/placements/undo' ) || str_ends_with( $path, '/poster' ) ) && self::may( $who, $route, $allowed );
			self::assertSame( self::may( $who, $route, $allowed ), ! $denied || $is_absent, "$who $route gave $status" );
			if ( $denied && ! $is_absent ) {
				self::assertSame( '' === $who ? 401 : $status, $status, "$route: a visitor is asked to log in" );
				self::assertSame( array(), $this->sidecar->asked, "$who $route: nothing was asked of the sidecar" );
				self::assertNull( $this->stored_alt( $row->attachment_id ), "$who $route: nothing was written" );
			}
		}
	}

	/** @return array<string, array{0: string}> */
	public static function people(): array {
		return array_combine( array_map( static fn( string $who ): string => '' === $who ? 'a visitor' : $who, self::everybody() ), array_map( static fn( string $who ): array => array( $who ), self::everybody() ) );
	}

	/**
	 * A page of somebody else's that uses the person's cookies has no nonce: WordPress then takes them for nobody.
	 *
	 * @dataProvider people
	 */
	public function test_cookies_without_a_nonce_are_nobodys( string $who ): void {
		$this->become( $who );
		$GLOBALS['wp_rest_auth_cookie'] = true;
		$without = rest_get_server()->check_authentication();
		self::assertSame( 0, get_current_user_id() );
		self::assertNotInstanceOf( WP_Error::class, $without );

		$this->become( $who );
		$GLOBALS['wp_rest_auth_cookie'] = true;
		$_SERVER['HTTP_X_WP_NONCE']     = 'forged-nonce';
		$forged = rest_get_server()->check_authentication();
		self::assertInstanceOf( WP_Error::class, $forged );
		self::assertSame( 'rest_cookie_invalid_nonce', $forged->get_error_code() );

		$this->become( $who );
		$GLOBALS['wp_rest_auth_cookie'] = true;
		$_SERVER['HTTP_X_WP_NONCE']     = wp_create_nonce( 'wp_rest' );
		$before = get_current_user_id();
		// Silenced: WordPress sends a fresh nonce in a header, and PHPUnit has printed something already.
		self::assertNotInstanceOf( WP_Error::class, @rest_get_server()->check_authentication() );
		self::assertSame( $before, get_current_user_id() );
	}

	public function test_no_route_writes_on_a_get(): void {
		$reading = array_filter( $this->routes(), static fn( string $route ): bool => str_starts_with( $route, 'GET ' ) );
		$row     = $this->suggested( 'A cat', 'owner' );
		$before  = array( $this->row( $row->attachment_id ), $this->sidecar->suggestions );
		foreach ( $reading as $route ) {
			list( $method, $path ) = explode( ' ', strtr( $route, array( 'IMAGE' => (string) $row->attachment_id, 'SUGGESTION' => $row->suggestion_id ) ) );
			$this->sidecar->asked  = array();
			$this->rest( $method, $path, self::RIGHTS[ $route ][1], 'admin' );
			// Site Health and the review screen ask by GET, and ask how the sidecar is.
			$asks = str_contains( $route, '/health/' ) || str_ends_with( $route, '/v1/model' );
			self::assertSame( $asks ? array( 'GET /v1/status' ) : array(), $this->sidecar->asked, $route );
		}
		self::assertEquals( $before, array( $this->row( $row->attachment_id ), $this->sidecar->suggestions ) );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
	}

	public function test_in_a_bulk_of_decisions_other_peoples_images_are_left_alone(): void {
		$theirs = $this->suggested( 'theirs', 'admin' );
		$mine   = $this->suggested( 'mine', 'owner' );
		$one    = static fn( string $id ): array => array( 'suggestion_id' => $id, 'action' => 'approve', 'version' => 1, 'seen' => '' );
		$answer = $this->call( 'POST', 'decisions', array( 'decisions' => array( $one( $theirs->suggestion_id ), $one( $mine->suggestion_id ) ) ), 'owner' );
		self::assertSame( 'altsmith_not_found', $answer->get_data()['items'][0]['error']['code'] );
		self::assertNull( $this->stored_alt( $theirs->attachment_id ) );
		self::assertSame( 'mine', $this->stored_alt( $mine->attachment_id ) );
	}

	public function test_a_list_of_images_leaves_out_those_of_others(): void {
		$theirs = $this->photo( by: 'admin' );
		$mine   = $this->photo( by: 'owner' );
		$items  = $this->call( 'GET', 'images', array( 'ids' => array( $theirs, $mine, 999999 ) ), 'owner' )->get_data()['items'];
		self::assertSame( array( $mine ), array_column( $items, 'id' ) );
	}

	/** @return string[] As in the table. */
	private function routes(): array {
		$found = array();
		foreach ( rest_get_server()->get_routes( 'altsmith/v1' ) as $route => $handlers ) {
			$path = strtr( $route, array( '(?P<id>\d+)' => 'IMAGE', '(?P<id>[A-Za-z0-9_-]{1,64})' => 'SUGGESTION', '(?P<test>service|loopback)' => 'service' ) );
			foreach ( $handlers as $handler ) {
				foreach ( array_keys( $handler['methods'] ) as $method ) {
					$found[] = "$method $path";
				}
			}
		}
		return $found;
	}
}
