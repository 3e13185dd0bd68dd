<?php
declare( strict_types=1 );

namespace Altsmith\Library;

use Altsmith\Admin\Assets;
use Altsmith\Storage\Image_Conditions;
use WP_Query;

defined( 'ABSPATH' ) || exit;

/** Filters the media library by the state of the alt text, in the list and in the grid. */
final class Library_Filter {
	private const QUERY_VAR = 'altsmith_state';

	public function __construct( private readonly Assets $assets ) {}

	public function register(): void {
		add_action( 'restrict_manage_posts', array( $this, 'print_choice' ) );
		add_action( 'pre_get_posts', array( $this, 'read_choice' ) );
		// The grid asks by admin-ajax, which drops words it does not know from the query before this filter.
		add_filter( 'ajax_query_attachments_args', array( $this, 'read_grid_choice' ) );
		add_filter( 'posts_clauses', array( $this, 'narrow' ), 10, 2 );
		( new Library_Total() )->register();
		add_action( 'wp_enqueue_media', array( $this, 'enqueue_grid' ) );
	}

	public function print_choice( mixed $post_type = '' ): void {
		if ( 'attachment' !== $post_type ) {
			return;
		}
		$chosen = self::chosen( $_GET ); // phpcs:ignore WordPress.Security.NonceVerification -- only looks
		echo '<label for="altsmith-state" class="screen-reader-text">' . esc_html__( 'Filter by alt text', 'altsmith' ) . '</label>';
		echo '<select name="' . esc_attr( self::QUERY_VAR ) . '" id="altsmith-state">';
		echo '<option value="">' . esc_html__( 'Any alt text', 'altsmith' ) . '</option>';
		foreach ( self::labels() as $state => $label ) {
			echo '<option value="' . esc_attr( $state ) . '"' . selected( $chosen, $state, false ) . '>' . esc_html( $label ) . '</option>';
		}
		echo '</select>';
	}

	public function read_choice( mixed $query = null ): void {
		global $pagenow;
		if ( $query instanceof WP_Query && is_admin() && 'upload.php' === $pagenow && $query->is_main_query() ) {
			$query->set( self::QUERY_VAR, self::chosen( $_GET ) ); // phpcs:ignore WordPress.Security.NonceVerification -- only looks
		}
	}

	/**
	 * @param mixed $query
	 * @return mixed
	 */
	public function read_grid_choice( mixed $query ): mixed {
		$asked = $_REQUEST['query'] ?? array(); // phpcs:ignore WordPress.Security -- compared with a fixed list below
		if ( is_array( $query ) && is_array( $asked ) ) {
			$query[ self::QUERY_VAR ] = self::chosen( $asked );
		}
		return $query;
	}

	/**
	 * @param mixed $clauses
	 * @return mixed
	 */
	public function narrow( mixed $clauses = null, mixed $query = null ): mixed {
		$state = $query instanceof WP_Query ? self::state_of( $query ) : '';
		if ( is_array( $clauses ) && '' !== $state ) {
			$clauses['where'] .= ' AND ' . Image_Conditions::sql( $state );
			// WordPress keeps the ids of a query until a post changes. Our tables change without that.
			$query->set( 'cache_results', false );
		}
		return $clauses;
	}

	/** One of Image_Conditions::STATES that a query is narrowed to, or ''. */
	public static function state_of( WP_Query $query ): string {
		return self::chosen( array( self::QUERY_VAR => $query->get( self::QUERY_VAR ) ) );
	}

	public function enqueue_grid(): void {
		$screen = function_exists( 'get_current_screen' ) ? get_current_screen() : null;
		if ( null !== $screen && 'upload' === $screen->base ) {
			$this->assets->enqueue( 'library', array( 'media-views' ), array( 'filterLabels' => self::labels() ) );
		}
	}

	/** @return array<string, string> */
	private static function labels(): array {
		return array(
			'missing'    => __( 'Alt text missing', 'altsmith' ),
			'pending'    => __( 'Alt text needs review', 'altsmith' ),
			'approved'   => __( 'Alt text approved', 'altsmith' ),
			'decorative' => __( 'Decorative', 'altsmith' ),
			'failed'     => __( 'No suggestion possible', 'altsmith' ),
		);
	}

	/** @param array<mixed> $source */
	private static function chosen( array $source ): string {
		$state = $source[ self::QUERY_VAR ] ?? '';
		return is_string( $state ) && in_array( $state, Image_Conditions::STATES, true ) ? $state : '';
	}
}
