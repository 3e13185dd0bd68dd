<?php
declare( strict_types=1 );

namespace Altsmith\Admin;

use Altsmith\Identity\Instance;
use Altsmith\Settings;
use Altsmith\Sidecar\Connection_Test;
use Altsmith\Storage\Request_Store;
use Altsmith\Sync\Loopback;

defined( 'ABSPATH' ) || exit;

/** Tools → Site Health: why suggestions do not come although everything looks right. */
final class Site_Health {
	/** Tests that go over the network, so that WordPress asks for them by REST. */
	public const REST_TESTS = array( 'service', 'loopback' );

	/** WP-Cron runs our event at least once an hour; this leaves room for a site that is hardly visited at night. */
	private const CRON_TOO_OLD = 3 * HOUR_IN_SECONDS;

	public function __construct(
		private readonly Settings $settings,
		private readonly Request_Store $store,
		private readonly Connection_Test $connection,
		private readonly Loopback $loopback,
		private readonly Instance $instance,
	) {}

	public function register(): void {
		add_filter( 'site_status_tests', array( $this, 'add_tests' ) );
		add_filter( 'debug_information', array( $this, 'add_information' ) );
	}

	/**
	 * @param mixed $tests
	 * @return mixed
	 */
	public function add_tests( mixed $tests ): mixed {
		if ( ! is_array( $tests ) || ! $this->settings->is_configured() ) {
			return $tests;
		}
		$tests['direct']['altsmith_cron']   = array( 'label' => __( 'Altsmith: WP-Cron', 'altsmith' ), 'test' => array( $this, 'cron' ) );
		$tests['direct']['altsmith_images'] = array( 'label' => __( 'Altsmith: failed images', 'altsmith' ), 'test' => array( $this, 'images' ) );
		$tests['direct']['altsmith_copy']   = array( 'label' => __( 'Altsmith: copy of a site', 'altsmith' ), 'test' => array( $this, 'copy' ) );
		$labels = array( 'service' => __( 'Altsmith: sidecar', 'altsmith' ), 'loopback' => __( 'Altsmith: background requests', 'altsmith' ) );
		foreach ( self::REST_TESTS as $name ) {
			$tests['async'][ 'altsmith_' . $name ] = array(
				'label'             => $labels[ $name ],
				'test'              => rest_url( 'altsmith/v1/health/' . $name ),
				'has_rest'          => true,
				'async_direct_test' => array( $this, $name ),
			);
		}
		return $tests;
	}

	/** @return array<string, mixed> */
	public function service(): array {
		$found = $this->connection->run();
		return $found['ok']
			? self::result( 'service', 'good', __( 'The sidecar that writes alt text answers', 'altsmith' ), $found['message'] )
			: self::result( 'service', 'loading' === $found['outcome'] ? 'recommended' : 'critical', __( 'The sidecar that writes alt text cannot be used', 'altsmith' ), $found['message'], Settings_Page::url(), __( 'Open the settings of Altsmith', 'altsmith' ) );
	}

	/** The request by which this site wakes itself after an upload: through its own REST API, without anybody logged in. */
	public function loopback(): array {
		$problem = $this->loopback->problem();
		return '' === $problem
			? self::result( 'loopback', 'good', __( 'This site can send images in the background', 'altsmith' ), __( 'After an upload the site calls its own REST API, and images are sent at once.', 'altsmith' ) )
			: self::result( 'loopback', 'recommended', __( 'This site cannot send images in the background', 'altsmith' ), $problem . ' ' . __( 'Until then WP-Cron and open admin pages send images, which takes longer. A security plugin or a password in front of the site is the usual reason: let POST requests to the address above through; they are signed.', 'altsmith' ) );
	}

	/** @return array<string, mixed> */
	public function cron(): array {
		$last = (int) get_option( 'altsmith_last_cron', 0 );
		if ( $last > time() - self::CRON_TOO_OLD ) {
			/* translators: %s: a span of time such as "5 minutes" */
			return self::result( 'cron', 'good', __( 'WP-Cron fetches suggestions', 'altsmith' ), sprintf( __( 'It last ran for Altsmith %s ago.', 'altsmith' ), human_time_diff( $last ) ) );
		}
		/* translators: %s: a span of time such as "5 minutes" */
		$text = 0 === $last ? __( 'It has not run for Altsmith yet.', 'altsmith' ) : sprintf( __( 'It last ran for Altsmith %s ago.', 'altsmith' ), human_time_diff( $last ) );
		$why  = defined( 'DISABLE_WP_CRON' ) && DISABLE_WP_CRON
			? __( 'WP-Cron is switched off on this site (DISABLE_WP_CRON): let a timer of the system call wp-cron.php or “wp altsmith sync”.', 'altsmith' )
			: __( 'WordPress starts it when the site is visited. If it does not run although people come, something stops the site from calling its own wp-cron.php.', 'altsmith' );
		return self::result( 'cron', 'recommended', __( 'WP-Cron does not fetch suggestions', 'altsmith' ), $text . ' ' . $why . ' ' . __( 'Until then suggestions come while an admin page is open.', 'altsmith' ) );
	}

	/** @return array<string, mixed> */
	public function copy(): array {
		return '' === $this->instance->reason()
			? self::result( 'copy', 'good', __( 'This site is not mistaken for another one', 'altsmith' ), __( 'The address and the database are those that the sidecar knows.', 'altsmith' ) )
			: self::result( 'copy', 'critical', __( 'This site may be a copy of another one', 'altsmith' ), $this->instance->sentence(), Settings_Page::url(), __( 'Say whether it is a copy or has moved', 'altsmith' ) );
	}

	/** @return array<string, mixed> */
	public function images(): array {
		$failed = $this->store->count_status( 'failed' );
		if ( 0 === $failed ) {
			return self::result( 'images', 'good', __( 'No images failed', 'altsmith' ), __( 'Every requested image has a suggestion or is being processed.', 'altsmith' ) );
		}
		/* translators: %s: number of images */
		$label = sprintf( _n( '%s image got no suggestion for its alt text', '%s images got no suggestion for their alt text', $failed, 'altsmith' ), number_format_i18n( $failed ) );
		return self::result( 'images', 'recommended', $label, __( 'The reason is shown beside each image, and each one can be retried.', 'altsmith' ), Review_Page::failed_url(), __( 'Show the failed images', 'altsmith' ) );
	}

	/**
	 * @param mixed $information
	 * @return mixed
	 */
	public function add_information( mixed $information ): mixed {
		if ( ! is_array( $information ) ) {
			return $information;
		}
		$moment = static fn( string $option ): string => 0 === (int) get_option( $option, 0 ) ? __( 'Never', 'altsmith' ) : gmdate( 'Y-m-d\TH:i:s\Z', (int) get_option( $option ) );
		$fields = array(
			'version'   => array( __( 'Version', 'altsmith' ), ALTSMITH_VERSION ),
			'schema'    => array( __( 'Version of the tables', 'altsmith' ), (string) get_option( 'altsmith_schema_version', '' ) ),
			'address'   => array( __( 'Sidecar address', 'altsmith' ), $this->settings->sidecar_url() . ' (' . $this->settings->source_of( Settings::URL_OPTION ) . ')' ),
			'key'       => array( __( 'Site key', 'altsmith' ), $this->settings->source_of( Settings::KEY_OPTION ) ),
			'automatic' => array( __( 'Request when an image is uploaded', 'altsmith' ), $this->settings->is_automatic() ? __( 'Yes', 'altsmith' ) : __( 'No', 'altsmith' ) ),
			'types'     => array( __( 'Image types', 'altsmith' ), implode( ', ', $this->settings->types() ) ),
			'last_sync' => array( __( 'The sidecar was last checked for updates', 'altsmith' ), $moment( 'altsmith_last_sync' ) ),
			'last_cron' => array( __( 'WP-Cron last ran', 'altsmith' ), $moment( 'altsmith_last_cron' ) ),
		);
		foreach ( $this->store->counts() as $status => $count ) {
			/* translators: %s: state of a suggestion, such as "pending" */
			$fields[ 'count_' . $status ] = array( sprintf( __( 'Images: %s', 'altsmith' ), $status ), (string) $count );
		}
		$private = array( 'address' );
		foreach ( $fields as $name => list( $label, $value ) ) {
			$fields[ $name ] = array( 'label' => $label, 'value' => $value, 'private' => in_array( $name, $private, true ) );
		}
		$information['altsmith'] = array( 'label' => __( 'Altsmith', 'altsmith' ), 'fields' => $fields );
		return $information;
	}

	/** @return array<string, mixed> As WordPress's own tests answer. */
	private static function result( string $name, string $status, string $label, string $text, string $url = '', string $link = '' ): array {
		return array(
			'test'        => 'altsmith_' . $name,
			'status'      => $status,
			'label'       => $label,
			'badge'       => array( 'label' => __( 'Altsmith', 'altsmith' ), 'color' => 'blue' ),
			'description' => '<p>' . esc_html( $text ) . '</p>',
			'actions'     => '' === $url ? '' : sprintf( '<p><a href="%s">%s</a></p>', esc_url( $url ), esc_html( $link ) ),
		);
	}
}
