<?php
declare( strict_types=1 );

namespace Altsmith\Abilities;

use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * Offers what a program may do here through WordPress's Abilities API (6.9 and later): look, and ask for a suggestion.
 *
 * Approving is not among it, on purpose: that a person has looked is the promise this plugin makes.
 */
final class Abilities {
	private const CATEGORY = 'altsmith';

	public function register(): void {
		// These hooks exist only where the API does.
		add_action( 'wp_abilities_api_categories_init', array( $this, 'register_category' ) );
		add_action( 'wp_abilities_api_init', array( $this, 'register_abilities' ) );
	}

	public function register_category(): void {
		if ( function_exists( 'wp_register_ability_category' ) ) {
			wp_register_ability_category(
				self::CATEGORY,
				array(
					'label'       => __( 'Alt text', 'altsmith' ),
					'description' => __( 'Suggestions for the alternative texts of images, which a person approves.', 'altsmith' ),
				)
			);
		}
	}

	public function register_abilities(): void {
		if ( ! function_exists( 'wp_register_ability' ) ) {
			return;
		}
		$image = array(
			'type'                 => 'object',
			'properties'           => array( 'attachment_id' => array( 'type' => 'integer', 'minimum' => 1, 'description' => __( 'The image in the media library.', 'altsmith' ) ) ),
			'required'             => array( 'attachment_id' ),
			'additionalProperties' => false,
		);
		$list  = array(
			'type'                 => 'object',
			'default'              => array(),
			'properties'           => array(
				'page'     => array( 'type' => 'integer', 'minimum' => 1, 'default' => 1 ),
				'per_page' => array( 'type' => 'integer', 'minimum' => 1, 'maximum' => 100, 'default' => 20 ),
			),
			'additionalProperties' => false,
		);
		$this->add( 'get-image', __( 'Read the state of an image', 'altsmith' ), __( 'Returns the alt text of an image, where it came from, where the image is used, and whether a suggestion needs review.', 'altsmith' ), $image, true, array( $this, 'get_image' ), array( $this, 'may_edit' ) );
		$this->add( 'request-suggestion', __( 'Request a suggestion', 'altsmith' ), __( 'Requests a description of an image. The suggestion then needs a person’s review; nothing is published.', 'altsmith' ), $image, false, array( $this, 'request_suggestion' ), array( $this, 'may_edit' ) );
		$this->add( 'list-suggestions', __( 'List the suggestions that need review', 'altsmith' ), __( 'Lists suggestions that no person has decided on yet.', 'altsmith' ), $list, true, array( $this, 'list_suggestions' ), static fn(): bool => current_user_can( 'upload_files' ) );
	}

	/** @param mixed $input Checked against the schema by WordPress before. */
	public function may_edit( mixed $input ): bool {
		$id = self::attachment_id( $input );
		return $id > 0 && 'attachment' === get_post_type( $id ) && current_user_can( 'edit_post', $id );
	}

	/** @return array<string, mixed>|WP_Error */
	public function get_image( mixed $input ): array|WP_Error {
		return self::call( 'GET', '/attachments/' . self::attachment_id( $input ) );
	}

	/** @return array<string, mixed>|WP_Error */
	public function request_suggestion( mixed $input ): array|WP_Error {
		return self::call( 'POST', '/attachments/' . self::attachment_id( $input ) . '/request' );
	}

	/** @return array<string, mixed>|WP_Error */
	public function list_suggestions( mixed $input ): array|WP_Error {
		return self::call( 'GET', '/suggestions', is_array( $input ) ? array_intersect_key( $input, array( 'page' => 1, 'per_page' => 1 ) ) : array() );
	}

	private static function attachment_id( mixed $input ): int {
		return is_array( $input ) && is_numeric( $input['attachment_id'] ?? null ) ? (int) $input['attachment_id'] : 0;
	}

	/**
	 * Through our own REST routes: one place checks rights and shapes the answer.
	 *
	 * @param array<string, mixed> $parameters
	 * @return array<string, mixed>|WP_Error
	 */
	private static function call( string $method, string $route, array $parameters = array() ): array|WP_Error {
		$request = new WP_REST_Request( $method, '/altsmith/v1' . $route );
		$request->set_query_params( $parameters );
		$answer = rest_do_request( $request );
		$error  = $answer->as_error();
		return $error instanceof WP_Error ? $error : (array) $answer->get_data();
	}

	/** @param array<string, mixed> $input_schema */
	private function add( string $name, string $label, string $description, array $input_schema, bool $reads_only, callable $execute, callable $permission ): void {
		wp_register_ability(
			'altsmith/' . $name,
			array(
				'label'               => $label,
				'description'         => $description,
				'category'            => self::CATEGORY,
				'input_schema'        => $input_schema,
				'output_schema'       => array( 'type' => 'object' ),
				'execute_callback'    => $execute,
				'permission_callback' => $permission,
				'meta'                => array(
					'annotations'  => array( 'readonly' => $reads_only, 'destructive' => false, 'idempotent' => true ),
					'show_in_rest' => true,
					// WordPress 7.1's word for the same. The MCP adapter asks for its own: 0.5 knows no other.
					'public'       => true,
					'mcp'          => array( 'public' => true, 'type' => 'tool' ),
				),
			)
		);
	}
}
