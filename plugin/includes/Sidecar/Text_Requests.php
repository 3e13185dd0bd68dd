<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/** What the client asks while a person waits for a text: a translation, or an answer about a picture. Nothing of it is stored. */
trait Text_Requests {
	/**
	 * @return array{text: string, alternatives: string[], flags: array<int, array{code: string, message: string}>} Of an English text.
	 * @throws Sidecar_Error
	 */
	public function translate( string $text, string $language ): array {
		return $this->json( 'POST', '/v1/translations', array( 'text' => $text, 'to' => $language ), Reply_Schema::translation_reply(), 30 )->body;
	}

	/** @return string In English. @throws Sidecar_Error `QUESTION_MODEL_MISSING` where the model cannot answer. */
	public function answer( Rendition $picture, string $question ): string {
		$path  = '/v1/captions?' . http_build_query( array( 'question' => $question ), '', '&', PHP_QUERY_RFC3986 );
		$reply = $this->send( 'POST', $path, $picture->bytes, array( 'Content-Type' => $picture->media_type ), 60 );
		return self::checked( $reply, Reply_Schema::answer_reply() )->body['answer'];
	}
}
