<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Capabilities;
use Altsmith\Storage\Coverage_History;
use Altsmith\Storage\Suggestion_Query;

defined( 'ABSPATH' ) || exit;

/** Dashboard widget: how many images have alt text, and how that changed day by day. */
final class Coverage_Widget {
	/** Days in the chart. */
	private const SHOWN = 30;

	/** Size of the chart, in units of its viewBox. */
	private const WIDTH  = 300;
	private const HEIGHT = 80;

	/** Colour of each part of a bar, from the bottom up. */
	private const COLOURS = array( 'with_text' => '#1d7a3e', 'decorative' => '#72aee6', 'missing' => '#d6d6d8' );

	public function __construct( private readonly Coverage_History $history ) {}

	public function register(): void {
		add_action( 'wp_dashboard_setup', array( $this, 'add' ) );
	}

	public function add(): void {
		if ( current_user_can( Capabilities::REVIEW ) && current_user_can( 'edit_others_posts' ) ) {
			wp_add_dashboard_widget( 'altsmith_coverage', __( 'Alt text', 'altsmith' ), array( $this, 'render' ) );
		}
	}

	public function render(): void {
		$days = array_slice( $this->history->read(), -self::SHOWN, null, true );
		$now  = end( $days );
		$all  = is_array( $now ) ? self::total( $now ) : 0;
		if ( 0 === $all || ! is_array( $now ) ) {
			echo '<p>' . esc_html__( 'There are no images in the library yet.', 'altsmith' ) . '</p>';
			return;
		}
		$covered = $now['with_text'] + $now['decorative'];
		/* translators: 1: percentage, 2: number of images that have a text or need none, 3: number of all images */
		echo '<p>' . esc_html( sprintf( __( '%1$s%% of your images have alt text or need none: %2$s of %3$s.', 'altsmith' ), number_format_i18n( floor( 100 * $covered / $all ) ), number_format_i18n( $covered ), number_format_i18n( $all ) ) ) . '</p>';
		$this->chart( $days );
		$this->legend( $now );
		$this->table( $days );
		$waiting = Suggestion_Query::count_waiting( 1 ) > 0;
		printf( '<p><a class="button%s" href="%s">%s</a> ', $waiting ? ' button-primary' : '', esc_url( admin_url( 'upload.php?page=altsmith-review' ) ), esc_html__( 'Review suggestions', 'altsmith' ) );
		printf( '<a class="button" href="%s">%s</a></p>', esc_url( admin_url( 'upload.php?page=altsmith-backfill' ) ), esc_html__( 'Existing images', 'altsmith' ) );
	}

	/** @param array<string, array<string, int>> $days */
	private function chart( array $days ): void {
		$first = reset( $days );
		$last  = end( $days );
		$most  = max( array_map( array( self::class, 'total' ), $days ) );
		$step  = self::WIDTH / max( 1, count( $days ) );
		/* translators: 1: number of images, 2: date, 3: number of images, 4: date */
		$title = sprintf( __( 'Images without alt text: %1$s on %2$s, %3$s on %4$s.', 'altsmith' ), number_format_i18n( $first['missing'] ?? 0 ), self::day( (string) array_key_first( $days ) ), number_format_i18n( $last['missing'] ?? 0 ), self::day( (string) array_key_last( $days ) ) );
		printf( '<svg role="img" aria-label="%1$s" viewBox="0 0 %2$d %3$d" preserveAspectRatio="none" style="width:100%%;height:%3$dpx"><title>%4$s</title>', esc_attr( $title ), (int) self::WIDTH, (int) self::HEIGHT, esc_html( $title ) );
		$left = 0.0;
		foreach ( $days as $day ) {
			$top = (float) self::HEIGHT;
			foreach ( self::COLOURS as $part => $colour ) {
				$height = self::HEIGHT * ( $day[ $part ] ?? 0 ) / max( 1, $most );
				$top   -= $height;
				printf( '<rect x="%.2F" y="%.2F" width="%.2F" height="%.2F" fill="%s"/>', (float) $left, (float) $top, (float) max( 0.5, $step - 1 ), (float) $height, esc_attr( $colour ) );
			}
			$left += $step;
		}
		echo '</svg>';
	}

	/** @param array<string, int> $now */
	private function legend( array $now ): void {
		echo '<ul>';
		foreach ( self::labels() as $part => $label ) {
			$mark = isset( self::COLOURS[ $part ] ) ? sprintf( '<span aria-hidden="true" style="display:inline-block;width:1em;height:1em;margin-inline-end:.5em;vertical-align:text-bottom;forced-color-adjust:none;background:%s"></span>', self::COLOURS[ $part ] ) : '';
			printf( '<li>%s%s: <strong>%s</strong></li>', $mark, esc_html( $label ), esc_html( number_format_i18n( $now[ $part ] ?? 0 ) ) ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- the mark is ours
		}
		echo '</ul>';
	}

	/** @param array<string, array<string, int>> $days */
	private function table( array $days ): void {
		echo '<details><summary>' . esc_html__( 'Show as a table', 'altsmith' ) . '</summary><table class="widefat striped"><thead><tr><th scope="col">' . esc_html__( 'Day', 'altsmith' ) . '</th>';
		foreach ( self::labels() as $label ) {
			echo '<th scope="col">' . esc_html( $label ) . '</th>';
		}
		echo '</tr></thead><tbody>';
		foreach ( array_reverse( $days, true ) as $day => $counts ) {
			echo '<tr><th scope="row">' . esc_html( self::day( (string) $day ) ) . '</th>';
			foreach ( array_keys( self::labels() ) as $part ) {
				echo '<td>' . esc_html( number_format_i18n( $counts[ $part ] ?? 0 ) ) . '</td>';
			}
			echo '</tr>';
		}
		echo '</tbody></table></details>';
	}

	/** @return array<string, string> By the names in the history. */
	private static function labels(): array {
		return array(
			'with_text'  => __( 'With alt text', 'altsmith' ),
			'decorative' => __( 'Decorative', 'altsmith' ),
			'missing'    => __( 'Missing', 'altsmith' ),
			'pending'    => __( 'Needs review', 'altsmith' ),
		);
	}

	/** @param array<string, int> $day */
	private static function total( array $day ): int {
		return ( $day['with_text'] ?? 0 ) + ( $day['decorative'] ?? 0 ) + ( $day['missing'] ?? 0 );
	}

	private static function day( string $day ): string {
		return (string) wp_date( (string) get_option( 'date_format' ), (int) strtotime( $day . ' 12:00:00 ' . wp_timezone_string() ) );
	}
}
