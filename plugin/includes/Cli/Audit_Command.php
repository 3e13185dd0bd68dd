<?php
declare( strict_types=1 );

namespace Altsmith\Cli;

use Altsmith\Audit\Audit;
use Altsmith\Audit\Audit_Table;
use Altsmith\Audit\Rule_Words;
use Altsmith\Audit\Site_Pages;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/** What is wrong with the texts of images on the published pages. */
final class Audit_Command {
	private const LISTED = 100;

	public function __construct( private readonly Audit $audit, private readonly Audit_Table $table ) {}

	/**
	 * Reads every published page as visitors get it, and lists what is wrong with the texts of its images.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : list or json.
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function run( array $args, array $options ): void {
		$this->audit->start();
		while ( ! $this->audit->run( 10.0 ) && 'running' === $this->audit->state()['state'] ) {
			usleep( 100000 ); // Another process may hold it.
		}
		$this->show( $args, $options );
		$state = $this->audit->state();
		if ( 'done' !== $state['state'] ) {
			WP_CLI::error( '' === $state['problem'] ? 'The audit was stopped.' : $state['problem'] );
		}
	}

	/**
	 * Lists what the latest audit found.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : list or json.
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function show( array $args, array $options ): void {
		$counts   = $this->table->counts();
		$problems = array();
		$unread   = array();
		for ( $page = 1; $page <= (int) ceil( $this->table->count_listed() / self::LISTED ); $page++ ) {
			foreach ( $this->table->list( $page, self::LISTED ) as $item ) {
				$address = Site_Pages::address( $item['post_id'] );
				foreach ( $item['found'] as $one ) {
					$problems[] = array( 'page' => $address, 'image' => $one['src'], 'rule' => $one['rule'], 'text' => $one['alt'] );
				}
				if ( '' !== $item['message'] ) {
					$unread[] = array( 'page' => $address, 'message' => $item['message'] );
				}
			}
		}
		if ( 'json' === ( $options['format'] ?? 'list' ) ) {
			WP_CLI::line( (string) wp_json_encode( array( 'pages' => $counts['pages'], 'images' => $counts['images'], 'problems' => $problems, 'unread' => $unread ), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) );
			return;
		}
		$rules = Rule_Words::all();
		foreach ( $problems as $one ) {
			WP_CLI::line( sprintf( '%s  %s (WCAG %s)  %s  "%s"', $one['page'], $rules[ $one['rule'] ]['label'] ?? $one['rule'], $rules[ $one['rule'] ]['criteria'] ?? '', $one['image'], $one['text'] ) );
		}
		foreach ( $unread as $one ) {
			WP_CLI::line( $one['page'] . '  ' . $one['message'] );
		}
		WP_CLI::line( sprintf( '%d of %d pages have nothing to mend; %d could not be read.', $counts['fine'], $counts['pages'], $counts['unread'] ) );
	}
}
