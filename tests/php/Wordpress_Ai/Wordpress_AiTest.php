<?php
declare( strict_types=1 );

namespace Altsmith\Tests\Wordpress_Ai;

use Altsmith\Admin\Destination;
use Altsmith\On_Demand;
use Altsmith\Settings;
use Altsmith\Sidecar\Client;
use Altsmith\Sidecar\Sidecar_Error;
use Altsmith\Tests\Support\Sidecar_Test_Case;
use Altsmith\Wordpress_Ai\Availability;
use Altsmith\Wordpress_Ai\Registration;
use WordPress\AiClient\AiClient;
use WP_Error;

/** WordPress 7.0 and later. Before that nothing of it is loaded, which is what these tests see there. */
final class Wordpress_AiTest extends Sidecar_Test_Case {
	private const PIXEL = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

	/** @var array<int, array{0: string, 1: array<string, mixed>, 2: string}> Address, arguments and, decoded, body. */
	private array $sent = array();

	/** Whether WordPress would have let the last request through to this address. */
	private bool $allowed = false;

	/** Turns the switch on, as the start of a request does. False on WordPress before 7.0, where nothing may have been loaded. */
	private function turned_on(): bool {
		update_option( Settings::MORE_OPTION, array( 'wordpress_ai' => true ) );
		On_Demand::register_for_wordpress_ai();
		if ( ! function_exists( 'wp_ai_client_prompt' ) ) {
			self::assertFalse( class_exists( Registration::class, false ), 'loaded on a WordPress without an AI client' );
			return false;
		}
		return true;
	}

	public function answer( mixed $given, array $arguments, string $url ): mixed {
		if ( ! str_ends_with( $url, '/v1/chat/completions' ) ) {
			return parent::answer( $given, $arguments, $url );
		}
		$this->sent[] = array( $url, $arguments, json_decode( (string) $arguments['body'], true ) );
		// WordPress asks this after the filter that answers here.
		$this->allowed = false !== wp_http_validate_url( $url );
		return $this->json( array( 'id' => 'x', 'choices' => array( array( 'message' => array( 'role' => 'assistant', 'content' => 'A cat on a mat' ), 'finish_reason' => 'stop' ) ) ) );
	}

	public function test_it_is_off_until_the_owner_turns_it_on(): void {
		self::assertFalse( ( new Settings() )->answers_wordpress_ai() );
		$was = ( new Destination( new Settings() ) )->sentence();
		self::assertStringNotContainsString( 'AI client', $was );
		if ( $this->turned_on() ) {
			self::assertStringContainsString( 'AI client', ( new Destination( new Settings() ) )->sentence() );
		} else {
			self::assertSame( $was, ( new Destination( new Settings() ) )->sentence() );
		}
	}

	public function test_a_few_lines_of_another_plugin_get_their_text_from_the_sidecar(): void {
		if ( ! $this->turned_on() ) {
			return;
		}
		$text = wp_ai_client_prompt( 'Generate alt text for this image.' )->with_file( self::PIXEL )->using_system_instruction( 'Plain text.' )->using_temperature( 0.3 )->generate_text();
		self::assertSame( 'A cat on a mat', $text );
		list( $url, $arguments, $body ) = $this->sent[0];
		self::assertSame( self::SIDECAR . '/v1/chat/completions', $url );
		self::assertSame( 'Bearer key-of-the-test', $arguments['headers']['Authorization'] );
		self::assertArrayHasKey( 'Altsmith-Instance', $arguments['headers'] );
		self::assertSame( 0, $arguments['redirection'], 'the key would follow a redirection' );
		self::assertSame( 'en_US', $body['language'] );
		self::assertSame( array( 'text', 'image_url' ), array_column( $body['messages'][1]['content'], 'type' ) );
	}

	public function test_the_language_that_a_request_names_is_asked_for(): void {
		if ( ! $this->turned_on() ) {
			return;
		}
		wp_ai_client_prompt( 'Alternativtext in der Sprache dieses Gebietsschemas: de_DE_formal.' )->with_file( self::PIXEL )->generate_text();
		wp_ai_client_prompt( 'Generate alt text. <additional-context>Map of de_DE</additional-context>' )->with_file( self::PIXEL )->generate_text();
		self::assertSame( array( 'de_DE_formal', 'en_US' ), array_column( array_column( $this->sent, 2 ), 'language' ) );
	}

	public function test_what_a_captioner_cannot_do_goes_to_others(): void {
		if ( ! $this->turned_on() ) {
			return;
		}
		$schema = array( 'type' => 'object', 'properties' => array( 'total' => array( 'type' => 'number' ) ) );
		foreach ( array(
			'a text without an image' => wp_ai_client_prompt( 'Write a title.' ),
			'JSON'                    => wp_ai_client_prompt( 'Read the total.' )->with_file( self::PIXEL )->as_json_response( $schema ),
		) as $what => $prompt ) {
			self::assertInstanceOf( WP_Error::class, $prompt->generate_text(), $what );
		}
		self::assertSame( array(), $this->sent );
	}

	public function test_the_way_to_the_sidecar_is_open_for_its_own_requests_only(): void {
		if ( ! $this->turned_on() ) {
			return;
		}
		wp_ai_client_prompt( 'Generate alt text.' )->with_file( self::PIXEL )->generate_text();
		self::assertTrue( $this->allowed );
		self::assertFalse( wp_http_validate_url( self::SIDECAR . '/v1/chat/completions' ), 'an address that a visitor gave leads to the sidecar' );
	}

	public function test_a_site_that_may_be_a_copy_sends_nothing(): void {
		if ( ! $this->turned_on() ) {
			return;
		}
		( new \Altsmith\Identity\Instance() )->id();
		( new \Altsmith\Identity\Instance() )->doubt();
		$error = wp_ai_client_prompt( 'Generate alt text.' )->with_file( self::PIXEL )->generate_text();
		self::assertInstanceOf( WP_Error::class, $error );
		self::assertStringContainsString( 'Nothing is sent until', $error->get_error_message() );
		self::assertSame( array(), $this->sent );
	}

	public function test_the_card_under_connectors_edits_our_own_key(): void {
		if ( ! $this->turned_on() ) {
			return;
		}
		// Connectors are collected once a process; this is the moment in which they are.
		$registry = new \WP_Connector_Registry();
		$registry->register( 'altsmith', array( 'name' => 'Altsmith', 'type' => 'ai_provider', 'authentication' => array( 'method' => 'api_key', 'setting_name' => 'connectors_ai_altsmith_api_key', 'env_var_name' => 'ALTSMITH_API_KEY' ) ) );
		do_action( 'wp_connectors_init', $registry );
		$card = $registry->get_registered( 'altsmith' );
		self::assertSame( array( 'method' => 'api_key', 'setting_name' => Settings::KEY_OPTION, 'constant_name' => 'ALTSMITH_SITE_KEY' ), $card['authentication'] );
		self::assertSame( 'altsmith/altsmith.php', $card['plugin']['file'] );
	}

	public function test_a_saved_key_is_kept_unless_the_sidecar_refuses_it(): void {
		if ( ! $this->turned_on() ) {
			return;
		}
		$availability = new Availability();
		foreach ( array( 200 => true, 401 => false, 403 => false, 503 => true ) as $status => $kept ) {
			$this->sidecar->canned = array( 'GET /v1/status' => array( $status, 200 === $status ? \Altsmith\Tests\Support\Fake_Sidecar::status() : array( 'error' => array( 'code' => 'X', 'message' => 'x', 'retryable' => false ) ) ) );
			Availability::check_key_once();
			self::assertSame( $kept, $availability->isConfigured(), (string) $status );
		}
		$this->sidecar->canned = array( 'GET /v1/status' => array( 401, array() ) );
		self::assertTrue( $availability->isConfigured(), 'no request without a new key' );
	}

	public function test_the_ai_plugin_tries_the_sidecar_first(): void {
		if ( ! $this->turned_on() ) {
			return;
		}
		self::assertSame( array( array( 'altsmith', 'alt-text' ), array( 'openai', 'big' ) ), apply_filters( 'wpai_preferred_vision_models', array( array( 'openai', 'big' ) ) ) );
		self::assertTrue( apply_filters( 'wpai_pre_has_valid_credentials_check', null ) );
		delete_option( Settings::KEY_OPTION );
		self::assertNull( apply_filters( 'wpai_pre_has_valid_credentials_check', null ) );
	}

	public function test_a_connector_that_is_not_approved_is_said_with_the_remedy(): void {
		add_filter( 'pre_http_request', static fn(): WP_Error => new WP_Error( 'wpai_connector_not_approved', 'The "altsmith" AI connector has not been approved.', array( 'status' => 403 ) ), 5 );
		try {
			( new Client( new Settings() ) )->status();
			self::fail( 'no error' );
		} catch ( Sidecar_Error $error ) {
			self::assertSame( Sidecar_Error::NOT_APPROVED, $error->error );
			self::assertStringContainsString( 'Connector Approvals', $error->getMessage() );
		}
	}

	protected function tearDown(): void {
		if ( class_exists( AiClient::class, false ) && AiClient::defaultRegistry()->hasProvider( Registration::ID ) ) {
			// The registry has no way to take a provider out, and the next test registers the same class.
			( new \ReflectionProperty( AiClient::class, 'defaultRegistry' ) )->setValue( null, null );
		}
		parent::tearDown();
	}
}
