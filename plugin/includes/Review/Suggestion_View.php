<?php
declare( strict_types=1 );

namespace Altsmith\Review;

use Altsmith\Placements\Placement_List;
use Altsmith\Sidecar\Attachment_File;
use Altsmith\Shop\Products;
use Altsmith\Storage\Request_Row;
use Altsmith\Writeback\Alt_Text_Meta;
use Altsmith\Video\Video_File;
use Altsmith\Video\Video_View;
use Altsmith\Video\Video_Words;
use Altsmith\Writeback\Library_Texts;
use Altsmith\Writeback\Main_Text;
use Altsmith\Writeback\Provenance;
use WP_Post;

defined( 'ABSPATH' ) || exit;

/** How a row is shown over REST: WordPress's own picture and present text beside the sidecar's suggestion. */
final class Suggestion_View {
	public function __construct( private readonly Placement_List $placements, private readonly Library_Texts $texts ) {}

	/** @var array<int, array{alt: string, used_in: int}> Read beforehand for a list. */
	private array $ahead = array();

	/**
	 * Reads at once what suggestion() would read one by one; an empty list forgets it again.
	 *
	 * @param int[] $attachment_ids
	 */
	public function read_ahead( array $attachment_ids ): void {
		$this->ahead = array();
		_prime_post_caches( $attachment_ids, false, true );
		$parents = array_map( static fn( int $id ): int => (int) get_post( $id )?->post_parent, $attachment_ids );
		_prime_post_caches( array_filter( array_unique( $parents ) ), false, false );
		$texts = Alt_Text_Meta::texts_of( $attachment_ids );
		$used  = $this->placements->count_many( $attachment_ids );
		foreach ( $attachment_ids as $id ) {
			$this->ahead[ $id ] = array( 'alt' => $texts[ $id ] ?? '', 'used_in' => $used[ $id ] ?? 0 );
		}
	}

	/** @return array<string, mixed>|null The suggestion with its picture; null when none has come yet. */
	public function suggestion( Request_Row $row ): ?array {
		$post = get_post( $row->attachment_id );
		if ( null === $row->suggestion || ! $post instanceof WP_Post ) {
			return null;
		}
		$given = $row->suggestion;
		return array(
			'id'             => $given['id'],
			'kind'           => Video_File::is_one( $post ) ? 'video' : 'image',
			'video'          => Video_View::of( $post, $row ),
			'version'        => $row->suggestion_version,
			'state'          => $row->suggestion_state,
			'status'         => $row->display_status(),
			'suggested_alt'  => $given['fields']['alt_text'],
			'fields'         => $given['fields'],
			'follows'        => (object) $this->what_follows( $post, $given['fields'] ),
			'values'         => $given['values'],
			'alternatives'   => $given['alternatives'],
			'confidence'     => $given['confidence'],
			'flags'          => self::flags( self::with_shop( $given['flags'], $post->ID ) ),
			'model'          => $given['model'],
			'reason'         => $given['reason'],
			'decided_by'     => Decided_By::shown( $given['decided_by'] ),
			'decided_at'     => $given['decided_at'],
			'created_at'     => $given['created_at'],
			'run_id'         => $given['run_id'],
			'can_undo'       => $this->can_undo( $row ),
			'passed_by'      => Reviewer::passed_by( $row->attachment_id ),
			'is_passed'      => in_array( $row->attachment_id, ( new Reviewer( get_current_user_id() ) )->passed(), true ),
			'text_in_picture' => (string) ( $given['text_in_picture'] ?? '' ),
			// Rows of earlier versions have none of these.
			'language'       => '' !== ( $given['source'] ?? '' ) && '' === ( $given['translator'] ?? '' ) ? 'en' : (string) ( $given['language'] ?? '' ),
			'source'         => (string) ( '' !== ( $given['approved_source'] ?? '' ) ? $given['approved_source'] : ( $given['source'] ?? '' ) ),
			'translator'     => (string) ( $given['translator'] ?? '' ),
		) + $this->picture( $post );
	}

	/**
	 * Everything known about one attachment, with or without a suggestion.
	 *
	 * @param string[] $fields Names of what is asked for; all where none is named. Placements take a look into every post that shows the image.
	 * @return array<string, mixed>
	 */
	public function attachment( WP_Post $post, ?Request_Row $row, array $fields = array() ): array {
		$latest = Provenance::latest( $post->ID );
		$status = null === $row ? 'none' : $row->display_status();
		return array(
			'id'         => $post->ID,
			'status'     => $status,
			'status_text' => Status_Words::sentence( $status, $row?->suggestion, Video_File::is_one( $post ) ),
			'kind'       => Video_File::is_one( $post ) ? 'video' : 'image',
			// The browser can take still pictures where the sidecar cannot read the video.
			'frames_help' => Video_File::is_one( $post ) && in_array( $row?->error_code, Video_Words::BROWSER_MAY, true ) && ! in_array( $status, array( 'queued', 'sent' ), true ),
			'video_url'  => Video_File::is_one( $post ) ? (string) wp_get_attachment_url( $post->ID ) : '',
			'alt_text'   => Main_Text::read( $post->ID )->text(),
			'decorative' => Provenance::is_decorative( $post->ID ),
			'error'      => null === $row || '' === $row->error_code ? null : array( 'code' => $row->error_code, 'message' => $row->error_message ),
			'suggestion' => null === $row ? null : $this->suggestion( $row ),
			'provenance' => $latest,
			'picture_changed' => Provenance::picture_changed( $post->ID ),
			'placements' => array() === $fields || in_array( 'placements', $fields, true ) ? $this->placements->of( $post->ID )['items'] : null,
			'review_url' => self::review_url( $post->ID ),
		);
	}

	/**
	 * @param array<int, array{code: string, message: string}> $flags
	 * @return array<int, array{code: string, message: string}> With what has to be said of a picture of a product.
	 */
	private static function with_shop( array $flags, int $attachment_id ): array {
		return Products::show( $attachment_id ) ? array_merge( $flags, array( array( 'code' => 'product_picture', 'message' => '' ) ) ) : $flags;
	}

	public static function review_url( int $attachment_id = 0 ): string {
		$url = admin_url( 'upload.php?page=altsmith-review' );
		return 0 === $attachment_id ? $url : add_query_arg( 'attachment', $attachment_id, $url );
	}

	/**
	 * Flag codes with a sentence in the site's language; a code from a newer sidecar keeps the sidecar's own sentence.
	 *
	 * @param array<int, array{code: string, message: string}> $flags
	 * @return array<int, array{code: string, message: string}>
	 */
	public static function flags( array $flags ): array {
		$words = Flag_Words::all();
		return array_map(
			static fn( array $flag ): array => array(
				'code'    => $flag['code'],
				'message' => isset( $words[ $flag['code'] ] ) ? trim( $words[ $flag['code'] ] . ' ' . self::words_told( $flag ) ) : $flag['message'],
			),
			$flags
		);
	}

	/** @param array{code: string, message: string} $flag @return string The words that it is about, as the sidecar quotes them; '' for none. */
	private static function words_told( array $flag ): string {
		if ( ! in_array( $flag['code'], array( 'untranslated', 'unsure_word', 'gender', 'glossary' ), true ) ) {
			return '';
		}
		preg_match_all( '/“[^“”]{1,100}”/u', $flag['message'], $found );
		return implode( ', ', array_unique( $found[0] ) );
	}

	/** @return array<string, mixed> What an approval of a suggestion as it is writes. */
	public function values_as_suggested( Request_Row $row ): array {
		$post = get_post( $row->attachment_id );
		if ( null === $row->suggestion || ! $post instanceof WP_Post ) {
			return array();
		}
		return array( 'alt_text' => $row->suggestion['fields']['alt_text'] ) + $this->what_follows( $post, $row->suggestion['fields'] );
	}

	/**
	 * What would be written besides the alt text, so that a person's yes covers it.
	 *
	 * @param array<string, mixed> $fields
	 * @return array<string, mixed>
	 */
	private function what_follows( WP_Post $post, array $fields ): array {
		return array_filter(
			array(
				'title'       => $this->texts->takes_title( $post ) ? $fields['title'] : null,
				'description' => $this->texts->takes_description( $post ) ? $fields['description'] : null,
				'keywords'    => $fields['keywords'],
			)
		);
	}

	private function can_undo( Request_Row $row ): bool {
		$latest = Provenance::latest( $row->attachment_id );
		if ( 'applied' === $row->suggestion_state ) {
			return null !== $latest && ( $latest['suggestion_id'] ?? '' ) === $row->suggestion_id;
		}
		return in_array( $row->suggestion_state, array( 'rejected', 'conflict', 'approved', 'decorative' ), true );
	}

	/** @return array<string, mixed>|null For a whole window: the browser takes the size that fits. */
	private static function large( WP_Post $post ): ?array {
		$image = wp_get_attachment_image_src( $post->ID, 'full' );
		if ( ! is_array( $image ) ) {
			return null;
		}
		return array(
			'url'    => $image[0],
			'width'  => (int) $image[1],
			'height' => (int) $image[2],
			'srcset' => (string) wp_get_attachment_image_srcset( $post->ID, 'full' ),
		);
	}

	/** @return array<string, mixed> */
	private function picture( WP_Post $post ): array {
		$image = wp_get_attachment_image_src( $post->ID, 'medium_large' );
		return array(
			'attachment_id' => $post->ID,
			'title'         => $post->post_title,
			'file_name'     => Attachment_File::name( $post->ID ),
			'current_alt'   => Video_File::is_one( $post ) ? Main_Text::read( $post->ID )->text() : ( $this->ahead[ $post->ID ]['alt'] ?? Alt_Text_Meta::read( $post->ID )->text() ),
			'is_decorative' => Provenance::is_decorative( $post->ID ),
			'picture_changed' => Provenance::picture_changed( $post->ID ),
			'picture'       => self::large( $post ),
			'thumbnail'     => is_array( $image ) ? array( 'url' => $image[0], 'width' => (int) $image[1], 'height' => (int) $image[2] ) : null,
			'used_in'       => $this->ahead[ $post->ID ]['used_in'] ?? $this->placements->count_posts( $post->ID ),
			'used_in_complete' => $this->placements->is_complete(),
			'edit_url'      => (string) get_edit_post_link( $post->ID, 'raw' ),
		);
	}
}
