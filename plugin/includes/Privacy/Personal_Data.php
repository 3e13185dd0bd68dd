<?php
declare( strict_types=1 );

namespace Altsmith\Privacy;

use Altsmith\Placements\Change_Log;
use Altsmith\Review\Reviewer;
use Altsmith\Settings;
use Altsmith\Storage\Run_Store;
use Altsmith\Storage\Schema;
use Altsmith\Writeback\Provenance;
use WP_User;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB.DirectDatabaseQuery, WordPress.DB.PreparedSQL.InterpolatedNotPrepared -- names of our own tables

/**
 * Lets WordPress's tools for personal data export and erase the names and numbers of people that are stored with the texts
 * they approved or changed in posts. The texts stay, and can still be undone.
 */
final class Personal_Data {
	private const ID   = 'altsmith';
	private const PAGE = 100;

	public function register(): void {
		add_filter( 'wp_privacy_personal_data_exporters', array( $this, 'add_exporter' ) );
		add_filter( 'wp_privacy_personal_data_erasers', array( $this, 'add_eraser' ) );
		add_action( 'admin_init', array( $this, 'suggest_policy' ) );
	}

	/** @param mixed $exporters @return mixed */
	public function add_exporter( mixed $exporters ): mixed {
		if ( is_array( $exporters ) ) {
			$exporters[ self::ID ] = array( 'exporter_friendly_name' => __( 'Altsmith: decisions about alt text', 'altsmith' ), 'callback' => array( $this, 'export' ) );
		}
		return $exporters;
	}

	/** @param mixed $erasers @return mixed */
	public function add_eraser( mixed $erasers ): mixed {
		if ( is_array( $erasers ) ) {
			$erasers[ self::ID ] = array( 'eraser_friendly_name' => __( 'Altsmith: decisions about alt text', 'altsmith' ), 'callback' => array( $this, 'erase' ) );
		}
		return $erasers;
	}

	/** Adds a suggested text to WordPress's privacy policy guide. */
	public function suggest_policy(): void {
		wp_add_privacy_policy_content(
			__( 'Altsmith', 'altsmith' ),
			'<p class="privacy-policy-tutorial">' . esc_html__( 'Altsmith sends images to the sidecar, a program that runs on a server of your choice. Say here whose server that is.', 'altsmith' ) . '</p>'
			. '<p><strong class="privacy-policy-tutorial">' . esc_html__( 'Suggested text:', 'altsmith' ) . '</strong> '
			. esc_html__( 'Images that are uploaded to this site are sent to a program on our own server (the Altsmith sidecar), which suggests a description of each. Where and when a photograph was taken, as its file may say, is left out; the file name, the present texts and the title of the page are sent along. When somebody on our staff approves or rejects a description, their display name and user number are kept with the image on this site, and by that program.', 'altsmith' ) . '</p>'
			. '<p>' . esc_html__( 'Videos of this site for which a description is requested are sent to that program too.', 'altsmith' ) . '</p>'
			. ( ( new Settings() )->answers_wordpress_ai() ? '<p>' . esc_html__( 'What plugins of this site send to WordPress’s AI client about images goes to that program too: the whole file, with place and time if it holds them, and text of the page.', 'altsmith' ) . '</p>' : '' )
		);
	}

	/**
	 * Callback of the exporter.
	 *
	 * @return array{data: array<int, array<string, mixed>>, done: bool}
	 */
	public function export( string $email = '', int $page = 1 ): array {
		$user = get_user_by( 'email', $email );
		$data = array();
		$rows = $user instanceof WP_User ? $this->rows_about( $user, ( max( 1, $page ) - 1 ) * self::PAGE ) : array();
		foreach ( $rows as $row ) {
			$post_id = (int) $row['post_id'];
			foreach ( $this->entries( $row ) as $entry ) {
				if ( self::is_by( $entry, $user ) ) {
					$data[] = self::item( $post_id, count( $data ), $entry['at'] ?? '', $entry['after'] ?? '', (string) ( $entry['by']['name'] ?? '' ) );
				}
			}
		}
		$decided = $user instanceof WP_User ? self::suggestions_of( $user, ( max( 1, $page ) - 1 ) * self::PAGE ) : array();
		foreach ( $decided as $row ) {
			$suggestion = (array) json_decode( (string) $row['suggestion'], true );
			// What was written is among the entries above.
			if ( 'applied' !== ( $suggestion['state'] ?? '' ) ) {
				$data[] = self::item( (int) $row['attachment_id'], count( $data ), $suggestion['decided_at'] ?? '', $suggestion['values']['alt_text'] ?? '', (string) ( $suggestion['decided_by']['name'] ?? '' ) );
			}
		}
		if ( $user instanceof WP_User && 1 === max( 1, $page ) ) {
			foreach ( ( new Reviewer( $user->ID ) )->passed() as $attachment_id ) {
				$data[] = self::item( $attachment_id, count( $data ), '', '', $user->display_name );
			}
			$data = array_merge( $data, self::shortcuts_of( $user ), self::runs_of( $user ) );
		}
		return array( 'data' => $data, 'done' => count( $rows ) < self::PAGE && count( $decided ) < self::PAGE );
	}

	/** @return array<int, array<string, mixed>> What the person changed of the keys of the review screen, as one item. */
	private static function shortcuts_of( WP_User $user ): array {
		$shortcuts = ( new Reviewer( $user->ID ) )->shortcuts();
		$is_theirs = array() !== $shortcuts['keys'] || ! $shortcuts['on'];
		return $is_theirs ? array( self::group( 'shortcuts', array( __( 'Keyboard shortcuts', 'altsmith' ) => (string) wp_json_encode( $shortcuts, JSON_UNESCAPED_UNICODE ) ) ) ) : array();
	}

	/** @return array<int, array<string, mixed>> Runs through the library that the person started, an item each. */
	private static function runs_of( WP_User $user ): array {
		return array_map(
			static fn( array $run ): array => self::group( (string) $run['id'], array( __( 'Existing images', 'altsmith' ) => (string) $run['id'], __( 'Date', 'altsmith' ) => gmdate( 'Y-m-d\TH:i:s\Z', (int) $run['created_at'] ), __( 'Name', 'altsmith' ) => $user->display_name ) ),
			( new Run_Store() )->started_by( $user->ID )
		);
	}

	/**
	 * @param array<string, string> $values By label.
	 * @return array<string, mixed> One item of the export.
	 */
	private static function group( string $id, array $values ): array {
		return array(
			'group_id'    => self::ID,
			'group_label' => __( 'Decisions about alt text', 'altsmith' ),
			'item_id'     => 'altsmith-' . $id,
			'data'        => array_map( static fn( string $name, string $value ): array => array( 'name' => $name, 'value' => $value ), array_keys( $values ), $values ),
		);
	}

	/** @return array<string, mixed> One item of the export, about an image. */
	private static function item( int $attachment_id, int $number, mixed $at, mixed $text, string $name ): array {
		return self::group(
			$attachment_id . '-' . $number,
			array(
				__( 'Image', 'altsmith' ) => get_post_field( 'post_title', $attachment_id, 'raw' ) . " ($attachment_id)",
				__( 'Date', 'altsmith' )  => is_scalar( $at ) ? (string) $at : '',
				__( 'Text', 'altsmith' )  => is_string( $text ) ? $text : '',
				__( 'Name', 'altsmith' )  => $name,
			)
		);
	}

	/**
	 * Callback of the eraser.
	 *
	 * @return array{items_removed: bool, items_retained: bool, messages: string[], done: bool}
	 */
	public function erase( string $email = '', int $page = 1 ): array {
		global $wpdb;
		$user    = get_user_by( 'email', $email );
		$removed = false;
		$done    = true;
		if ( $user instanceof WP_User ) {
			// Rows that were erased no longer match, so each call reads the first page.
			$rows = $this->rows_about( $user, 0 );
			foreach ( $rows as $row ) {
				$all = array_map( static fn( array $entry ): array => self::is_by( $entry, $user ) ? array( 'by' => self::erased_person() ) + $entry : $entry, $this->entries( $row ) );
				// Unlike update_post_meta(), this function takes no slashes away.
				update_metadata_by_mid( 'post', (int) $row['meta_id'], $all );
				$removed = true;
			}
			$done  = count( $rows ) < self::PAGE;
			$texts = Schema::texts_table();
			$kept  = self::suggestions_of( $user, 0 );
			foreach ( $kept as $row ) {
				$suggestion = json_decode( (string) $row['suggestion'], true );
				if ( is_array( $suggestion ) ) {
					$wpdb->update( $texts, array( 'suggestion' => (string) wp_json_encode( array( 'decided_by' => self::erased_person() ) + $suggestion ) ), array( 'attachment_id' => (int) $row['attachment_id'] ) );
					$removed = true;
				}
			}
			$done    = $done && count( $kept ) < self::PAGE;
			$removed = ( new Run_Store() )->forget_who_started( $user->ID ) || $removed;
			$removed = delete_user_meta( $user->ID, Reviewer::USER_KEY ) || $removed;
			$removed = delete_user_option( $user->ID, Reviewer::PASSED_OPTION ) || $removed;
			$removed = delete_metadata( 'post', 0, Reviewer::PASSED_KEY, (string) $user->ID, true ) || $removed;
		}
		return array(
			'items_removed'  => $removed,
			'items_retained' => false,
			'messages'       => $removed ? array( __( 'The sidecar keeps the name with a decision for as long as its setting ALTSMITH_KEEP_HISTORY_DAYS says.', 'altsmith' ) ) : array(),
			'done'           => $done,
		);
	}

	/** @return array<int, array<string, string>> Suggestions that the user decided, with their attachments. */
	private static function suggestions_of( WP_User $user, int $offset ): array {
		global $wpdb;
		$texts = Schema::texts_table();
		$like  = '%' . $wpdb->esc_like( sprintf( '"decided_by":{"id":"%d",', $user->ID ) ) . '%';
		return (array) $wpdb->get_results( $wpdb->prepare( "SELECT attachment_id, suggestion FROM $texts WHERE suggestion LIKE %s ORDER BY attachment_id LIMIT %d OFFSET %d", $like, self::PAGE, $offset ), ARRAY_A );
	}

	/** @return array<int, array<string, string>> Rows of post meta that name the user. */
	private function rows_about( WP_User $user, int $offset ): array {
		global $wpdb;
		// As a string or as a number, as PHP serialises them.
		$text   = sprintf( '%%s:2:"by";a:2:{s:2:"id";s:%d:"%d";%%', strlen( (string) $user->ID ), $user->ID );
		$number = sprintf( '%%s:2:"by";a:2:{s:2:"id";i:%d;%%', $user->ID );
		return (array) $wpdb->get_results( $wpdb->prepare( "SELECT meta_id, post_id, meta_value FROM {$wpdb->postmeta} WHERE meta_key IN ( %s, %s ) AND ( meta_value LIKE %s OR meta_value LIKE %s ) ORDER BY meta_id LIMIT %d OFFSET %d", Provenance::KEY, Change_Log::KEY, $text, $number, self::PAGE, $offset ), ARRAY_A );
	}

	/** @param array<string, string> $row @return array<int, array<string, mixed>> */
	private function entries( array $row ): array {
		$entries = maybe_unserialize( $row['meta_value'] );
		return is_array( $entries ) ? array_values( array_filter( $entries, 'is_array' ) ) : array();
	}

	/** @param array<string, mixed> $entry */
	private static function is_by( array $entry, WP_User $user ): bool {
		return is_array( $entry['by'] ?? null ) && (string) $user->ID === (string) ( $entry['by']['id'] ?? '' );
	}

	/** @return array{id: string, name: string} */
	private static function erased_person(): array {
		return array( 'id' => '', 'name' => __( 'Somebody whose name was erased', 'altsmith' ) );
	}
}
