<?php
declare( strict_types=1 );

namespace Altsmith\Audit;

defined( 'ABSPATH' ) || exit;

/** What a rule says, for people. */
final class Rule_Words {
	/** @return array<string, array{label: string, why: string, criteria: string}> By rule. `criteria`: numbers of success criteria of WCAG 2.2. */
	public static function all(): array {
		$words = array(
			Rules::MISSING     => array( __( 'Missing alt text', 'altsmith' ), __( 'The image has no alternative text at all; screen readers read its address instead. Describe it, or mark it as decorative.', 'altsmith' ) ),
			Rules::LINK        => array( __( 'Link without a purpose', 'altsmith' ), __( 'The image is all that is in the link, and it has no text: nobody hears where the link leads. Say that in the alternative text.', 'altsmith' ) ),
			Rules::DECORATIVE  => array( __( 'Decorative, but with a text', 'altsmith' ), __( 'The page says that the image is decorative, and gives it a text that nobody hears. Remove one of the two.', 'altsmith' ) ),
			Rules::FILE_NAME   => array( __( 'File name', 'altsmith' ), __( 'The text is the name of the file. Describe what the image shows.', 'altsmith' ) ),
			Rules::PLACEHOLDER => array( __( 'Placeholder', 'altsmith' ), __( 'The text is a word such as “image” that says nothing about this image.', 'altsmith' ) ),
			Rules::IMAGE_OF    => array( __( 'Begins with “image of”', 'altsmith' ), __( 'Screen readers say by themselves that it is an image. Begin with what it shows.', 'altsmith' ) ),
			Rules::CAPTION     => array( __( 'Same as the caption', 'altsmith' ), __( 'The text repeats the caption, so it is heard twice. Describe what the caption does not say.', 'altsmith' ) ),
			Rules::NEIGHBOUR   => array( __( 'Same as the text beside it', 'altsmith' ), __( 'The text repeats what stands right beside the image, so it is heard twice. Describe the image, or leave its text empty.', 'altsmith' ) ),
		);
		$all = array();
		foreach ( $words as $rule => list( $label, $why ) ) {
			$all[ $rule ] = array( 'label' => $label, 'why' => $why, 'criteria' => Rules::CRITERIA[ $rule ] );
		}
		return $all;
	}
}
