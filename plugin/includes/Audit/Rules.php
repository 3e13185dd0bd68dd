<?php
declare( strict_types=1 );

namespace Altsmith\Audit;

defined( 'ABSPATH' ) || exit;

/**
 * What can be wrong with the text of an image, told from the page alone: pure. Where axe-core has the same rule, it is named, and its
 * verdict is the same. Texts of people are judged like all others; nothing is changed.
 */
final class Rules {
	/** axe-core: image-alt, input-image-alt, area-alt. */
	public const MISSING = 'missing';
	/** axe-core: link-name, button-name. */
	public const LINK = 'link';
	/** WCAG's failure F39. */
	public const DECORATIVE = 'decorative';
	/** Failure F30, as the next one. */
	public const FILE_NAME   = 'file_name';
	public const PLACEHOLDER = 'placeholder';
	public const IMAGE_OF    = 'image_of';
	public const CAPTION     = 'caption';
	/** axe-core: image-redundant-alt. */
	public const NEIGHBOUR = 'neighbour';

	/** Success criteria of WCAG 2.2 behind each rule; in this order the rules are tried. */
	public const CRITERIA = array(
		self::DECORATIVE  => '1.1.1',
		self::MISSING     => '1.1.1',
		self::LINK        => '2.4.4, 4.1.2',
		self::FILE_NAME   => '1.1.1',
		self::PLACEHOLDER => '1.1.1',
		self::IMAGE_OF    => '1.1.1',
		self::CAPTION     => '1.1.1',
		self::NEIGHBOUR   => '1.1.1',
	);

	private const EXTENSIONS = 'jpe?g|png|gif|webp|avif|svg|heic|heif|bmp|tiff?';

	/** What cameras, telephones and programs call their files. */
	private const CAMERA = '/^(?:img|dsc[fn]?|dscn|pict?|mvimg|pxl|gopr|dji|wp|capture)[ _-]*\d[\d _.:-]*\S*$|^(?:screen ?shot|bildschirmfoto|captura de pantalla|capture d.écran)[ _-]+\d{4}/iu';

	/** Words that stand for "a text goes here". English, German, French, Spanish, Italian, Dutch, Portuguese, Japanese, Arabic. */
	private const PLACEHOLDERS = array( 'image', 'img', 'picture', 'pic', 'photo', 'photograph', 'graphic', 'alt', 'alt text', 'alternative text', 'alt tag', 'image description', 'description', 'image alt', 'insert alt text', 'alt text here', 'add alt text', 'todo', 'tbd', 'placeholder', 'untitled', 'no title', 'null', 'undefined', 'none', 'n/a', 'spacer', 'blank', 'empty', 'thumbnail', 'lorem ipsum', 'bild', 'foto', 'grafik', 'alternativtext', 'abbildung', 'imagen', 'fotografía', 'texto alternativo', 'immagine', 'testo alternativo', 'afbeelding', 'alternatieve tekst', 'imagem', 'texte alternatif', '画像', '写真', '代替テキスト', 'صورة' );

	private const IMAGE_OF_WORDS = '/^(?:(?:an? |the |this )?(?:image|picture|photo|photograph|graphic|pic) (?:of|showing|that shows)|(?:ein |das )?(?:bild|foto) (?:von|des|der|eines|einer)|(?:une |l.)?(?:image|photo|photographie) (?:de|du|des|d.)|(?:una |la )?(?:imagen|foto|fotografía) (?:de|del)|(?:un.|una |la )?(?:immagine|foto) (?:di|del|della)|(?:een )?(?:afbeelding|foto) van|(?:uma |a )?(?:imagem|foto) (?:de|do|da))[ \p{Lu}\p{Ll}]/iu';

	/** @return string One of the names above; '' where nothing is wrong. */
	public static function problem( Page_Image $image ): string {
		foreach ( array_keys( self::CRITERIA ) as $rule ) {
			if ( self::breaks( $rule, $image ) ) {
				return $rule;
			}
		}
		return '';
	}

	private static function breaks( string $rule, Page_Image $image ): bool {
		$alt = (string) $image->alt;
		if ( $image->is_for_nobody ) {
			return ( self::DECORATIVE === $rule && '' !== trim( $alt ) ) || ( self::LINK === $rule && $image->names_link );
		}
		if ( '' === trim( $alt ) ) {
			$is_missing = ( null === $image->alt || ' ' === $alt || $image->needs_text ) && '' === $image->other_name;
			return self::MISSING === $rule ? $is_missing : self::LINK === $rule && $image->names_link;
		}
		return match ( $rule ) {
			self::FILE_NAME   => self::is_file_name( $alt, $image->src ),
			self::PLACEHOLDER => self::is_placeholder( $alt ),
			self::IMAGE_OF    => 1 === preg_match( self::IMAGE_OF_WORDS, $alt ),
			self::CAPTION     => self::is_same( $alt, $image->caption ),
			self::NEIGHBOUR   => self::is_same( $alt, $image->before ) || self::is_same( $alt, $image->after ),
			default           => false,
		};
	}

	private static function is_file_name( string $alt, string $src ): bool {
		if ( 1 === preg_match( '/\.(?:' . self::EXTENSIONS . ')$/iu', $alt ) || 1 === preg_match( self::CAMERA, $alt ) ) {
			return true;
		}
		if ( str_contains( $alt, ' ' ) ) {
			return false;
		}
		// One word with a dash, a line or a digit in it that is the file's own name; WordPress adds sizes to it.
		$name = rawurldecode( pathinfo( (string) wp_parse_url( $src, PHP_URL_PATH ), PATHINFO_FILENAME ) );
		$name = (string) preg_replace( '/(?:-scaled|-rotated|-e\d{8,}|-\d+x\d+)+$/', '', $name );
		return 1 === preg_match( '/[-_\d]/', $alt ) && mb_strtolower( $alt ) === mb_strtolower( $name );
	}

	private static function is_placeholder( string $alt ): bool {
		// Without marks around it and a number behind it; a number alone may be what the image shows.
		$words = (string) preg_replace( '/^[\p{P}\p{S}\s]+|[\p{P}\p{S}\s]+$/u', '', mb_strtolower( $alt ) );
		$words = (string) preg_replace( '/(?<=\D)[ #_-]*\d+$/u', '', $words );
		return '' === $words || in_array( $words, self::PLACEHOLDERS, true );
	}

	private static function is_same( string $alt, string $text ): bool {
		$plain = static fn( string $one ): string => rtrim( mb_strtolower( trim( $one ) ), '.!?:…' );
		return '' !== $text && $plain( $alt ) === $plain( $text );
	}
}
