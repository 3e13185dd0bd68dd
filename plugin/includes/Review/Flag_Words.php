<?php
declare( strict_types=1 );

namespace Altsmith\Review;

defined( 'ABSPATH' ) || exit;

/** What each flag means, as a sentence for the reviewer. */
final class Flag_Words {
	/** @return array<string, string> */
	public static function all(): array {
		return array(
			'linked'              => __( 'The image is a link: its text should say where the link goes.', 'altsmith' ),
			'text_in_image'       => __( 'There seems to be text in the image: the alt text should carry those words.', 'altsmith' ),
			'text_partly_read'    => __( 'The words in the image were read only in part: they are small, upside down, unclear or many.', 'altsmith' ),
			'chart_like'          => __( 'This looks like a chart or diagram: a short name here, the numbers in the text of the page.', 'altsmith' ),
			'screenshot'          => __( 'This looks like a screenshot: say what it is meant to show.', 'altsmith' ),
			'logo_or_icon'        => __( 'This looks like a logo or an icon: name the organisation, or what the icon does.', 'altsmith' ),
			'tiny'                => __( 'The image is very small, so the model saw little.', 'altsmith' ),
			'near_uniform'        => __( 'The image is nearly one colour, so there is little to describe.', 'altsmith' ),
			'low_confidence'      => __( 'The model was unsure.', 'altsmith' ),
			'repetitive'          => __( 'The model repeated itself.', 'altsmith' ),
			'too_short'           => __( 'The text is very short.', 'altsmith' ),
			'duplicate_text'      => __( 'Other images have the same text.', 'altsmith' ),
			'existing_human_text' => __( 'The image has a text already.', 'altsmith' ),
			'possibly_decorative' => __( 'The image may be decorative. Only you can tell.', 'altsmith' ),
			'not_translated'      => __( 'The text is in English: there is no translation yet.', 'altsmith' ),
			'untranslated'        => __( 'Some words of the translation are still in English.', 'altsmith' ),
			'number_lost'         => __( 'A number is missing or different in the translation.', 'altsmith' ),
			'wrong_script'        => __( 'Much of the translation is not in the script of its language.', 'altsmith' ),
			'wrong_length'        => __( 'The translation is much shorter or longer than the English.', 'altsmith' ),
			'unknown_words'       => __( 'The translator did not know a word.', 'altsmith' ),
			'cut'                 => __( 'The translation was cut off.', 'altsmith' ),
			'broken_punctuation'  => __( 'The punctuation of the translation is broken.', 'altsmith' ),
			'gender'              => __( 'English does not say whether the person is a woman or a man; the translation may.', 'altsmith' ),
			'unsure_word'         => __( 'The translator was unsure about a word.', 'altsmith' ),
			'product_picture'     => __( 'A picture of a product: where this text is empty, the shop shows the product’s name. “Decorative” has no effect there.', 'altsmith' ),
			'glossary'            => __( 'Words of this site were put in.', 'altsmith' ),
		);
	}
}
