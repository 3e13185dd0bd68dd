<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Capabilities;
use Altsmith\Settings;

defined( 'ABSPATH' ) || exit;

/** The address, the key, and how the connection is. */
final class Connection_Fields {
	/** The box of the network's form that removes its key; a site's form has a button for that. */
	public const REMOVE_KEY = 'altsmith_remove_key';

	public function __construct( private readonly Settings $settings ) {}

	public function render(): void {
		$may = current_user_can( Capabilities::CONNECT );
		$this->address( $may );
		if ( $may && 'constant' !== $this->settings->source_of( Settings::KEY_OPTION ) ) {
			self::code();
		}
		$this->key( $may );
		$save = $may ? '<button type="submit" class="button button-secondary">' . esc_html__( 'Save and test', 'altsmith' ) . '</button>' : '';
		// The script puts "Test again" and the answer in here; without it the button saves.
		Form_Row::draw( '', __( 'Connection', 'altsmith' ), $save . '<div id="altsmith-connection" class="altsmith-connection"></div>' );
	}

	private function address( bool $may ): void {
		$fixed = 'constant' === $this->settings->source_of( Settings::URL_OPTION );
		$wrong = Form_Row::errors( Settings::URL_OPTION );
		$said  = match ( true ) {
			$fixed && '' === $this->settings->sidecar_url() => __( 'The constant ALTSMITH_SIDECAR_URL holds an address that cannot be used.', 'altsmith' ),
			$fixed  => __( 'Set by the constant ALTSMITH_SIDECAR_URL in wp-config.php.', 'altsmith' ),
			! $may  => __( 'Set by the administrators of the network.', 'altsmith' ),
			! $this->settings->for_network && 'network' === $this->settings->source_of( Settings::URL_OPTION ) => __( 'This is the address of the whole network. Another one here is for this site alone.', 'altsmith' ),
			default => __( 'The sidecar prints it when it starts. It is the address as this web server reaches it, for instance http://127.0.0.1:8787.', 'altsmith' ),
		};
		// type=url would refuse "localhost:8787" in the browser's words, before ours can help.
		$field = sprintf(
			'<input type="text" inputmode="url" spellcheck="false" autocapitalize="off" class="regular-text code" id="altsmith_sidecar_url" name="%s" value="%s" placeholder="http://127.0.0.1:8787" %s %s>',
			esc_attr( Settings::URL_OPTION ),
			esc_attr( $this->settings->sidecar_url() ),
			disabled( $fixed || ! $may, true, false ),
			Form_Row::described_by( 'altsmith_sidecar_url', $wrong )
		);
		Form_Row::draw( 'altsmith_sidecar_url', __( 'Sidecar address', 'altsmith' ), $field, $said, $wrong );
	}

	private static function code(): void {
		$wrong = Form_Row::errors( Pairing_Input::FIELD );
		$field = sprintf(
			'<input type="text" class="code" size="14" spellcheck="false" autocapitalize="characters" autocomplete="off" id="%1$s" name="%1$s" value="" placeholder="7K3QM-W9XPT" %2$s>',
			esc_attr( Pairing_Input::FIELD ),
			Form_Row::described_by( Pairing_Input::FIELD, $wrong )
		);
		$said = __( 'The sidecar shows one when it starts for the first time, with the command “altsmith pair”, and on its own page under “Connect WordPress”. A code works once, for ten minutes, and gives this site its key.', 'altsmith' );
		Form_Row::draw( Pairing_Input::FIELD, __( 'One-time code', 'altsmith' ), $field, $said, $wrong );
	}

	private function key( bool $may ): void {
		$source = $this->settings->source_of( Settings::KEY_OPTION );
		$wrong  = Form_Row::errors( Settings::KEY_OPTION );
		$said   = match ( true ) {
			'constant' === $source && '' === $this->settings->site_key() => __( 'The constant ALTSMITH_SITE_KEY holds a key that cannot be used.', 'altsmith' ),
			'constant' === $source => __( 'Set by the constant ALTSMITH_SITE_KEY in wp-config.php.', 'altsmith' ),
			! $may                 => __( 'Set by the administrators of the network.', 'altsmith' ),
			'network' === $source && ! $this->settings->for_network => __( 'The key of the whole network is used. Another one here is for this site alone.', 'altsmith' ),
			'database' === $source, 'network' === $source => __( 'A key is stored. It is not shown; leave the field empty to keep it.', 'altsmith' ),
			default                => __( 'Only where you have no code. The sidecar keeps the first key in first-key.txt in its data folder.', 'altsmith' ),
		};
		// "off" is ignored by browsers for passwords: they would fill in the one of this administrator.
		$field = sprintf(
			'<input type="password" class="regular-text code" id="altsmith_site_key" name="%s" value="" autocomplete="new-password" %s %s>',
			esc_attr( Settings::KEY_OPTION ),
			disabled( 'constant' === $source || ! $may, true, false ),
			Form_Row::described_by( 'altsmith_site_key', $wrong )
		);
		if ( $may && 'database' === $source ) {
			$field .= ' <button type="submit" form="altsmith-remove-key" class="button altsmith-remove-key">' . esc_html__( 'Remove key', 'altsmith' ) . '</button>';
		}
		if ( $may && $this->settings->for_network && 'network' === $source ) {
			$field .= sprintf( '<br><label><input type="checkbox" name="%s" value="1"> %s</label>', esc_attr( self::REMOVE_KEY ), esc_html__( 'Remove key', 'altsmith' ) );
		}
		Form_Row::draw( 'altsmith_site_key', __( 'Site key', 'altsmith' ), $field, $said, $wrong );
	}
}
