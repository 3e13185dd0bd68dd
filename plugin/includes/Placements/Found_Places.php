<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** What one owner shows. */
final class Found_Places {
	/**
	 * @param array<string, Found_Image[]> $images Pictures of this site's library, by name of the reader that found them.
	 * @param string[]                     $unread Names of readers that could not read what they found.
	 */
	public function __construct( public readonly array $images, public readonly array $unread ) {}

	/** @return array<string, int[]> Attachments by name of reader, for the index; 0 stands for what could not be read. */
	public function numbers(): array {
		$numbers = array_map( static fn( array $images ): array => array_values( array_unique( array_map( static fn( Found_Image $image ): int => $image->attachment_id, $images ) ) ), $this->images );
		foreach ( $this->unread as $name ) {
			$numbers[ $name ][] = 0;
		}
		return array_filter( $numbers );
	}

	/** @return array<int, array{0: string, 1: Found_Image}> Name of the reader and picture. */
	public function of_attachment( int $id ): array {
		$found = array();
		foreach ( $this->images as $name => $images ) {
			foreach ( $images as $image ) {
				if ( $image->attachment_id === $id ) {
					$found[] = array( $name, $image );
				}
			}
		}
		return $found;
	}
}
