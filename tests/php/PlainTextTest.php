<?php
declare( strict_types=1 );

namespace Altsmith\Tests;

use Altsmith\Text\Plain_Text;

final class PlainTextTest extends \PHPUnit\Framework\TestCase {
	/** @dataProvider texts */
	public function test_machine_text_becomes_one_plain_line( string $given, string $expected ): void {
		self::assertSame( $expected, Plain_Text::from_machine( $given ) );
	}

	public static function texts(): array {
		return array(
			'plain'             => array( 'a cat on a mat', 'a cat on a mat' ),
			'spaces and lines'  => array( "  a\n\tcat \u{00A0} here ", 'a cat here' ),
			'a tag'             => array( 'a <b>cat</b>', 'a cat' ),
			'a script'          => array( 'a<script>alert(1)</script> cat', 'a cat' ),
			'a nested tag'      => array( 'a <scr<script>ipt>alert(1)</script> cat', 'a scr cat' ),
			'an open tag'       => array( 'x <img src=x onerror=alert(1)', 'x img src=x onerror=alert(1)' ),
			'a comment'         => array( 'a <!-- hidden --> cat', 'a cat' ),
			'a heart'           => array( 'I <3 cats; 5 < 6 > 4', 'I <3 cats; 5 < 6 > 4' ),
			'a hidden tag'      => array( "a <\u{200B}script>alert(1)</script>", 'a' ),
			'bidi override'     => array( "abc\u{202E}def\u{2066}", 'abcdef' ),
			'zero width'        => array( "a\u{200B}\u{FEFF}b\u{00AD}", 'ab' ),
			'null and escape'   => array( "a\0b\x1b[31mc", 'ab[31mc' ),
			'percent'           => array( '50%ab %s %d', '50%ab %s %d' ),
			'shortcode'         => array( '[gallery ids="1"]', '[gallery ids="1"]' ),
			'serialised'        => array( 'O:8:"stdClass":0:{}', 'O:8:"stdClass":0:{}' ),
			'entity'            => array( '&lt;b&gt;', '&lt;b&gt;' ),
			'no XML'            => array( "a\u{FFFE}b\u{FFFF}", 'ab' ),
			'only invisible'    => array( "\u{200B}\u{2060}", '' ),
		);
	}

	public function test_broken_utf8_is_mended_not_refused(): void {
		self::assertSame( 'a?b', Plain_Text::from_machine( "a\xC3b" ) );
	}

	public function test_long_texts_end_at_the_limit(): void {
		self::assertSame( 10000, mb_strlen( Plain_Text::from_machine( str_repeat( 'ü', 20000 ) ) ) );
	}

	public function test_entities_are_printed_as_they_were_typed(): void {
		self::assertSame( '&amp;lt;b&amp;gt; &amp;#60; &lt; &quot;', Plain_Text::html( '&lt;b&gt; &#60; < "' ) );
	}

	public function test_what_is_not_a_text_is_no_text(): void {
		self::assertSame( '', Plain_Text::from_machine( array( 'x' ) ) );
		self::assertSame( '', Plain_Text::from_person( null ) );
	}

	public function test_a_person_keeps_joiners_but_not_bidi_marks(): void {
		self::assertSame( "می\u{200C}خواهم", Plain_Text::from_person( "\u{202E}می\u{200C}خواهم" ) );
	}
}
