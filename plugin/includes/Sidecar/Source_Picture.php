<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/**
 * The file that says which picture an attachment is: the original, of which WordPress made its sizes. What is sent is a
 * rendition of it, and that may be made again at any time.
 */
final class Source_Picture {
	private function __construct( private readonly string $path ) {}

	public static function of( int $attachment_id ): self {
		clearstatcache();
		$metadata = wp_get_attachment_metadata( $attachment_id, true );
		$original = is_array( $metadata ) && is_string( $metadata['original_image'] ?? null ) ? wp_basename( $metadata['original_image'] ) : '';
		foreach ( Attachment_File::paths( $attachment_id ) as $attached ) {
			// After a crop in WordPress's editor the metadata may still name the original; the attached file is another picture.
			$is_of_it = '' !== $original && preg_replace( '/-(scaled|rotated)$/', '', pathinfo( $attached, PATHINFO_FILENAME ) ) === pathinfo( $original, PATHINFO_FILENAME );
			foreach ( $is_of_it ? array( dirname( $attached ) . '/' . $original, $attached ) : array( $attached ) as $path ) {
				if ( is_file( $path ) ) {
					return new self( $path );
				}
			}
		}
		return new self( '' );
	}

	public function path(): string {
		return $this->path;
	}

	public function bytes(): int {
		return $this->exists() ? (int) filesize( $this->path ) : 0;
	}

	/** Whether there is a file to look at. Stream wrappers count; a picture that is only at its address has none. */
	public function exists(): bool {
		return '' !== $this->path && is_file( $this->path );
	}

	/** Changes whenever the file was written or another one took its place. Cheap: the file is not read. */
	public function stamp(): string {
		return $this->exists() ? md5( $this->path . '|' . filesize( $this->path ) . '|' . filemtime( $this->path ) ) : '';
	}

	/** @return string '' when the file cannot be read. */
	public function sha256(): string {
		return $this->exists() ? (string) hash_file( 'sha256', $this->path ) : '';
	}
}
