<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Video;

use Altsmith\Settings;
use Altsmith\Storage\Request_Row;
use Altsmith\Tests\Support\Sidecar_Test_Case;

final class VideoTest extends Sidecar_Test_Case {
	protected function setUp(): void {
		parent::setUp();
		update_option( Settings::MORE_OPTION, array( 'videos' => true ) + Settings::defaults() );
		ob_start();
		imagejpeg( imagecreatetruecolor( 64, 36 ) );
		$this->sidecar->poster = (string) ob_get_clean();
	}

	public function test_a_new_video_is_sent_as_a_file_under_its_own_hash(): void {
		$id = $this->video();
		$this->sync();
		self::assertSame( array( hash_file( 'sha256', get_attached_file( $id ) ) => 5000 ), $this->sidecar->videos );
		$this->sync();
		self::assertSame( 1, $this->sidecar->count( 'PUT /v1/videos/' ) );
		self::assertSame( '', $this->sidecar->bodies[ array_search( 'PUT /v1/videos/' . array_key_first( $this->sidecar->videos ), $this->sidecar->asked, true ) ], 'the file is no string in the memory of PHP' );
		$job = json_decode( $this->sidecar->bodies[ array_search( 'POST /v1/jobs', $this->sidecar->asked, true ) ], true );
		self::assertSame( $job['video_sha256'], $job['source_sha256'] );
		self::assertArrayNotHasKey( 'image_sha256', $job );
		self::assertSame( wp_get_attachment_url( $id ), $job['context']['content_url'] );
		self::assertContains( 'text_alternative', $job['fields'] );
	}

	public function test_it_is_asked_for_on_upload_only_where_the_owner_turned_it_on(): void {
		update_option( Settings::MORE_OPTION, Settings::defaults() );
		$id = $this->video();
		$this->sync();
		self::assertNull( ( new \Altsmith\Storage\Request_Store() )->find( $id ) );
		self::assertSame( 202, $this->call( 'POST', "attachments/$id/request" )->get_status() );
		self::assertCount( 1, $this->sidecar->videos );
	}

	public function test_videos_from_before_the_connection_are_found_once_there_is_one(): void {
		update_option( Settings::KEY_OPTION, '' );
		$id = $this->video();
		update_option( Settings::KEY_OPTION, 'key-of-the-test' );
		$this->sync();
		self::assertSame( 'sent', $this->row( $id )->status );
	}

	/** @dataProvider refusals */
	public function test_what_cannot_be_sent_says_so_and_holds_up_nothing( array $status, string $code ): void {
		$this->sidecar->video_status = array() === $status ? null : $status + $this->sidecar->video_status;
		$id    = $this->video();
		$photo = $this->photo();
		$this->sync();
		self::assertSame( array( 'failed', $code ), array( $this->row( $id )->status, $this->row( $id )->error_code ) );
		self::assertSame( 'sent', $this->row( $photo )->status );
		self::assertSame( array(), $this->sidecar->videos );
		self::assertSame( 'VIDEO_NOT_SENT' !== $code || array() === $status, $this->call( 'GET', "attachments/$id" )->get_data()['frames_help'] );
	}

	public static function refusals(): array {
		return array(
			'no decoder'  => array( array( 'decoder' => false ), 'VIDEO_DECODER_MISSING' ),
			'too large'   => array( array( 'max_bytes' => 4999 ), 'VIDEO_TOO_LARGE' ),
			'old sidecar' => array( array(), 'VIDEO_NOT_SENT' ),
		);
	}

	public function test_an_approval_writes_the_description_the_rest_follows_and_an_undo_is_exact(): void {
		$row = $this->described();
		$id  = $row->attachment_id;
		$this->approve( $row, array( 'values' => array( 'alt_text' => 'A cat & a cup', 'title' => 'Cat, cup', 'keywords' => array( 'cat' ), 'text_alternative' => "0:00 A <b>cat</b>.\n\n0:03 A cup." ), 'poster_alt' => 'A cat at home' ) );
		self::assertSame( 'applied', $this->row( $id )->suggestion_state );
		self::assertSame( array( 'A cat & a cup', 'Cat, cup' ), array( $this->description( $id ), get_post( $id )->post_title ) );
		self::assertNull( $this->stored_alt( $id ), 'WordPress has no alt text for videos' );
		self::assertSame( "0:00 A cat.\n0:03 A cup.", get_post_meta( $id, '_altsmith_text_alternative', true ) );
		$poster = (int) get_post_thumbnail_id( $id );
		self::assertSame( array( 'A cat at home', $this->sidecar->poster ), array( $this->stored_alt( $poster ), file_get_contents( get_attached_file( $poster ) ) ) );
		$said = json_decode( $this->sidecar->bodies[ array_key_last( array_filter( $this->sidecar->asked, static fn( string $line ): bool => str_ends_with( $line, '/decision' ) ) ) ], true );
		self::assertSame( 'A cat & a cup', $said['values']['description'] );

		self::assertSame( 200, $this->call( 'POST', "suggestions/$row->suggestion_id/undo" )->get_status() );
		wp_cache_flush();
		self::assertSame( array( '', 'clip' ), array( $this->description( $id ), substr( get_post( $id )->post_title, 0, 4 ) ) );
		self::assertSame( array( '', '', 0 ), array( get_post_meta( $id, '_altsmith_text_alternative', true ), get_post_meta( $id, '_altsmith_keywords', true ), (int) get_post_thumbnail_id( $id ) ) );
		self::assertNull( get_post( $poster ), 'the image was made for this' );
		self::assertSame( array( 'applied', 'undone' ), $this->sidecar->reported() );
	}

	public function test_the_poster_stays_the_owners_choice(): void {
		$row = $this->described();
		$this->approve( $row );
		self::assertSame( 0, (int) get_post_thumbnail_id( $row->attachment_id ) );
		self::assertSame( '', get_post_meta( $row->attachment_id, '_altsmith_text_alternative', true ) );
		$other = $this->described( 'a second one' );
		$photo = $this->photo();
		set_post_thumbnail( $other->attachment_id, $photo );
		self::assertNull( $this->call( 'GET', "attachments/$other->attachment_id" )->get_data()['suggestion']['video']['poster'], 'one that has a picture is offered none' );
		$this->approve( $other, array( 'poster_alt' => 'x' ) );
		self::assertSame( $photo, (int) get_post_thumbnail_id( $other->attachment_id ) );
	}

	public function test_a_poster_that_is_gone_is_told_before_anything_is_decided(): void {
		$row = $this->described();
		$this->sidecar->poster = '';
		self::assertSame( 409, $this->decide( $row, 'approve', array( 'seen' => '', 'poster_alt' => 'A cat at home' ) )->get_status() );
		self::assertSame( 'pending', $this->row( $row->attachment_id )->suggestion_state );
	}

	public function test_a_persons_description_wins(): void {
		$row = $this->described();
		wp_update_post( array( 'ID' => $row->attachment_id, 'post_content' => 'Ours' ) );
		$this->approve( $row );
		self::assertSame( array( 'conflict', 'Ours' ), array( $this->row( $row->attachment_id )->suggestion_state, $this->description( $row->attachment_id ) ) );
	}

	public function test_a_replaced_video_gets_no_old_text_and_its_old_one_is_marked(): void {
		$row = $this->described();
		$id  = $row->attachment_id;
		$this->replace( $id, 'another' );
		self::assertSame( 409, $this->decide( $row, 'approve', array( 'seen' => '' ) )->get_status() );
		self::assertSame( '', $this->description( $id ) );
		$this->sync();
		$this->sidecar->describe_all( 'another video' );
		$this->sync();
		$this->approve( $this->row( $id ), array( 'values' => array( 'alt_text' => 'another video', 'text_alternative' => '0:00 It.' ) ) );
		$this->replace( $id, 'a third one' );
		wp_update_attachment_metadata( $id, array( 'length' => 9 ) );
		$this->sync();
		self::assertTrue( $this->call( 'GET', "attachments/$id" )->get_data()['picture_changed'] );
		self::assertNull( \Altsmith\Video\Approved_Video::of( $id ) );
		$this->sidecar->describe_all( 'a third video' );
		$this->sync();
		$this->approve( $this->row( $id ), array( 'seen' => 'another video' ) );
		self::assertSame( array( 'a third video', '' ), array( $this->description( $id ), get_post_meta( $id, '_altsmith_text_alternative', true ) ) );
	}

	public function test_videos_are_approved_one_by_one_and_never_decorative(): void {
		$row = $this->described();
		self::assertSame( array(), $this->call( 'GET', 'matching' )->get_data()['items'] );
		self::assertSame( 400, $this->decide( $row, 'decorative', array( 'seen' => '' ) )->get_status() );
		$answer = $this->call( 'POST', 'decisions', array( 'decisions' => array( array( 'suggestion_id' => $row->suggestion_id, 'action' => 'approve', 'version' => 1, 'seen' => '', 'mode' => 'bulk' ) ) ) );
		self::assertSame( 'altsmith_not_in_bulk', $answer->get_data()['items'][0]['error']['code'] );
		self::assertSame( 'pending', $this->row( $row->attachment_id )->suggestion_state );
	}

	public function test_what_is_approved_on_the_sidecars_own_page_is_the_description_too(): void {
		$row = $this->described();
		$this->sidecar->decide_elsewhere( $row->suggestion_id, 'approve' );
		$this->sync();
		self::assertSame( array( 'applied', 'a cat and a cup' ), array( $this->row( $row->attachment_id )->suggestion_state, $this->description( $row->attachment_id ) ) );
	}

	public function test_a_failure_is_told_in_the_sites_language_and_the_browser_may_help(): void {
		$id = $this->video();
		$this->sync();
		$this->sidecar->fail_all( 'VIDEO_UNREADABLE' );
		$this->sync();
		self::assertSame( 'The file is damaged, or not a video that the sidecar can read.', $this->row( $id )->error_message );
		self::assertTrue( $this->call( 'GET', "attachments/$id" )->get_data()['frames_help'] );
	}

	public function test_still_pictures_of_the_browser_are_sent_under_the_videos_own_hash(): void {
		$this->sidecar->video_status = array( 'decoder' => false ) + $this->sidecar->video_status;
		$id = $this->video();
		$this->sync();
		$still  = static fn( float $at, string $jpeg ): array => array( 'at' => $at, 'image' => base64_encode( $jpeg ) );
		$frames = array( $still( 0.5, $this->sidecar->poster ), $still( 3.0, $this->sidecar->poster ) );
		foreach ( array( array_reverse( $frames ), array( $still( 7, $this->sidecar->poster ) ), array( $still( 1, str_repeat( 'no JPEG', 50 ) ) ) ) as $wrong ) {
			self::assertSame( 400, $this->call( 'POST', "attachments/$id/frames", array( 'duration' => 6, 'frames' => $wrong ) )->get_status() );
		}
		self::assertSame( 400, $this->call( 'POST', 'attachments/' . $this->photo() . '/frames', array( 'duration' => 6, 'frames' => $frames ) )->get_status() );
		self::assertSame( 'sent', $this->call( 'POST', "attachments/$id/frames", array( 'duration' => 6, 'frames' => $frames ) )->get_data()['status'] );
		$job = json_decode( $this->sidecar->bodies[ array_key_last( array_filter( $this->sidecar->asked, static fn( string $line ): bool => 'POST /v1/jobs' === $line ) ) ], true );
		self::assertSame( hash_file( 'sha256', get_attached_file( $id ) ), $job['source_sha256'] );
		self::assertSame( array( 'image_sha256' => hash( 'sha256', $this->sidecar->poster ), 'at' => 0.5 ), $job['frames'][0] );
		$this->sidecar->describe_all( 'a cat' );
		$this->sync();
		self::assertSame( 'pending', $this->row( $id )->display_status() );
		$this->sidecar->down = true;
		self::assertSame( 503, $this->call( 'POST', "attachments/$id/frames", array( 'duration' => 6, 'frames' => $frames ) )->get_status() );
		self::assertTrue( $this->call( 'GET', "attachments/$id" )->get_data()['frames_help'], 'they can be sent again' );
	}

	public function test_a_backfill_takes_videos_where_it_is_asked_for_them(): void {
		update_option( Settings::MORE_OPTION, Settings::defaults() );
		$id     = $this->video();
		$filled = $this->video();
		wp_update_post( array( 'ID' => $filled, 'post_content' => 'Ours' ) );
		$taken = fn( array $choices ): int => $this->call( 'GET', 'backfill', $choices )->get_data()['preview']['taken'];
		$all   = $taken( array( 'kind' => 'video' ) );
		self::assertSame( $all + 1, $taken( array( 'kind' => 'video', 'overwrite' => true ) ) );
		self::assertSame( 200, $this->call( 'POST', 'backfill', array( 'action' => 'start', 'kind' => 'video' ) )->get_status() );
		$this->sync();
		self::assertSame( 'sent', $this->row( $id )->status );
		self::assertNull( ( new \Altsmith\Storage\Request_Store() )->find( $filled ) );
	}

	public function test_decisions_about_videos_are_exported_and_erased_with_the_others(): void {
		$row = $this->described();
		$this->approve( $row );
		$admin  = get_user_by( 'login', 'admin' );
		$export = ( new \Altsmith\Privacy\Personal_Data() )->export( $admin->user_email );
		self::assertStringContainsString( 'a cat and a cup', (string) wp_json_encode( $export['data'] ) );
		( new \Altsmith\Privacy\Personal_Data() )->erase( $admin->user_email );
		self::assertStringNotContainsString( $admin->display_name, (string) wp_json_encode( get_post_meta( $row->attachment_id, '_altsmith_provenance', true ) ) );
	}

	private function described( string $text = 'a cat and a cup' ): Request_Row {
		$id = $this->video( $text );
		$this->sync();
		$this->sidecar->describe_all( $text );
		$this->sync();
		return $this->row( $id );
	}

	private function approve( Request_Row $row, array $more = array() ): void {
		$answer = $this->decide( $row, 'approve', $more + array( 'seen' => '' ) );
		self::assertSame( 200, $answer->get_status(), (string) wp_json_encode( $answer->get_data() ) );
	}

	private function description( int $id ): string {
		global $wpdb;
		return (string) $wpdb->get_var( $wpdb->prepare( "SELECT post_content FROM $wpdb->posts WHERE ID = %d", $id ) );
	}

	private function video( string $salt = '' ): int {
		$this->become( 'admin' );
		$file = wp_upload_dir()['path'] . '/clip-' . bin2hex( random_bytes( 4 ) ) . '.mp4';
		file_put_contents( $file, self::bytes( $salt . $file ) );
		return $this->attach( $file, 'video/mp4' );
	}

	private function replace( int $id, string $salt ): void {
		$file = (string) get_attached_file( $id );
		file_put_contents( $file, self::bytes( $salt . $file ) . $salt );
		clearstatcache();
	}

	/** The beginning of an MP4; what is in it does not matter to PHP. */
	private static function bytes( string $salt ): string {
		return str_pad( "\0\0\0\x18ftypisom\0\0\0\0" . md5( $salt ), 5000, $salt );
	}
}
