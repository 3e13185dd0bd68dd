<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

defined( 'ABSPATH' ) || exit;

/** Which attachment the address of a picture file belongs to, for pictures that name no number. */
final class Address_Lookup {
	/** @var string[]|null Hosts of this site. */
	private ?array $hosts = null;

	/**
	 * @param string[] $sources Addresses as they stand in a page.
	 * @return array<string, int[]> Attachments by address; only those that are files of this site's library. Several where a
	 *         plugin for languages made an attachment of each language from one file.
	 */
	public function find( array $sources ): array {
		global $wpdb;
		$wanted = array();
		foreach ( array_unique( $sources ) as $source ) {
			$file = $this->relative( $source );
			if ( '' !== $file ) {
				$wanted[ $source ] = self::names( $file );
			}
		}
		$found = array();
		foreach ( array_chunk( $wanted, 100, true ) as $some ) {
			$names = array_values( array_unique( array_merge( ...array_values( $some ) ) ) );
			$in    = implode( ', ', array_fill( 0, count( $names ), '%s' ) );
			// phpcs:ignore WordPress.DB -- one query for a hundred addresses
			$rows  = (array) $wpdb->get_results( $wpdb->prepare( "SELECT post_id, meta_value FROM {$wpdb->postmeta} WHERE meta_key = '_wp_attached_file' AND meta_value IN ( $in ) ORDER BY post_id", $names ), ARRAY_A );
			$ids   = array();
			foreach ( $rows as $row ) {
				$ids[ (string) $row['meta_value'] ][] = (int) $row['post_id'];
			}
			foreach ( $some as $source => $its_names ) {
				foreach ( $its_names as $name ) {
					$found[ $source ] ??= $ids[ $name ] ?? null;
				}
			}
		}
		return array_filter( $found );
	}

	/** The path below the uploads folder; '' for files of other sites. */
	private function relative( string $source ): string {
		$source = trim( html_entity_decode( $source, ENT_QUOTES, 'UTF-8' ) );
		$parts  = wp_parse_url( $source );
		if ( ! is_array( $parts ) || ! isset( $parts['path'] ) || ( isset( $parts['host'] ) && ! in_array( self::bare( $parts['host'] ), $this->hosts(), true ) ) ) {
			return '';
		}
		$base = rtrim( (string) wp_parse_url( (string) wp_get_upload_dir()['baseurl'], PHP_URL_PATH ), '/' ) . '/';
		$path = rawurldecode( $parts['path'] );
		$at   = strpos( $path, $base );
		return false === $at ? '' : substr( $path, $at + strlen( $base ) );
	}

	/**
	 * Names under which WordPress may keep the file that an address shows: itself, or the one it was made from.
	 *
	 * @return string[]
	 */
	private static function names( string $file ): array {
		$names = array( $file );
		if ( 1 === preg_match( '/^(.+\.(?:jpe?g|png|gif|webp|avif|heic|svg))\.(?:webp|avif)$/i', $file, $converted ) ) {
			$names[] = $converted[1];
		}
		foreach ( $names as $name ) {
			if ( 1 !== preg_match( '/^(.+)(\.\w{2,5})$/s', $name, $parts ) ) {
				continue;
			}
			list( , $stem, $ending ) = $parts;
			do {
				$before  = $stem;
				$stem    = (string) preg_replace( '/-(\d+x\d+|scaled|rotated|e\d{10,})$/', '', $stem );
				$names[] = $stem . $ending;
				$names[] = $stem . '-scaled' . $ending;
				$names[] = $stem . '-rotated' . $ending;
			} while ( $before !== $stem );
		}
		return array_values( array_unique( $names ) );
	}

	/** @return string[] */
	private function hosts(): array {
		$addresses   = array( get_option( 'home' ), get_option( 'siteurl' ), home_url(), wp_get_upload_dir()['baseurl'] );
		$this->hosts = $this->hosts ?? array_values( array_unique( array_filter( array_map( static fn( mixed $url ): string => self::bare( (string) wp_parse_url( (string) $url, PHP_URL_HOST ) ), $addresses ) ) ) );
		return $this->hosts;
	}

	private static function bare( string $host ): string {
		return (string) preg_replace( '/^www\./', '', strtolower( $host ) );
	}
}
