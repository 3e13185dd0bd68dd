<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Support;

/** A plugin's stream wrapper: `bucket://name` is a file in memory. `$asked` counts what would be a request to the store. */
final class Bucket_Stream {
	/** @var array<string, string> Bytes by path. */
	public static array $files = array();

	/** @var string[] */
	public static array $asked = array();

	/** @var resource|null */
	public $context;

	private string $bytes = '';

	private int $at = 0;

	public static function register(): void {
		self::$files = array();
		self::$asked = array();
		stream_wrapper_register( 'bucket', self::class );
	}

	public static function unregister(): void {
		stream_wrapper_unregister( 'bucket' );
	}

	public function stream_open( string $path ): bool {
		self::$asked[] = "open $path";
		$this->bytes   = self::$files[ $path ] ?? '';
		return isset( self::$files[ $path ] );
	}

	public function stream_read( int $count ): string {
		$read      = substr( $this->bytes, $this->at, $count );
		$this->at += strlen( $read );
		return $read;
	}

	public function stream_eof(): bool {
		return $this->at >= strlen( $this->bytes );
	}

	/** @return array<string, int> */
	public function stream_stat(): array {
		return array( 'size' => strlen( $this->bytes ), 'mode' => 0100644 );
	}

	/** @return array<string, int>|false */
	public function url_stat( string $path ): array|false {
		self::$asked[] = "stat $path";
		return isset( self::$files[ $path ] ) ? array( 'size' => strlen( self::$files[ $path ] ), 'mode' => 0100644, 'mtime' => 1 ) : false;
	}
}
