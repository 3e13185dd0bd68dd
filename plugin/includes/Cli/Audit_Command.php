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
	 * : table, csv or json.
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
	 * : table, csv or json.
	 *
	 * @param string[]              $args
	 * @param array<string, string> $options
	 */
	public function show( array $args, array $options ): void {
		$rules = Rule_Words::all();
		$lines = array();
		for ( $page = 1; array() !== ( $items = $this->table->list( $page, self::LISTED ) ); $page++ ) { // phpcs:ignore Generic.CodeAnalysis.AssignmentInCondition, WordPress.CodeAnalysis.AssignmentInCondition -- until a page is empty
			foreach ( $items as $item ) {
				$of_page = array( 'page' => Site_Pages::address( $item['post_id'] ) );
				foreach ( $item['found'] as $one ) {
					$lines[] = $of_page + array( 'image' => $one['src'], 'rule' => $one['rule'], 'wcag' => $rules[ $one['rule'] ]['criteria'] ?? '', 'text' => $one['alt'] );
				}
				if ( '' !== $item['message'] ) {
					$lines[] = $of_page + array( 'image' => '', 'rule' => $item['outcome'], 'wcag' => '', 'text' => $item['message'] );
				}
			}
		}
		WP_CLI\Utils\format_items( $options['format'] ?? 'table', $lines, array( 'page', 'image', 'rule', 'wcag', 'text' ) );
		$counts = $this->table->counts();
		WP_CLI::log( sprintf( '%d of %d pages have nothing to mend; %d could not be read.', $counts['fine'], $counts['pages'], $counts['unread'] ) );
	}
}
