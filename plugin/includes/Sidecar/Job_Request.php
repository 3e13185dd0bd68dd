<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

use Altsmith\Shop\Products;
use Altsmith\Storage\Request_Row;
use Altsmith\Text\Utf8;
use Altsmith\Video\Video_File;
use Altsmith\Writeback\Main_Text;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** Says what is wanted for which attachment, and what WordPress knows about it. Texts and names only: no bytes, no addresses of people. */
final class Job_Request {
	private const FIELDS = array( 'alt_text', 'title', 'caption', 'description', 'keywords', 'file_name' );

	/**
	 * @param array<string, mixed> $what `image_sha256`, `video_sha256`, or `frames` with `video`.
	 * @return array<string, mixed> Body of `POST /v1/jobs`.
	 */
	public static function body( Request_Row $row, WP_Post $attachment, array $what, string $source_sha256 ): array {
		$is_video = Video_File::is_one( $attachment );
		$body     = $what + array(
			'source_sha256' => $source_sha256,
			'subject'       => Subject::of( $attachment->ID ),
			'fields'        => $is_video ? array_merge( self::FIELDS, array( 'text_alternative' ) ) : self::FIELDS,
			'context'       => self::context( $attachment ) + ( $is_video ? self::of_video( $attachment ) : array() ),
			'current'       => self::current( $attachment ),
			'priority'      => $row->priority,
		);
		$locale = Attachment_Locale::of( $attachment );
		if ( 1 === preg_match( '/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/', $locale ) ) {
			$body['locale'] = $locale;
		}
		if ( str_starts_with( $row->run_id, 'run_' ) ) {
			$body['run_id'] = $row->run_id;
		}
		return $body;
	}

	/** @return array<string, mixed> */
	private static function context( WP_Post $attachment ): array {
		$parent  = $attachment->post_parent ? get_post( $attachment->post_parent ) : null;
		$context = array(
			'file_name'  => Attachment_File::name( $attachment->ID ),
			'page_title' => $parent instanceof WP_Post ? wp_strip_all_tags( $parent->post_title ) : '',
			'site_name'  => wp_strip_all_tags( html_entity_decode( (string) get_bloginfo( 'name' ), ENT_QUOTES ) ),
		);
		$product = Products::context( $attachment->ID );
		$context = null === $product ? $context : array( 'product' => $product, 'page_title' => $product['name'] ) + $context;
		/**
		 * What accompanies the image: file_name, page_title, page_url, site_name, surrounding_text (strings), linked (bool), used_in (int),
		 * product (name, attributes, categories).
		 *
		 * @param array<string, mixed> $context
		 * @param int                  $attachment_id
		 */
		$context = apply_filters( 'altsmith_request_context', $context, $attachment->ID );
		return self::within_limits( is_array( $context ) ? $context : array() );
	}

	/** @return array<string, string> Where a video is published, its poster, and since when: for search engines. */
	private static function of_video( WP_Post $attachment ): array {
		$addresses = array( 'content_url' => (string) wp_get_attachment_url( $attachment->ID ), 'thumbnail_url' => Video_File::poster_url( $attachment->ID ) );
		$addresses = array_filter( $addresses, static fn( string $url ): bool => strlen( $url ) <= 2000 && 1 === preg_match( '#^https?://#', $url ) );
		return $addresses + array( 'uploaded_at' => (string) get_post_time( 'Y-m-d\TH:i:s\Z', true, $attachment ) );
	}

	/** @return array<string, string> The texts the attachment has now. */
	private static function current( WP_Post $attachment ): array {
		$texts = array(
			'alt_text'    => Main_Text::read( $attachment->ID )->text(),
			'title'       => $attachment->post_title,
			'caption'     => $attachment->post_excerpt,
			'description' => $attachment->post_content,
		);
		return array_map( static fn( string $text ): string => Utf8::cut( Utf8::scrub( $text ), 10000 ), $texts );
	}

	/**
	 * @param array<string, mixed> $context
	 * @return array<string, mixed> Only what the sidecar's schema knows, cut to its lengths; empty texts left out.
	 */
	private static function within_limits( array $context ): array {
		$limits = array( 'file_name' => 255, 'page_title' => 500, 'page_url' => 2000, 'site_name' => 500, 'surrounding_text' => 2000 );
		$clean  = array();
		foreach ( $limits as $name => $limit ) {
			$text = is_string( $context[ $name ] ?? null ) ? Utf8::cut( Utf8::scrub( $context[ $name ] ), $limit ) : '';
			if ( '' !== $text ) {
				$clean[ $name ] = $text;
			}
		}
		if ( is_bool( $context['linked'] ?? null ) ) {
			$clean['linked'] = $context['linked'];
		}
		if ( is_int( $context['used_in'] ?? null ) && $context['used_in'] >= 0 ) {
			$clean['used_in'] = $context['used_in'];
		}
		$product = is_array( $context['product'] ?? null ) ? self::product( $context['product'] ) : array();
		return isset( $product['name'] ) ? array( 'product' => $product ) + $clean : $clean;
	}

	/**
	 * @param array<string, mixed> $product
	 * @return array<string, mixed>
	 */
	private static function product( array $product ): array {
		$text  = static fn( mixed $given, int $limit ): string => is_string( $given ) ? Utf8::cut( Utf8::scrub( $given ), $limit ) : '';
		$texts = static fn( mixed $given, int $most ): array => array_slice( array_values( array_filter( array_map( static fn( mixed $one ): string => $text( $one, 100 ), is_array( $given ) ? $given : array() ) ) ), 0, $most );
		return array_filter(
			array(
				'name'       => $text( $product['name'] ?? '', 300 ),
				'attributes' => $texts( $product['attributes'] ?? array(), 10 ),
				'categories' => $texts( $product['categories'] ?? array(), 5 ),
			)
		);
	}
}
