<?php
declare( strict_types=1 );

namespace Altsmith\Text;

defined( 'ABSPATH' ) || exit;

/** Tells whether a title is only what the upload made of a file name, so that a better one takes nothing from anybody. */
final class File_Name_Title {
	/**
	 * What cameras, phones and programs call their files: a word of theirs, numbers, or both. Of other words only those of a
	 * date stand in between; so there is no number, and none of their words, in a name that a person gave.
	 */
	private const MACHINE_NAME = '/^(?=.*\d|\p{L}+[\s_.()-]*$)((img|image|dsc[nf]?|_mg|pxl|mvimg|vid|photo|pic|picture|bild|foto|scan|screenshot|screen shot|bildschirmfoto|capture|untitled|unnamed|download|whatsapp image|signal|p|wp|dji|gopr|cimg|sam|kimg)|(?=[\d\s_.:()-]))(?:[\d\s_.:()-]|(?<!\p{L})(?:at|um|a\.?m|p\.?m)(?!\p{L}))*$/iu';

	public static function is_one( string $title, string $file_name ): bool {
		$title = trim( $title );
		return '' === $title
			|| in_array( self::bare( $title ), self::bare_file_names( $file_name ), true )
			|| 1 === preg_match( self::MACHINE_NAME, $title )
			|| 1 === preg_match( '/\.(jpe?g|png|gif|webp|avif|heic|tiff?)$/i', $title );
	}

	/** @return string[] With and without what WordPress adds when it is uploaded: "-scaled", and "-1" for a second of that name. */
	private static function bare_file_names( string $file_name ): array {
		$name   = (string) preg_replace( '/-(scaled|rotated)$/', '', (string) pathinfo( $file_name, PATHINFO_FILENAME ) );
		$unique = (string) preg_replace( '/-\d{1,2}$/', '', $name );
		return array( self::bare( $name ), self::bare( $unique ) );
	}

	private static function bare( string $name ): string {
		return Utf8::lower( (string) preg_replace( '/[^\p{L}\p{N}]+/u', '', $name ) );
	}
}
