<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Settings;

defined( 'ABSPATH' ) || exit;

/** What is asked for, who may review, what an approval writes, and how news arrives. */
final class Choice_Fields {
	public function __construct( private readonly Settings $settings ) {}

	public function render(): void {
		Form_Row::draw(
			'',
			__( 'New uploads', 'altsmith' ),
			$this->checkbox( 'automatic', __( 'Request a suggestion when an image is uploaded', 'altsmith' ) ) . '<br>' . $this->checkbox( 'videos', __( 'Request a suggestion when a video is uploaded', 'altsmith' ) ),
			__( 'The upload does not wait for it. A suggestion is published when somebody approves it; if the owner of the sidecar has set a rule that approves sure suggestions, by that rule too.', 'altsmith' )
		);
		$this->types();
		$this->reviewers();
		$more = array(
			'write_title'       => __( 'Replace a title that is only the file name', 'altsmith' ),
			'write_description' => __( 'Fill an empty description', 'altsmith' ),
			'structured_data'   => __( 'Describe images to search engines (schema.org ImageObject)', 'altsmith' ),
			'video_texts'       => __( 'Give videos on pages their approved description and text alternative', 'altsmith' ),
			'render_fill'       => __( 'Show approved texts in images that were placed before, when the page is shown', 'altsmith' ),
		);
		Form_Row::draw( '', __( 'When a text is approved', 'altsmith' ), implode( '<br>', array_map( array( $this, 'checkbox' ), array_keys( $more ), $more ) ) );
		$this->wordpress_ai();
		$this->digest();
		if ( ! $this->settings->for_network ) {
			$this->background();
		}
	}

	/** WordPress has an AI client from 7.0 on. */
	private function wordpress_ai(): void {
		if ( ! function_exists( 'wp_ai_client_prompt' ) ) {
			return;
		}
		Form_Row::draw(
			'',
			__( 'WordPress’s AI client', 'altsmith' ),
			$this->checkbox( 'wordpress_ai', __( 'Let WordPress and other plugins request texts about images from the sidecar', 'altsmith' ) ),
			__( 'For example the button “Generate alt text” of the AI plugin. Texts requested this way do not pass the review: whoever requests one decides what becomes of it. The image and the request, which can contain text of the page, go to the sidecar, also for images that Altsmith would not send by itself.', 'altsmith' )
		);
	}

	private function digest(): void {
		$labels = array(
			'off'    => __( 'Never', 'altsmith' ),
			'daily'  => __( 'Once a day', 'altsmith' ),
			'weekly' => __( 'Once a week', 'altsmith' ),
		);
		Form_Row::draw(
			'altsmith_digest',
			__( 'E-mail about suggestions that need review', 'altsmith' ),
			$this->select( 'digest', $labels ),
			__( 'Nothing is sent while nothing needs review.', 'altsmith' ),
			Form_Row::errors( 'altsmith_digest' )
		);
		$wrong = Form_Row::errors( 'altsmith_digest_to' );
		$field = sprintf(
			'<input type="text" inputmode="email" class="regular-text" id="altsmith_digest_to" name="%s[digest_to]" value="%s" placeholder="%s" %s>',
			esc_attr( Settings::MORE_OPTION ),
			esc_attr( $this->settings->all()['digest_to'] ),
			esc_attr( (string) get_option( 'admin_email' ) ),
			Form_Row::described_by( 'altsmith_digest_to', $wrong )
		);
		Form_Row::draw( 'altsmith_digest_to', __( 'Send it to', 'altsmith' ), $field, __( 'One address or several, with commas between them. Leave it empty for the administration e-mail address of the site.', 'altsmith' ), $wrong );
	}

	/** @param array<string, string> $labels By value. */
	private function select( string $name, array $labels ): string {
		$options = '';
		foreach ( $labels as $value => $label ) {
			$options .= sprintf( '<option value="%s" %s>%s</option>', esc_attr( $value ), selected( $this->settings->all()[ $name ], $value, false ), esc_html( $label ) );
		}
		$wrong = array() === Form_Row::errors( 'altsmith_' . $name ) ? '' : sprintf( ' aria-invalid="true" aria-describedby="altsmith_%s-error"', esc_attr( $name ) );
		return sprintf( '<select id="altsmith_%1$s" name="%2$s[%1$s]"%4$s>%3$s</select>', esc_attr( $name ), esc_attr( Settings::MORE_OPTION ), $options, $wrong );
	}

	private function types(): void {
		$chosen = $this->settings->types();
		$boxes  = '';
		foreach ( Settings::READABLE_TYPES as $type ) {
			$boxes .= sprintf( '<label><input type="checkbox" name="%s[types][]" value="%s" %s> %s</label><br>', esc_attr( Settings::MORE_OPTION ), esc_attr( $type ), checked( in_array( $type, $chosen, true ), true, false ), esc_html( 'image/webp' === $type ? 'WebP' : strtoupper( substr( $type, 6 ) ) ) );
		}
		$heading = __( 'Image types', 'altsmith' );
		Form_Row::draw( '', $heading, '<fieldset><legend class="screen-reader-text">' . esc_html( $heading ) . '</legend>' . $boxes . '</fieldset>', '', Form_Row::errors( 'altsmith_types' ) );
	}

	private function reviewers(): void {
		$labels = array(
			'upload_files'      => __( 'Everyone who may upload, for the images they may edit', 'altsmith' ),
			'edit_others_posts' => __( 'Editors and administrators only', 'altsmith' ),
		);
		Form_Row::draw( 'altsmith_reviewers', __( 'Who may review', 'altsmith' ), $this->select( 'reviewers', $labels ), '', Form_Row::errors( 'altsmith_reviewers' ) );
	}

	/** What moves suggestions along, and when it last did: without it an owner whose cron is off waits for nothing. */
	private function background(): void {
		$last = (int) get_option( 'altsmith_last_sync', 0 );
		$text = 0 === $last
			? __( 'The sidecar has not been checked for updates yet.', 'altsmith' )
			/* translators: %s: a span of time such as "5 minutes" */
			: sprintf( __( 'The sidecar was last checked for updates %s ago.', 'altsmith' ), human_time_diff( $last ) );
		$cron = (int) get_option( 'altsmith_last_cron', 0 );
		if ( $cron > 0 ) {
			/* translators: %s: a span of time such as "5 minutes" */
			$text .= ' ' . sprintf( __( 'WP-Cron last ran for it %s ago.', 'altsmith' ), human_time_diff( $cron ) );
		}
		$more = defined( 'DISABLE_WP_CRON' ) && DISABLE_WP_CRON
			? __( 'WP-Cron is switched off on this site (DISABLE_WP_CRON). Uploads, open admin pages and “wp altsmith sync” do its work; let a timer of the system call that command or wp-cron.php every minute, so that suggestions also come when nobody is here.', 'altsmith' )
			: __( 'WP-Cron checks while the site is visited; uploads and open admin pages check as well. Tools → Site Health says whether they work.', 'altsmith' );
		Form_Row::draw( '', __( 'Background updates', 'altsmith' ), '<p>' . esc_html( $text ) . '</p>', $more );
	}

	private function checkbox( string $option, string $label ): string {
		return sprintf( '<label><input type="checkbox" name="%s[%s]" value="1" %s> %s</label>', esc_attr( Settings::MORE_OPTION ), esc_attr( $option ), checked( (bool) $this->settings->all()[ $option ], true, false ), esc_html( $label ) );
	}
}
