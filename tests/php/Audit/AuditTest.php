<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Audit;

use Altsmith\Audit\Audit;
use Altsmith\Audit\Audit_Table;
use Altsmith\Audit\Page_Fetcher;
use Altsmith\Audit\Page_Reader;
use Altsmith\Audit\Rules;
use Altsmith\Audit\Site_Pages;
use Altsmith\Tests\Support\Wp_Test_Case;
use WP_Error;

final class AuditTest extends Wp_Test_Case {
	/** @return array<int, string> The rules that the images of a page break, '' for an image without a fault. */
	private static function rules( string $html ): array {
		return array_map( array( Rules::class, 'problem' ), Page_Reader::images( $html ) );
	}

	/** @dataProvider faults */
	public function test_what_is_wrong_is_found( string $rule, string $html ): void {
		self::assertSame( array( $rule ), array_values( array_filter( self::rules( $html ) ) ), $html );
	}

	public static function faults(): array {
		$all = array(
			Rules::MISSING     => array( '<img src="a.jpg">', '<img src="a.jpg" alt="  ">', '<img src="a.jpg" aria-label="">', '<input type="image" src="go.png" alt="">', '<map><area href="/x" shape="rect"></map>', '<a href="/x"><img src="a.jpg"></a>', '<html><head><title>x</title><body><img src="a.jpg">' ),
			Rules::LINK        => array( '<a href="/x"><img src="a.jpg" alt=""></a>', '<button><img src="a.jpg" alt></button>', '<a href="/x"><img src="a.jpg" alt="" role="presentation"><span aria-hidden="true">→</span></a>', '<a href="/x"><img src="a.jpg" alt=""><img src="b.jpg" alt=""></a>' ),
			Rules::DECORATIVE  => array( '<img src="a.jpg" alt="A boat" role="presentation">', '<img src="a.jpg" alt="A boat" aria-hidden="true">' ),
			Rules::FILE_NAME   => array( '<img src="/u/IMG_2041.jpg" alt="IMG_2041.jpg">', '<img src="/u/x.jpg" alt="DSC00412">', '<img src="/u/summer-party-2024-300x200.jpg" alt="summer-party-2024">', '<img src="/u/x.png" alt="Screenshot 2024-01-05 at 10.11.12">' ),
			Rules::PLACEHOLDER => array( '<img src="a.jpg" alt="image">', '<img src="a.jpg" alt="Image 12">', '<img src="a.jpg" alt="[alt text]">', '<img src="a.jpg" alt="Bild">', '<img src="a.jpg" alt="写真">', '<img src="a.jpg" alt="…">' ),
			Rules::IMAGE_OF    => array( '<img src="a.jpg" alt="Image of a boat">', '<img src="a.jpg" alt="A photo of our team">', '<img src="a.jpg" alt="Bild von einem Boot">', '<img src="a.jpg" alt="Photo d’un bateau">', '<img src="a.jpg" alt="Una foto de un barco">' ),
			Rules::CAPTION     => array( '<figure><img src="a.jpg" alt="A boat"><figcaption>A <em>boat</em>.</figcaption></figure>', '<figure><figure><img src="a.jpg" alt="A boat"><figcaption>a boat</figcaption></figure><figcaption>All</figcaption></figure>' ),
			Rules::NEIGHBOUR   => array( '<p>Our team</p><img src="a.jpg" alt="Our team">', '<img src="a.jpg" alt="Our team"><div><h2>Our <b>team</b></h2></div>', '<a href="/x"><img src="a.jpg" alt="Contact"> Contact</a>' ),
		);
		$cases = array();
		foreach ( $all as $rule => $pages ) {
			foreach ( $pages as $at => $html ) {
				$cases[ "$rule $at" ] = array( $rule, $html );
			}
		}
		return $cases;
	}

	/** @dataProvider nothing_wrong */
	public function test_nothing_false_is_said( string $html ): void {
		self::assertSame( array(), array_filter( self::rules( $html ) ), $html );
	}

	public static function nothing_wrong(): array {
		$pages = array(
			'<img src="a.jpg" alt="A boat on a lake">',
			'<img src="a.jpg" alt="">',
			'<img src="a.jpg" role="presentation">',
			'<img src="a.jpg" aria-labelledby="x"><img src="b.jpg" title="A boat">',
			'<noscript><img src="a.jpg"></noscript><template><img src="a.jpg"></template><div hidden><img src="a.jpg"></div>',
			'<div aria-hidden="true"><img src="a.jpg"><a href="/x"><img src="a.jpg" alt=""></a></div>',
			'<img src="pixel.gif" style="border:0; display:none">',
			'<a href="/x"><img src="a.jpg" alt=""> Contact</a>',
			'<a href="/x" aria-label="Contact"><img src="a.jpg" alt=""></a>',
			'<a href="/x"><svg><title>Contact</title></svg><img src="a.jpg" alt=""></a>',
			'<a href="/x"><img src="a.jpg" alt="Contact"><img src="b.jpg" alt=""></a>',
			'<a name="x"><img src="a.jpg" alt=""></a>',
			'<a href="/x"><img src="a.jpg" alt="Hello world"></a><h2><a href="/x">Hello world</a></h2>',
			'<p>See our <a href="/x">team</a></p><img src="a.jpg" alt="team">',
			'<p>Our team</p><img src="b.jpg" alt="Four people"><img src="a.jpg" alt="Our team">',
			'<img src="/u/boat.jpg" alt="boat"><img src="/u/x.jpg" alt="Photographer at work"><img src="/u/x.jpg" alt="Imagery of the 1920s">',
			'<img src="/u/x.jpg" alt="42"><img src="/u/x.jpg" alt="Logo"><img src="/u/a-b.jpg" alt="a b">',
			'<script>"<img src=x>"</script><!-- <img src="a.jpg"> --><style>a:before{content:"<img>"}</style>',
			'<figure><img src="a.jpg" alt="A boat"><figcaption>Lake Constance</figcaption></figure>',
			'<img src="a.jpg" alt="&quot;Welcome&quot; sign">',
			'',
			'no tags at all < and & <',
			'<img src="a.jpg" alt="unfinished',
		);
		return array_map( static fn( string $html ): array => array( $html ), $pages );
	}

	public function test_texts_around_images_are_read_as_a_browser_would(): void {
		list( $image ) = Page_Reader::images( "<figure class=x><a href='/y'><img class='size-large wp-image-12' data-src='/real.jpg' src='data:image/gif;base64,R0' alt='A&nbsp; boat\n'></a><figcaption>Lake &amp; sky</figcaption></figure>" );
		self::assertSame( array( '/real.jpg', 'A boat', 'Lake & sky', 12 ), array( $image->src, $image->alt, $image->caption, $image->attachment_id ) );
	}

	public function test_a_page_without_end_of_its_elements_takes_little_time(): void {
		$began = microtime( true );
		self::assertCount( 2000, Page_Reader::images( str_repeat( '<div><p><a href="/x"><img src="a.jpg">', 20000 ) ) );
		foreach ( array( '<', '<figure><figcaption>x', '<b>x', '</b>', '<a href=x>x', '<div></p>' ) as $part ) {
			Page_Reader::images( str_repeat( $part, 30000 ) );
		}
		self::assertLessThan( 10.0, microtime( true ) - $began );
	}

	private function answers( string $body, int $status = 200, array $headers = array() ): void {
		$this->http = fn(): array => array( 'headers' => $headers ) + array( 'body' => $body ) + $this->json( array(), $status );
	}

	public function test_only_this_site_is_called(): void {
		$this->answers( 'x' );
		foreach ( array( 'http://10.0.0.1/', 'https://example.com/', 'http://127.0.0.1@example.com/', preg_replace( '/:\d+/', ':1', home_url( '/' ) ), 'ftp://127.0.0.1/', '' ) as $url ) {
			self::assertSame( Page_Fetcher::ELSEWHERE, Page_Fetcher::fetch( (string) $url, 1.0 )['outcome'], (string) $url );
		}
		self::assertSame( array(), $this->requests );
		$this->answers( '', 302, array( 'location' => 'http://169.254.169.254/latest/meta-data' ) );
		self::assertSame( Page_Fetcher::ELSEWHERE, Page_Fetcher::fetch( home_url( '/' ), 1.0 )['outcome'] );
		self::assertCount( 1, $this->requests, 'a redirection to another host was followed' );
		self::assertSame( array(), $this->requests[0][1]['cookies'] );
	}

	public function test_what_a_page_may_answer(): void {
		$this->answers( str_repeat( 'x', Page_Fetcher::MAX_BYTES + 1 ) );
		self::assertSame( Page_Fetcher::TOO_LARGE, Page_Fetcher::fetch( home_url( '/' ), 1.0 )['outcome'] );
		$this->answers( '', 301, array( 'location' => home_url( '/again/' ) ) );
		self::assertSame( Page_Fetcher::ELSEWHERE, Page_Fetcher::fetch( home_url( '/' ), 1.0 )['outcome'] );
		$this->answers( 'gone', 404 );
		$gone = Page_Fetcher::fetch( home_url( '/' ), 1.0 );
		self::assertSame( array( Page_Fetcher::REFUSED, '' ), array( $gone['outcome'], $gone['html'] ) );
		self::assertStringContainsString( '404', $gone['message'] );
	}

	public function test_an_audit_goes_on_where_it_stopped_and_counts_at_its_end(): void {
		$audit = new Audit( new Audit_Table() );
		$this->answers( '<img src="a.jpg"><img src="b.jpg" alt="A boat">' );
		$post = (int) wp_insert_post( array( 'post_title' => 'One', 'post_status' => 'publish' ) );
		wp_insert_post( array( 'post_title' => 'Secret', 'post_status' => 'publish', 'post_password' => 'x' ) );
		wp_insert_post( array( 'post_title' => 'Draft', 'post_status' => 'draft' ) );
		$audit->start();
		$steps = 0;
		while ( ! $audit->run( 0.0 ) ) {
			++$steps;
		}
		$state = $audit->state();
		self::assertSame( array( 'done', Site_Pages::count(), Site_Pages::count() ), array( $state['state'], $state['done'], $steps ) );
		$counts = current( $state['history'] );
		self::assertSame( array( $steps, 2 * $steps, 0, $steps ), array( $counts['pages'], $counts['images'], $counts['fine'], $counts['found'] ) );
		$shown = $this->rest( 'GET', '/altsmith/v1/audit' )->get_data();
		self::assertContains( $post, array_column( $shown['items'], 'post_id' ) );
		self::assertSame( '1.1.1', $shown['rules'][ $shown['items'][0]['found'][0]['rule'] ]['criteria'] );
		wp_trash_post( $post );
		$audit->start();
		$audit->run( 60.0 );
		self::assertNotContains( $post, array_column( $this->rest( 'GET', '/altsmith/v1/audit' )->get_data()['items'], 'post_id' ) );
	}

	public function test_a_site_that_cannot_call_itself_says_so_and_stops(): void {
		$audit      = new Audit( new Audit_Table() );
		$this->http = static fn(): WP_Error => new WP_Error( 'http_request_failed', 'cURL error 28: Operation timed out' );
		foreach ( array( 'One', 'Two', 'Three', 'Four' ) as $title ) {
			wp_insert_post( array( 'post_title' => $title, 'post_status' => 'publish' ) );
		}
		$audit->start();
		self::assertFalse( $audit->run( 0.0 ) );
		self::assertTrue( $audit->run( 60.0 ) );
		self::assertSame( 'stopped', $audit->state()['state'] );
		self::assertStringContainsString( 'Operation timed out', $audit->state()['problem'] );
		self::assertCount( 3, $this->requests );
		self::assertSame( array(), $audit->state()['history'], 'half an audit was counted' );
	}
}
