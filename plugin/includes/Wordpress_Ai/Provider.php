<?php
declare( strict_types=1 );

namespace Altsmith\Wordpress_Ai;

use Altsmith\Settings;
use WordPress\AiClient\Providers\ApiBasedImplementation\AbstractApiProvider;
use WordPress\AiClient\Providers\Contracts\ModelMetadataDirectoryInterface;
use WordPress\AiClient\Providers\Contracts\ProviderAvailabilityInterface;
use WordPress\AiClient\Providers\DTO\ProviderMetadata;
use WordPress\AiClient\Providers\Enums\ProviderTypeEnum;
use WordPress\AiClient\Providers\Http\Enums\RequestAuthenticationMethod;
use WordPress\AiClient\Providers\Models\Contracts\ModelInterface;
use WordPress\AiClient\Providers\Models\DTO\ModelMetadata;

defined( 'ABSPATH' ) || exit;

/** The sidecar as WordPress's AI client knows its providers. */
final class Provider extends AbstractApiProvider {
	/** Where the sidecar answers in the form of OpenAI's API. */
	protected static function baseUrl(): string { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- the AI client's name
		return ( new Settings() )->sidecar_url() . '/v1';
	}

	protected static function createModel( ModelMetadata $model, ProviderMetadata $provider ): ModelInterface { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- the AI client's name
		return new Caption_Model( $model, $provider );
	}

	protected static function createProviderMetadata(): ProviderMetadata { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- the AI client's name
		return new ProviderMetadata(
			Registration::ID,
			'Altsmith',
			ProviderTypeEnum::server(),
			admin_url( 'options-general.php?page=altsmith' ),
			RequestAuthenticationMethod::apiKey(),
			__( 'Alt text for images, by the sidecar on your own machine.', 'altsmith' )
		);
	}

	protected static function createProviderAvailability(): ProviderAvailabilityInterface { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- the AI client's name
		return new Availability();
	}

	protected static function createModelMetadataDirectory(): ModelMetadataDirectoryInterface { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- the AI client's name
		return new Model_Directory();
	}
}
