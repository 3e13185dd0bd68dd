<?php
declare( strict_types=1 );

namespace Altsmith\Sidecar;

defined( 'ABSPATH' ) || exit;

/** What the client asks about the words of the site's owner. */
trait Glossary_Requests {
	/** @return array<int, array<string, mixed>> The words of the site's owner. @throws Sidecar_Error */
	public function glossary(): array {
		return $this->json( 'GET', '/v1/site', null, Reply_Schema::site_reply(), 3 )->body['site']['glossary'];
	}

	/**
	 * @param array<int, array<string, mixed>> $entries All of them.
	 * @throws Sidecar_Error
	 */
	public function put_glossary( array $entries ): void {
		$this->json( 'PUT', '/v1/site', array( 'glossary' => $entries ), Reply_Schema::site_reply(), 10 );
	}
}
