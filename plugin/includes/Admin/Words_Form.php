<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Capabilities;
use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Text\Glossary_Lines;
use InvalidArgumentException;

defined( 'ABSPATH' ) || exit;

/** The site's own words, in a form of its own below the settings: they are kept in the sidecar, for every installation of the site. */
final class Words_Form {
	private const ACTION = 'altsmith_words';
	private const FIELD  = 'altsmith_words';
	/** Hidden field: what the form showed, as a hash. */
	private const BEFORE = 'altsmith_words_before';
	/** Argument of the page's address that opens the form. */
	private const SHOWN = 'words';
	/** What was refused, so that nobody writes it twice. Seconds. */
	private const KEEP = 300;

	public function __construct( private readonly Client $client ) {}

	public function register(): void {
		add_action( 'admin_post_' . self::ACTION, array( $this, 'save' ) );
	}

	/** Where sites of a network share the key of the network they share its words too: those are for its administrators. */
	public static function may(): bool {
		$is_shared = is_multisite() && 'database' !== ( new Settings() )->source_of( Settings::KEY_OPTION );
		return current_user_can( $is_shared ? Capabilities::CONNECT : Capabilities::MANAGE );
	}

	/** A link to the form; the form itself asks the sidecar, which the settings page does not while it is drawn. */
	public function render(): void {
		echo '<h2 class="title">' . esc_html__( 'Words of this site', 'altsmith' ) . '</h2>';
		if ( ! self::may() ) {
			echo '<p>' . esc_html__( 'Set by the administrators of the network.', 'altsmith' ) . '</p>';
			return;
		}
		if ( 'edit' !== ( $_GET[ self::SHOWN ] ?? '' ) ) { // phpcs:ignore WordPress.Security -- only compared
			printf( '<p><a class="button" href="%s">%s</a></p>', esc_url( self::url() ), esc_html__( 'Words to use', 'altsmith' ) );
			return;
		}
		try {
			$this->form( Glossary_Lines::text( $this->client->glossary() ) );
		} catch ( Sidecar_Error $error ) {
			printf( '<div class="notice notice-error inline"><p>%s</p></div>', esc_html( $error->getMessage() ) );
		}
	}

	private static function url(): string {
		return add_query_arg( self::SHOWN, 'edit', Settings_Page::url() );
	}

	private function form( string $kept ): void {
		$refused = get_transient( self::refused() );
		$wrong   = is_array( $refused ) ? array( (string) $refused['why'] ) : array();
		delete_transient( self::refused() );
		$field = sprintf(
			'<textarea id="%1$s" name="%1$s" rows="8" cols="60" class="large-text code" dir="auto" spellcheck="false" %2$s>%3$s</textarea>',
			esc_attr( self::FIELD ),
			Form_Row::described_by( self::FIELD, $wrong ),
			esc_textarea( is_array( $refused ) ? (string) $refused['text'] : $kept )
		);
		printf( '<form method="post" action="%s"><input type="hidden" name="action" value="%s">', esc_url( admin_url( 'admin-post.php' ) ), esc_attr( self::ACTION ) );
		wp_nonce_field( self::ACTION );
		printf( '<input type="hidden" name="%s" value="%s">', esc_attr( self::BEFORE ), esc_attr( md5( $kept ) ) );
		echo '<table class="form-table" role="presentation">';
		Form_Row::draw(
			self::FIELD,
			__( 'Words to use', 'altsmith' ),
			$field,
			__( 'One to a line: the word to use, its other forms, an equals sign, the words not to use. For example: child, children = kid. Put the name of a product or place in quotation marks to keep its letters as they are. Texts in another language than English: begin the line with the language, such as [de]. Suggestions say where a word was put in.', 'altsmith' ),
			$wrong
		);
		echo '</table>';
		submit_button( __( 'Save words', 'altsmith' ), 'secondary', 'submit', true, array( 'id' => 'altsmith-save-words' ) );
		echo '</form>';
	}

	/** Sends them to the sidecar. Action `admin_post_altsmith_words`. */
	public function save(): void {
		check_admin_referer( self::ACTION );
		if ( ! self::may() ) {
			wp_die( esc_html__( 'Sorry, you are not allowed to change the words of this site.', 'altsmith' ), '', array( 'response' => 403 ) );
		}
		$text = sanitize_textarea_field( wp_unslash( is_string( $_POST[ self::FIELD ] ?? null ) ? $_POST[ self::FIELD ] : '' ) ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput
		$why  = $this->keep( $text, is_string( $_POST[ self::BEFORE ] ?? null ) ? $_POST[ self::BEFORE ] : '' ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- only compared
		if ( null === $why ) {
			add_settings_error( self::FIELD, 'saved', __( 'The words were saved.', 'altsmith' ), 'success' );
		} else {
			add_settings_error( self::FIELD, 'refused', $why, 'error' );
		}
		set_transient( 'settings_errors', get_settings_errors(), 30 );
		wp_safe_redirect( add_query_arg( 'settings-updated', 'true', self::url() ) );
		exit;
	}

	/**
	 * @param string $before Hash of the words that the form showed; '' where it is not known.
	 * @return string|null Why they were not kept; then what was typed is shown again.
	 */
	public function keep( string $text, string $before = '' ): ?string {
		try {
			$entries = Glossary_Lines::parse( $text );
			// Other sites of the account, and the sidecar's own page, change the same list.
			if ( '' !== $before && md5( Glossary_Lines::text( $this->client->glossary() ) ) !== $before ) {
				throw new InvalidArgumentException( __( 'Someone changed the words in the meantime, so nothing was saved. Yours are still in the field; saving them again replaces the others.', 'altsmith' ) );
			}
			$this->client->put_glossary( $entries );
			return null;
		} catch ( InvalidArgumentException | Sidecar_Error $error ) {
			set_transient( self::refused(), array( 'text' => $text, 'why' => $error->getMessage() ), self::KEEP );
			return $error->getMessage();
		}
	}

	private static function refused(): string {
		return 'altsmith_words_' . get_current_user_id();
	}
}
