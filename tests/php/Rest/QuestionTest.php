<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Rest;

use Altsmith\Tests\Support\Fake_Sidecar;
use Altsmith\Tests\Support\Sidecar_Test_Case;

/** Questions about an image, answered by the sidecar's model. */
final class QuestionTest extends Sidecar_Test_Case {
	private const ANSWER = array( 200, array( 'answer' => 'two <i>dogs</i>', 'confidence' => 0.9 ) );

	public function test_the_bytes_go_with_the_question_and_the_answer_is_written_nowhere(): void {
		$row = $this->suggested();
		$this->sidecar->canned['POST /v1/captions'] = self::ANSWER;
		$reply = $this->ask( $row->attachment_id, 'How many dogs?' );
		self::assertSame( array( 'answer' => 'two dogs', 'translated' => '', 'language' => 'en' ), $reply );
		self::assertSame( 'POST /v1/captions?question=How%20many%20dogs%3F', end( $this->sidecar->asked ) );
		self::assertSame( $row->image_sha256, hash( 'sha256', (string) end( $this->sidecar->bodies ) ), 'the very bytes that the suggestion was made from' );
		self::assertNull( $this->stored_alt( $row->attachment_id ) );
	}

	public function test_in_another_language_the_answer_is_translated_where_that_can_be_done(): void {
		$id = $this->photo();
		add_filter( 'locale', static fn(): string => 'de_DE' );
		$this->sidecar->canned['POST /v1/captions']     = self::ANSWER;
		$this->sidecar->canned['POST /v1/translations'] = array( 200, array( 'text' => 'zwei Hunde', 'alternatives' => array(), 'flags' => array() ) );
		self::assertSame( array( 'answer' => 'two dogs', 'translated' => 'zwei Hunde', 'language' => 'de' ), $this->ask( $id ) );
		$this->sidecar->canned['POST /v1/translations'] = array( 422, array( 'error' => array( 'code' => 'LANGUAGE_NOT_PULLED', 'message' => 'No.', 'retryable' => false ) ) );
		self::assertSame( array( 'answer' => 'two dogs', 'translated' => '', 'language' => 'de' ), $this->ask( $id ) );
	}

	public function test_a_model_that_cannot_answer_and_a_sidecar_that_is_away_are_told_apart(): void {
		$id     = $this->photo();
		$cannot = array( 'error' => array( 'code' => 'QUESTION_MODEL_MISSING', 'message' => 'No.', 'retryable' => false ) );
		$this->sidecar->canned['POST /v1/captions'] = array( 422, $cannot );
		$reply = $this->call( 'POST', "attachments/$id/question", array( 'question' => 'Is it a cat?' ) );
		self::assertSame( array( 400, 'altsmith_question_model_missing' ), array( $reply->get_status(), $reply->get_data()['code'] ) );
		self::assertStringContainsString( 'cannot answer', $reply->get_data()['message'] );
		$this->sidecar->down = true;
		self::assertSame( 503, $this->call( 'POST', "attachments/$id/question", array( 'question' => 'Is it a cat?' ) )->get_status() );
	}

	public function test_no_question_is_refused_and_so_is_what_is_no_image(): void {
		$id = $this->photo();
		foreach ( array( '', ' ', '<b></b>', str_repeat( 'x', 301 ) ) as $question ) {
			self::assertSame( 400, $this->call( 'POST', "attachments/$id/question", array( 'question' => $question ) )->get_status(), $question );
		}
		self::assertSame( 0, $this->sidecar->count( 'POST /v1/captions' ) );
		wp_update_post( array( 'ID' => $id, 'post_mime_type' => 'application/pdf' ) );
		update_attached_file( $id, 'paper.pdf' );
		self::assertSame( 400, $this->call( 'POST', "attachments/$id/question", array( 'question' => 'What is it?' ) )->get_status() );
	}

	public function test_the_screens_hear_whether_the_model_answers(): void {
		$this->sidecar->canned['GET /v1/status'] = array( 200, array( 'abilities' => array( 'answer' => true, 'prompt' => true ) ) + Fake_Sidecar::status() );
		self::assertTrue( $this->call( 'GET', 'model' )->get_data()['answers'] );
	}

	/** @return array<string, mixed> */
	private function ask( int $attachment_id, string $question = 'What is it?' ): array {
		return $this->call( 'POST', "attachments/$attachment_id/question", array( 'question' => $question ) )->get_data();
	}
}
