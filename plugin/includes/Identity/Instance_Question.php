<?php
declare( strict_types=1 );

namespace Altsmith\Identity;

use Altsmith\Capabilities;
use Altsmith\Sidecar\Sidecar_Error;

defined( 'ABSPATH' ) || exit;

/** Asks the owner in wp-admin whether the site is a copy or has moved: on the plugin's own screens, with a notice elsewhere. */
final class Instance_Question {
	private const ACTION = 'altsmith_instance';

	/** Transient, with the user's id behind it: what was wrong with the answer, for their next page. */
	private const ERROR = 'altsmith_instance_error_';

	public function __construct( private readonly Instance $instance, private readonly Instance_Answer $answer ) {}

	public function register(): void {
		add_action( 'admin_notices', array( $this, 'print_notice' ) );
		add_action( 'network_admin_notices', array( $this, 'print_notice' ) );
		add_action( 'admin_post_' . self::ACTION, array( $this, 'handle' ) );
	}

	/**
	 * Prints the question while the owner has to answer it. Screens where nothing can be decided meanwhile show it instead of
	 * their lists.
	 *
	 * @return bool Whether it was printed.
	 */
	public function print_instead(): bool {
		if ( '' === $this->instance->reason() ) {
			return false;
		}
		$this->print_panel();
		return true;
	}

	public function print_notice(): void {
		// Our own screens print the whole question.
		$page = (string) ( $_GET['page'] ?? '' ); // phpcs:ignore WordPress.Security -- only compared
		if ( in_array( $page, array( 'altsmith', 'altsmith-review', 'altsmith-backfill' ), true ) || ! current_user_can( Capabilities::CONNECT ) || '' === $this->instance->reason() ) {
			return;
		}
		$link = sprintf( '<a href="%s">%s</a>', esc_url( admin_url( 'upload.php?page=altsmith-review' ) ), esc_html__( 'Say whether this site is a copy or has moved', 'altsmith' ) );
		wp_admin_notice( '<p>' . esc_html( $this->instance->sentence() ) . '</p><p>' . $link . '</p>', array( 'type' => 'error', 'paragraph_wrap' => false ) );
	}

	/** Handles the form, and redirects back. */
	public function handle(): void {
		check_admin_referer( self::ACTION );
		$answer = (string) ( $_POST['answer'] ?? '' ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- compared with a fixed list
		if ( ! current_user_can( Capabilities::CONNECT ) ) {
			wp_die( esc_html__( 'Sorry, you are not allowed to answer this.', 'altsmith' ), '', array( 'response' => 403 ) );
		}
		try {
			if ( ! in_array( $answer, array( Instance_Answer::MOVED, Instance_Answer::COPY ), true ) ) {
				set_transient( self::ERROR . get_current_user_id(), __( 'Choose one of the two answers.', 'altsmith' ), MINUTE_IN_SECONDS );
			} elseif ( '' !== $this->instance->reason() ) {
				$this->answer->give( $answer );
			}
		} catch ( Sidecar_Error $error ) {
			set_transient( self::ERROR . get_current_user_id(), $error->getMessage(), MINUTE_IN_SECONDS );
		}
		wp_safe_redirect( wp_get_referer() ? wp_get_referer() : admin_url( 'upload.php?page=altsmith-review' ) );
		exit;
	}

	private function print_panel(): void {
		$error = (string) get_transient( self::ERROR . get_current_user_id() );
		delete_transient( self::ERROR . get_current_user_id() );
		echo '<div class="card" id="altsmith-instance" style="max-width:45em"><h2>' . esc_html__( 'Is this site a copy, or has it moved?', 'altsmith' ) . '</h2>';
		if ( '' !== $error ) {
			wp_admin_notice( esc_html( $error ), array( 'type' => 'error', 'additional_classes' => array( 'inline' ) ) );
		}
		echo '<p>' . esc_html( $this->instance->sentence() ) . '</p><p>' . esc_html__( 'Images uploaded meanwhile wait, and texts that are published stay as they are.', 'altsmith' ) . '</p>';
		if ( ! current_user_can( Capabilities::CONNECT ) ) {
			echo '<p>' . esc_html( is_multisite() ? __( 'An administrator of the network has to answer this.', 'altsmith' ) : __( 'An administrator has to answer this.', 'altsmith' ) ) . '</p></div>';
			return;
		}
		printf( '<form method="post" action="%s"><input type="hidden" name="action" value="%s">', esc_url( admin_url( 'admin-post.php' ) ), esc_attr( self::ACTION ) );
		wp_nonce_field( self::ACTION );
		echo '<fieldset><legend class="screen-reader-text">' . esc_html__( 'Is this site a copy, or has it moved?', 'altsmith' ) . '</legend>';
		foreach ( $this->choices() as $answer => list( $label, $text ) ) {
			printf( '<p><label><input type="radio" name="answer" value="%1$s" required aria-describedby="altsmith-instance-%1$s"> <strong>%2$s</strong></label><br><span class="description" id="altsmith-instance-%1$s">%3$s</span></p>', esc_attr( $answer ), esc_html( $label ), esc_html( $text ) );
		}
		echo '</fieldset>';
		if ( is_multisite() ) {
			echo '<p>' . esc_html__( 'Where the whole network was moved or copied, the answer holds for all of its sites.', 'altsmith' ) . '</p>';
		}
		submit_button( __( 'Save answer', 'altsmith' ) );
		echo '</form></div>';
	}

	/** @return array<string, array{0: string, 1: string}> */
	private function choices(): array {
		$is_same_address = Instance::TURN === $this->instance->reason();
		return array(
			Instance_Answer::MOVED => $is_same_address
				? array( __( 'This is the original', 'altsmith' ), __( 'The queue and all suggestions go on here. The other database gets the same question the next time it contacts the sidecar.', 'altsmith' ) )
				: array( __( 'The site has moved', 'altsmith' ), __( 'The queue and all suggestions go on here, under the new address. The former address no longer gets any.', 'altsmith' ) ),
			Instance_Answer::COPY  => array( __( 'This is a copy', 'altsmith' ), __( 'The original keeps its queue and its suggestions. This site begins with an empty queue; texts that are published here stay.', 'altsmith' ) ),
		);
	}
}
