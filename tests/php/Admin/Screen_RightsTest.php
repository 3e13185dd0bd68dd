<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Admin;

use Altsmith\Storage\Request_Store;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use RuntimeException;

/** Our screens and their links and buttons that are no REST calls, for every kind of person, with and without a nonce. */
final class Screen_RightsTest extends Sidecar_Test_Case {
	/** Screen, and who gets it into their menu. */
	private const SCREENS = array(
		'upload.php altsmith-review'    => array( 'author', 'owner', 'editor', 'admin' ),
		'upload.php altsmith-backfill'  => array( 'editor', 'admin' ),
		'options-general.php altsmith'  => array( 'admin' ),
		'options-general.php altsmith-start' => array( 'admin' ),
	);

	protected function setUp(): void {
		parent::setUp();
		$this->needs_wp_admin();
		foreach ( array( 'contributor' => 'contributor', 'owner' => 'author' ) as $login => $role ) {
			wp_insert_user( array( 'user_login' => $login, 'user_pass' => 'x', 'user_email' => "$login@example.test", 'role' => $role ) );
		}
		add_filter( 'wp_die_handler', array( $this, 'die_handler' ) );
		add_filter( 'wp_redirect', array( $this, 'redirected' ) );
	}

	protected function tearDown(): void {
		remove_filter( 'wp_die_handler', array( $this, 'die_handler' ) );
		remove_filter( 'wp_redirect', array( $this, 'redirected' ) );
		$_GET     = array();
		$_REQUEST = array();
		parent::tearDown();
	}

	public function die_handler(): callable {
		return static fn( mixed $message ) => throw new RuntimeException( 'refused' );
	}

	/** WordPress would end the process after it. */
	public function redirected( string $where ): string {
		throw new RuntimeException( "sent to $where" );
	}

	/** @return array<string, array{0: string}> */
	public static function people(): array {
		$all = array( '', 'subscriber', 'contributor', 'author', 'owner', 'editor', 'admin' );
		return array_combine( array_map( static fn( string $who ): string => '' === $who ? 'a visitor' : $who, $all ), array_map( static fn( string $who ): array => array( $who ), $all ) );
	}

	/** @dataProvider people */
	public function test_a_screen_is_in_the_menu_of_those_who_may_use_it( string $who ): void {
		global $submenu;
		$this->become( $who );
		$submenu = array();
		do_action( 'admin_menu' );
		foreach ( self::SCREENS as $screen => $allowed ) {
			list( $parent, $slug ) = explode( ' ', $screen );
			self::assertSame( in_array( $who, $allowed, true ), in_array( $slug, array_column( $submenu[ $parent ] ?? array(), 2 ), true ), "$who $screen" );
		}
	}

	/** @dataProvider people */
	public function test_a_link_in_the_library_asks_only_for_images_that_person_may_edit( string $who ): void {
		$store = new Request_Store();
		$id    = $this->photo( by: 'owner' );
		$store->remove( $id );
		$this->become( $who );
		$_GET = array( 'attachment' => (string) $id );
		self::assertSame( 'refused', $this->press( 'admin_post_altsmith_suggest' ), 'without a nonce' );
		$_REQUEST = array( '_wpnonce' => 'forged' );
		self::assertSame( 'refused', $this->press( 'admin_post_altsmith_suggest' ), 'with a forged nonce' );
		self::assertNull( $store->find( $id ) );

		$_REQUEST = array( '_wpnonce' => wp_create_nonce( 'altsmith_suggest' . $id ) );
		$may      = in_array( $who, array( 'owner', 'editor', 'admin' ), true );
		self::assertStringContainsString( $may ? 'altsmith_asked=1' : 'altsmith_asked=0', $this->press( 'admin_post_altsmith_suggest' ) );
		self::assertSame( $may, null !== $store->find( $id ) );
	}

	/** @dataProvider people */
	public function test_the_bulk_action_leaves_out_images_of_others( string $who ): void {
		$store  = new Request_Store();
		$theirs = $this->photo( by: 'admin' );
		$mine   = $this->photo( by: 'owner' );
		array_map( array( $store, 'remove' ), array( $theirs, $mine ) );
		$this->become( $who );
		$asked = array( 'owner' => 1, 'editor' => 2, 'admin' => 2 )[ $who ] ?? 0;
		$where = apply_filters( 'handle_bulk_actions-upload', 'upload.php', 'altsmith_suggest', array( $theirs, $mine ) );
		self::assertStringContainsString( "altsmith_asked=$asked&altsmith_left=" . ( 2 - $asked ), $where );
		self::assertSame( $asked > 1, null !== $store->find( $theirs ) );
		self::assertSame( $asked > 0, null !== $store->find( $mine ) );
	}

	/** @dataProvider people */
	public function test_the_table_of_a_run_needs_a_nonce_and_somebody_who_may_edit_everything( string $who ): void {
		$this->become( 'admin' );
		$run = $this->call( 'POST', 'backfill', array( 'action' => 'start' ) )->get_data()['run'];
		$this->become( $who );
		$_GET = array( 'run' => $run['id'] );
		self::assertSame( 'refused', $this->press( 'admin_post_altsmith_run_csv' ), 'without a nonce' );
		if ( ! user_can( get_current_user_id(), 'edit_others_posts' ) ) {
			$_REQUEST = array( '_wpnonce' => wp_create_nonce( 'altsmith_run_csv' ) );
			self::assertSame( 'refused', $this->press( 'admin_post_altsmith_run_csv' ), 'with a nonce of their own' );
		}
		self::assertFalse( has_action( 'admin_post_nopriv_altsmith_run_csv' ) );
		self::assertFalse( has_action( 'admin_post_nopriv_altsmith_suggest' ) );
	}

	/** What came of it: "refused", or "sent to …". */
	private function press( string $action ): string {
		try {
			do_action( $action );
		} catch ( RuntimeException $end ) {
			return $end->getMessage();
		}
		return 'nothing';
	}
}
