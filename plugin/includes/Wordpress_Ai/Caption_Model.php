<?php
declare( strict_types=1 );

namespace Altsmith\Wordpress_Ai;

use Altsmith\Identity\Instance;
use Altsmith\Identity\Site_Address;
use Altsmith\Sidecar\Sidecar_Error;
use WordPress\AiClient\Common\Exception\RuntimeException;
use WordPress\AiClient\Providers\Http\Contracts\HttpTransporterInterface;
use WordPress\AiClient\Providers\Http\DTO\Request;
use WordPress\AiClient\Providers\Http\DTO\RequestOptions;
use WordPress\AiClient\Providers\Http\Enums\HttpMethodEnum;
use WordPress\AiClient\Providers\OpenAiCompatibleImplementation\AbstractOpenAiCompatibleTextGenerationModel;

defined( 'ABSPATH' ) || exit;

/** One request of WordPress's AI client to the sidecar, as `POST /v1/chat/completions`. Nothing is stored there. */
final class Caption_Model extends AbstractOpenAiCompatibleTextGenerationModel {
	/** WordPress's names of languages with a region, as requests of other plugins name them: `de_DE`, `de_DE_formal`. */
	private const LOCALE = '/(?<![\w-])[a-z]{2,3}_[A-Z]{2}(?:_[a-z0-9]+)*(?![\w-])/';

	/** WordPress's client refuses private addresses, where most sidecars are: this one address is let through, for this request. */
	public function getHttpTransporter(): HttpTransporterInterface { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- the AI client's name
		return new Sidecar_Transporter( parent::getHttpTransporter(), Provider::url() );
	}

	/**
	 * @param array<string, string|array<int, string>> $headers
	 * @param string|array<string, mixed>|null         $data
	 * @throws RuntimeException While the site may be a copy of another: see Identity\Instance.
	 */
	protected function createRequest( HttpMethodEnum $method, string $path, array $headers = array(), $data = null ): Request { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- the AI client's name
		$instance = new Instance();
		try {
			$instance->must_be_certain();
		} catch ( Sidecar_Error $error ) {
			throw new RuntimeException( esc_html( $error->getMessage() ) );
		}
		$options = null === $this->getRequestOptions() ? new RequestOptions() : clone $this->getRequestOptions();
		// The key goes to the saved address and nowhere else.
		$options->setMaxRedirects( 0 );
		$who = array(
			'Altsmith-Instance' => $instance->id(),
			'Altsmith-Site'     => Site_Address::stored(),
		);
		return new Request( $method, Provider::url( $path ), $headers + $who, is_array( $data ) ? $data + array( 'language' => self::language( $data ) ) : $data, $options );
	}

	/**
	 * The language that the request names, else that of the site.
	 *
	 * @param array<string, mixed> $data Body of the request.
	 */
	private static function language( array $data ): string {
		foreach ( is_array( $data['messages'] ?? null ) ? $data['messages'] : array() as $message ) {
			foreach ( 'user' === ( $message['role'] ?? '' ) && is_array( $message['content'] ?? null ) ? $message['content'] : array() as $part ) {
				// What follows the first tag is the text of a page, or facts about the image.
				$request = strstr( ( $part['text'] ?? '' ) . '<', '<', true );
				if ( 1 === preg_match_all( self::LOCALE, (string) $request, $found ) ) {
					return $found[0][0];
				}
			}
		}
		return get_locale();
	}
}
