<?php
declare( strict_types=1 );

namespace Altsmith\Seo;

defined( 'ABSPATH' ) || exit;

/** SEO plugins describe a page's main image themselves. Where one is active, that image is theirs. */
final class Seo_Plugins {
	/** A constant that each defines while it is active. */
	public const MARKS = array(
		'WPSEO_VERSION'     => 'Yoast SEO',
		'RANK_MATH_VERSION' => 'Rank Math',
		'SEOPRESS_VERSION'  => 'SEOPress',
		'AIOSEO_VERSION'    => 'All in One SEO',
	);

	/** @param array<string, string> $marks A constant, and the name of the plugin that defines it. */
	public function __construct( private readonly array $marks = self::MARKS ) {}

	/** @return string The name of the one that is active, or ''. */
	public function active(): string {
		foreach ( $this->marks as $constant => $name ) {
			if ( defined( $constant ) ) {
				return $name;
			}
		}
		return '';
	}
}
