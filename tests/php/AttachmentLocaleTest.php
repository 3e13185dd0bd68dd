<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Sidecar\Attachment_Locale;
use Altsmith\Tests\Support\Wp_Test_Case;

/** WordPress's name of a language beside the sidecar's. */
final class AttachmentLocaleTest extends Wp_Test_Case {
	/**
	 * @testWith ["de_DE_formal", "de", true]
	 *           ["pt_BR", "pt", true]
	 *           ["de_DE", "en", false]
	 *           ["bel", "be", true]
	 *           ["zh_TW", "zh-Hant", true]
	 *           ["zh_HK", "zh-Hant", true]
	 *           ["zh_CN", "zh-Hans", true]
	 *           ["zh_TW", "zh-Hans", false]
	 *           ["zh_CN", "zh-Hant", false]
	 *           ["ary", "ar", true]
	 *           ["azb", "az-Arab", true]
	 *           ["bcc", "bal", true]
	 *           ["me_ME", "sr-Latn-ME", true]
	 */
	public function test_a_text_is_in_the_language_of_its_attachment_or_not( string $locale, string $language, bool $expected ): void {
		$this->become( 'admin' );
		$post   = get_post( $this->upload() );
		$answer = static fn(): array => array( 'locale' => $locale );
		add_filter( 'wpml_post_language_details', $answer );
		$is_in = Attachment_Locale::is_in( $post, $language );
		remove_filter( 'wpml_post_language_details', $answer );
		self::assertSame( $expected, $is_in );
	}
}
