<?php
declare( strict_types=1 );

namespace Altsmith;

defined( 'ABSPATH' ) || exit;

/** Every option of the plugin, with its default. Constants win over the database, so that a key can stay out of it. */
final class Settings {
	public const URL_OPTION  = 'altsmith_sidecar_url';
	public const KEY_OPTION  = 'altsmith_site_key';
	public const MORE_OPTION = 'altsmith_settings';

	/** On a network: address, key and choices for every site that has none of its own, in one option of the network. */
	public const NETWORK_OPTION = 'altsmith_network';

	/** What the sidecar can read. Other image types are turned into JPEG first where the server can, else skipped. */
	public const READABLE_TYPES = array( 'image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif' );

	/** Settings that are one of a few words; the first is the default. */
	public const WORDS = array( 'reviewers' => array( 'upload_files', 'edit_others_posts' ), 'digest' => array( 'off', 'daily', 'weekly' ) );

	/** @param bool $for_network Only what is set for the whole network, as its administrators edit it. */
	public function __construct( public readonly bool $for_network = false ) {}

	/** Address without a slash at its end, or '' when none is set. */
	public function sidecar_url(): string {
		return self::sanitize_url( defined( 'ALTSMITH_SIDECAR_URL' ) ? constant( 'ALTSMITH_SIDECAR_URL' ) : $this->stored( self::URL_OPTION ) );
	}

	/** The key, or '' when none is set. */
	public function site_key(): string {
		return self::sanitize_key( defined( 'ALTSMITH_SITE_KEY' ) ? constant( 'ALTSMITH_SITE_KEY' ) : $this->stored( self::KEY_OPTION ) );
	}

	/** Nothing is sent anywhere before this is true. */
	public function is_configured(): bool {
		return '' !== $this->sidecar_url() && '' !== $this->site_key();
	}

	/** The site's own value, or the network's where it has none. */
	private function stored( string $option ): string {
		$own = $this->for_network ? '' : (string) get_option( $option, '' );
		return '' === $own ? (string) ( self::of_network()[ $option ] ?? '' ) : $own;
	}

	/** @return array<string, mixed> By the names of the options. */
	public static function of_network(): array {
		$stored = is_multisite() ? get_site_option( self::NETWORK_OPTION, array() ) : array();
		return is_array( $stored ) ? $stored : array();
	}

	/** @return 'constant'|'database'|'network'|'none' */
	public function source_of( string $option ): string {
		$constant = self::URL_OPTION === $option ? 'ALTSMITH_SIDECAR_URL' : 'ALTSMITH_SITE_KEY';
		if ( defined( $constant ) ) {
			return 'constant';
		}
		if ( ! $this->for_network && '' !== (string) get_option( $option, '' ) ) {
			return 'database';
		}
		return '' === $this->stored( $option ) ? 'none' : 'network';
	}

	/** Whether new uploads ask for a suggestion by themselves. */
	public function is_automatic(): bool {
		return (bool) $this->all()['automatic'];
	}

	/** Whether new videos ask for a suggestion by themselves. */
	public function describes_videos(): bool {
		return (bool) $this->all()['videos'];
	}

	/** Whether pages that show a video get what was approved for it: its name for screen readers, and its text alternative. */
	public function shows_video_texts(): bool {
		return (bool) $this->all()['video_texts'];
	}

	/** @return string[] MIME types that are asked for automatically and in backfills. */
	public function types(): array {
		return $this->all()['types'];
	}

	/** What a person needs to open the review screen; each image is checked with `edit_post` as well. */
	public function review_capability(): string {
		return $this->all()['reviewers'];
	}

	public function fills_on_render(): bool {
		return (bool) $this->all()['render_fill'];
	}

	public function writes_title(): bool {
		return (bool) $this->all()['write_title'];
	}

	public function writes_description(): bool {
		return (bool) $this->all()['write_description'];
	}

	public function prints_structured_data(): bool {
		return (bool) $this->all()['structured_data'];
	}

	/** Whether the sidecar answers what WordPress and other plugins ask WordPress's AI client about images (7.0 and later). */
	public function answers_wordpress_ai(): bool {
		return (bool) $this->all()['wordpress_ai'];
	}

	/** How often an e-mail says that suggestions wait: `off`, `daily` or `weekly`. */
	public function digest(): string {
		return $this->all()['digest'];
	}

	/** @return string[] Addresses; the site's own where none is set. */
	public function digest_to(): array {
		$set = self::addresses( $this->all()['digest_to'] );
		return array() === $set ? array( (string) get_option( 'admin_email' ) ) : $set;
	}

	/**
	 * Splits a list of e-mail addresses at its commas; does not check them.
	 *
	 * @return string[]
	 */
	public static function addresses( string $list ): array {
		return array_values( array_filter( array_map( 'trim', explode( ',', $list ) ), static fn( string $one ): bool => '' !== $one ) );
	}

	/** @return array{automatic: bool, videos: bool, video_texts: bool, types: string[], reviewers: string, render_fill: bool, write_title: bool, write_description: bool, structured_data: bool, wordpress_ai: bool, digest: string, digest_to: string} */
	public function all(): array {
		$stored  = $this->for_network ? array() : get_option( self::MORE_OPTION, array() );
		$network = self::of_network()[ self::MORE_OPTION ] ?? array();
		return self::sanitize_more( array_merge( self::defaults(), is_array( $network ) ? $network : array(), is_array( $stored ) ? $stored : array() ) );
	}

	/** @return array<string, mixed> */
	public static function defaults(): array {
		return array(
			'automatic'         => true,
			// Off: a video may have hundreds of megabytes, and its owner may not have thought of sending it anywhere.
			'videos'            => false,
			'video_texts'       => true,
			'types'             => self::READABLE_TYPES,
			'reviewers'         => 'upload_files',
			'render_fill'       => false,
			'write_title'       => true,
			'write_description' => true,
			'structured_data'   => true,
			'wordpress_ai'      => false,
			'digest'            => 'off',
			'digest_to'         => '',
		);
	}

	public static function sanitize_url( mixed $value ): string {
		$url  = is_string( $value ) && '' !== trim( $value ) ? esc_url_raw( self::completed_url( trim( $value ) ), array( 'http', 'https' ) ) : '';
		$host = (string) wp_parse_url( $url, PHP_URL_HOST );
		return '' === $host ? '' : untrailingslashit( $url );
	}

	/** `localhost:8787` is meant as http; people also copy the address of a route, whose beginning the plugin adds itself. */
	public static function completed_url( string $address ): string {
		$url = 1 === preg_match( '#^[a-z][a-z0-9+.-]*://#i', $address ) ? $address : 'http://' . $address;
		return (string) preg_replace( '#/+(v1(/[^?\#]*)?|livez|readyz|openapi\.json)?/*$#', '', $url );
	}

	/** A key is printable ASCII without spaces; anything else could break out of the header it is sent in. */
	public static function sanitize_key( mixed $value ): string {
		return is_string( $value ) && preg_match( '/^[\x21-\x7e]{1,200}$/', trim( $value ) ) ? trim( $value ) : '';
	}

	/**
	 * @param mixed $value What the form posted, or what the database holds.
	 * @return array<string, mixed>
	 */
	public static function sanitize_more( mixed $value ): array {
		$value = is_array( $value ) ? $value : array();
		$types = is_array( $value['types'] ?? null ) ? $value['types'] : array();
		$clean = array(
			'types'     => array_values( array_intersect( self::READABLE_TYPES, $types ) ),
			'digest_to' => implode( ', ', array_filter( self::addresses( is_string( $value['digest_to'] ?? null ) ? $value['digest_to'] : '' ), 'is_email' ) ),
		);
		foreach ( self::WORDS as $name => $words ) {
			$clean[ $name ] = in_array( $value[ $name ] ?? null, $words, true ) ? $value[ $name ] : $words[0];
		}
		foreach ( array( 'automatic', 'videos', 'video_texts', 'render_fill', 'write_title', 'write_description', 'structured_data', 'wordpress_ai' ) as $switch ) {
			$clean[ $switch ] = ! empty( $value[ $switch ] );
		}
		return $clean;
	}
}
