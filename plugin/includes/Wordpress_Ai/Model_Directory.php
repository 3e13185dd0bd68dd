<?php
declare( strict_types=1 );

namespace Altsmith\Wordpress_Ai;

use WordPress\AiClient\Common\Exception\InvalidArgumentException;
use WordPress\AiClient\Messages\Enums\ModalityEnum;
use WordPress\AiClient\Providers\Contracts\ModelMetadataDirectoryInterface;
use WordPress\AiClient\Providers\Models\DTO\ModelMetadata;
use WordPress\AiClient\Providers\Models\DTO\SupportedOption;
use WordPress\AiClient\Providers\Models\Enums\CapabilityEnum;
use WordPress\AiClient\Providers\Models\Enums\OptionEnum;

defined( 'ABSPATH' ) || exit;

/**
 * The one model there is: it writes a plain text about one image. WordPress chooses a model by what it says it can, so this one does not
 * claim what a captioner cannot: text without an image, conversations, JSON, tools.
 */
final class Model_Directory implements ModelMetadataDirectoryInterface {
	public const MODEL = 'alt-text';

	/** @return array<int, ModelMetadata> */
	public function listModelMetadata(): array { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- the AI client's name
		return array( $this->getModelMetadata( self::MODEL ) );
	}

	public function hasModelMetadata( string $model ): bool { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- the AI client's name
		return self::MODEL === $model;
	}

	/** @throws InvalidArgumentException For another model. */
	public function getModelMetadata( string $model ): ModelMetadata { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- the AI client's name
		if ( self::MODEL !== $model ) {
			throw new InvalidArgumentException( 'Altsmith has one model: ' . self::MODEL . '.' ); // phpcs:ignore WordPress.Security.EscapeOutput.ExceptionNotEscaped -- a constant
		}
		// Options that a request may carry: one that is missing here would make WordPress look for another model. The sidecar reads over most of them.
		return new ModelMetadata(
			self::MODEL,
			__( 'Alt text', 'altsmith' ),
			array( CapabilityEnum::textGeneration() ),
			array(
				new SupportedOption( OptionEnum::inputModalities(), array( array( ModalityEnum::image() ), array( ModalityEnum::text(), ModalityEnum::image() ) ) ),
				new SupportedOption( OptionEnum::outputModalities(), array( array( ModalityEnum::text() ) ) ),
				new SupportedOption( OptionEnum::outputMimeType(), array( 'text/plain' ) ),
				new SupportedOption( OptionEnum::systemInstruction() ),
				new SupportedOption( OptionEnum::temperature() ),
				new SupportedOption( OptionEnum::topP() ),
				new SupportedOption( OptionEnum::topK() ),
				new SupportedOption( OptionEnum::maxTokens() ),
				new SupportedOption( OptionEnum::stopSequences() ),
				new SupportedOption( OptionEnum::candidateCount(), array( 1, 2, 3, 4 ) ),
				new SupportedOption( OptionEnum::customOptions() ),
			)
		);
	}
}
