<?php
declare( strict_types=1 );

namespace Altsmith\Writeback;

use Altsmith\Settings;
use Altsmith\Sidecar\Attachment_File;
use Altsmith\Text\File_Name_Title;
use Altsmith\Video\Video_File;
use Altsmith\Video\Video_Texts;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/**
 * The attachment's title, description and keywords. They follow an approved alt text, and only where nobody's words are
 * in the way: a title that is only a file name, a description that is empty. The visible caption is never touched.
 */
final class Library_Texts {
	public const KEYWORDS_KEY = '_altsmith_keywords';

	public function __construct( private readonly Settings $settings ) {}

	/** Whether an approved title would be written. The review screen asks, so that a person sees what their yes does. */
	public function takes_title( WP_Post $post ): bool {
		return $this->settings->writes_title() && File_Name_Title::is_one( $post->post_title, Attachment_File::name( $post->ID ) );
	}

	/** Of a video it is the text that is decided about, and follows none. */
	public function takes_description( WP_Post $post ): bool {
		return ! Video_File::is_one( $post ) && $this->settings->writes_description() && '' === trim( $post->post_content );
	}

	/**
	 * @param array<string, mixed> $values What the person approved; a field that is not there is not written.
	 * @return array<string, array{before: mixed, after: mixed}> What was changed, for the undo.
	 */
	public function write( WP_Post $post, array $values ): array {
		$new = array();
		if ( '' !== (string) ( $values['title'] ?? '' ) && $this->takes_title( $post ) ) {
			$new['post_title'] = (string) $values['title'];
		}
		if ( '' !== (string) ( $values['description'] ?? '' ) && $this->takes_description( $post ) ) {
			$new['post_content'] = (string) $values['description'];
		}
		$changed = array();
		foreach ( $this->update( $post, $new ) as $field => $after ) {
			$changed[ $field ] = array( 'before' => $post->$field, 'after' => $after );
		}
		if ( is_array( $values['keywords'] ?? null ) && array() !== $values['keywords'] ) {
			$before = get_post_meta( $post->ID, self::KEYWORDS_KEY, true );
			update_post_meta( $post->ID, self::KEYWORDS_KEY, wp_slash( $values['keywords'] ) );
			$changed['keywords'] = array( 'before' => is_array( $before ) ? $before : array(), 'after' => $values['keywords'] );
		}
		return $changed + Video_Texts::write( $post, $values );
	}

	/** @param array<string, array{before: mixed, after: mixed}> $changed What write() gave; a field changed since stays. */
	public function undo( int $attachment_id, array $changed ): void {
		$post = get_post( $attachment_id );
		if ( ! $post instanceof WP_Post ) {
			return;
		}
		$back = array();
		foreach ( array( 'post_title', 'post_content' ) as $field ) {
			if ( isset( $changed[ $field ] ) && $post->$field === $changed[ $field ]['after'] ) {
				$back[ $field ] = (string) $changed[ $field ]['before'];
			}
		}
		$this->update( $post, $back, true );
		Video_Texts::undo( $attachment_id, $changed );
		if ( isset( $changed['keywords'] ) && get_post_meta( $attachment_id, self::KEYWORDS_KEY, true ) === $changed['keywords']['after'] ) {
			if ( array() === $changed['keywords']['before'] ) {
				delete_post_meta( $attachment_id, self::KEYWORDS_KEY );
			} else {
				update_post_meta( $attachment_id, self::KEYWORDS_KEY, wp_slash( $changed['keywords']['before'] ) );
			}
		}
	}

	/**
	 * @param array<string, string> $fields
	 * @param bool                  $as_it_was Whether they were in the database before: then nothing filters them again, and `&` stays `&`.
	 * @return array<string, string> The fields as they are in the database now: filters of WordPress may have had a hand in it.
	 */
	private function update( WP_Post $post, array $fields, bool $as_it_was = false ): array {
		if ( array() === $fields ) {
			return array();
		}
		$filters = array( 'post_title' => 'title_save_pre', 'post_content' => 'content_save_pre' );
		$added   = array();
		foreach ( $as_it_was ? $fields : array() as $field => $text ) {
			$filter           = $filters[ $field ];
			$added[ $filter ] = static function () use ( $text, $filter, &$added ): string {
				// Once: what other plugins save meanwhile is filtered as ever.
				remove_filter( $filter, $added[ $filter ], PHP_INT_MAX );
				return wp_slash( $text );
			};
			add_filter( $filter, $added[ $filter ], PHP_INT_MAX );
		}
		try {
			// wp_update_post() takes slashes away.
			$done = wp_update_post( wp_slash( array( 'ID' => $post->ID ) + $fields ), true );
		} finally {
			foreach ( $added as $filter => $callback ) {
				remove_filter( $filter, $callback, PHP_INT_MAX );
			}
		}
		$now  = get_post( $post->ID, ARRAY_A );
		return is_int( $done ) && is_array( $now ) ? array_intersect_key( $now, $fields ) : array();
	}
}
