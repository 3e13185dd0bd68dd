<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

use Altsmith\Storage\Request_Row;

/** What happens to the file of an attachment. The class that uses it has the folder of pictures as IMAGES. */
trait Changed_Pictures {
	/** @param string $picture The name of a photograph, or a JPEG. */
	private function described( string $picture = 'cat' ): Request_Row {
		$this->become( 'admin' );
		$file = wp_upload_dir()['path'] . '/picture-' . bin2hex( random_bytes( 4 ) ) . '.jpg';
		file_put_contents( $file, strlen( $picture ) > 100 ? $picture : file_get_contents( self::IMAGES . "$picture.jpg" ) );
		$id = $this->attach( $file );
		$this->sync();
		$this->sidecar->describe_all();
		$this->sync();
		self::assertSame( 'pending', $this->row( $id )->display_status() );
		return $this->row( $id );
	}

	/** As Enable Media Replace does: another file under another name. */
	private function replace( int $id ): void {
		$file = dirname( get_attached_file( $id ) ) . '/rocket-' . bin2hex( random_bytes( 4 ) ) . '.jpg';
		copy( self::IMAGES . 'rocket.jpg', $file );
		update_attached_file( $id, $file );
		$this->make_sizes( $id );
	}

	private function overwrite( int $id ): void {
		copy( self::IMAGES . 'tourist.jpg', get_attached_file( $id ) );
		$this->make_sizes( $id );
	}

	/**
	 * As wp_save_image() does, which needs wp-admin: a new file beside the old one, and new sizes. Sizes that the new file is
	 * too small for go on being listed, with files of the old picture.
	 */
	private function edit( int $id, callable $change ): void {
		$before = wp_get_attachment_metadata( $id );
		$editor = wp_get_image_editor( get_attached_file( $id ) );
		$change( $editor, $editor->get_size() );
		$file = dirname( get_attached_file( $id ) ) . '/' . pathinfo( get_attached_file( $id ), PATHINFO_FILENAME ) . '-e' . random_int( 1000, 9999 ) . '.jpg';
		$editor->save( $file );
		update_attached_file( $id, $file );
		$this->make_sizes( $id );
		$metadata           = wp_get_attachment_metadata( $id );
		$metadata['sizes'] += $before['sizes'];
		wp_update_attachment_metadata( $id, $metadata );
	}

	private function crop( int $id ): void {
		$this->edit( $id, static fn( $editor, array $size ) => $editor->crop( 0, 0, (int) ( $size['width'] * 0.6 ), (int) ( $size['height'] * 0.6 ) ) );
	}

	private function turn( int $id ): void {
		$this->edit( $id, static fn( $editor ) => $editor->rotate( 180 ) );
	}

	private function mirror( int $id ): void {
		$this->edit( $id, static fn( $editor ) => $editor->flip( false, true ) );
	}

	private function optimise( int $id ): void {
		imagejpeg( imagecreatefromjpeg( get_attached_file( $id ) ), get_attached_file( $id ), 55 );
		$this->make_sizes( $id );
	}

	/** Takes a comment out, or puts one in: what a program that strips metadata changes. */
	private function strip( int $id ): void {
		$bytes = (string) file_get_contents( get_attached_file( $id ) );
		file_put_contents( get_attached_file( $id ), substr( $bytes, 0, 2 ) . "\xff\xfe\x00\x06none" . substr( $bytes, 2 ) );
		wp_update_attachment_metadata( $id, array( 'filesize' => 1 ) + wp_get_attachment_metadata( $id ) );
	}

	private function touch_file( int $id ): void {
		touch( get_attached_file( $id ), time() + 60 );
	}
}
