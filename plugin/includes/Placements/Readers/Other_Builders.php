<?php
declare( strict_types=1 );

namespace Altsmith\Placements\Readers;

defined( 'ABSPATH' ) || exit;

/** Builders whose data is not understood: only addresses of pictures are found in it (Place_Search), and each page is listed as one that was not read. */
final class Other_Builders extends Place_Reader {
	public function name(): string {
		return 'other';
	}

	public function label(): string {
		return '';
	}

	public function keys(): array {
		return array( '_breakdance_data', 'ct_builder_shortcodes', 'ct_builder_json', 'brizy', 'panels_data', '_themify_builder_settings_json' );
	}

	public function find( string $raw, string $key ): array {
		return array();
	}

	public function finds_all(): bool {
		return false;
	}
}
