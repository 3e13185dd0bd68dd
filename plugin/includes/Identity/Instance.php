<?php
declare( strict_types=1 );

namespace Altsmith\Identity;

use Altsmith\Sidecar\Sidecar_Error;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.Security.EscapeOutput.ExceptionNotEscaped -- nothing here is printed; who shows a message escapes it

/**
 * Which installation this is. A database can be copied, and its copy has our address book, our key and our numbers of
 * images: so each installation has a random name, bound to the address it was connected under. Where the two no longer
 * fit, nothing is sent until the owner has said whether the site has moved or is a copy.
 *
 * The address is kept as a salted hash, which search-and-replace cannot rewrite.
 */
final class Instance {
	public const OPTION = 'altsmith_instance';

	/** Why the owner is asked: another address; a production site's database on a staging site; the sidecar saw two sites. */
	public const ADDRESS     = 'address';
	public const ENVIRONMENT = 'environment';
	public const SIDECAR     = 'sidecar';

	/** Reason: two databases use the id of this installation; see Turn. */
	public const TURN = 'turn';

	/** The answer that one site of a network gave for all. */
	private const NETWORK_ANSWER = 'altsmith_identity_answer';

	/** How long it holds where the network has its old address: a copy made later has the answer in its database, and must be asked. */
	private const ANSWER_SECONDS = WEEK_IN_SECONDS;

	/** Name of this installation; made when it is needed first. */
	public function id(): string {
		return $this->read()['id'];
	}

	/** @return string '' when all is well, else why the owner has to be asked. Makes no instance. */
	public function reason(): string {
		$stored = $this->stored();
		if ( null === $stored ) {
			return '';
		}
		if ( self::hash( Site_Address::stored(), $stored['salt'] ) !== $stored['hash'] ) {
			return self::ADDRESS;
		}
		if ( 'production' === $stored['environment'] && 'production' !== wp_get_environment_type() ) {
			return self::ENVIRONMENT;
		}
		return match ( $stored['doubted'] ) {
			false, ''  => '',
			self::TURN => self::TURN,
			default    => self::SIDECAR,
		};
	}

	/** @throws Sidecar_Error While the owner's answer is awaited. */
	public function must_be_certain(): void {
		if ( '' !== $this->reason() ) {
			throw new Sidecar_Error( Sidecar_Error::SITE_IN_DOUBT, $this->sentence(), 0, true );
		}
	}

	/** What is wrong, for the owner. */
	public function sentence(): string {
		$was = $this->was();
		$now = Site_Address::stored();
		return match ( $this->reason() ) {
			/* translators: 1: former address, 2: present address */
			self::ADDRESS     => sprintf( __( 'Altsmith was connected under %1$s, and this site is %2$s. Nothing is sent until an administrator has said whether the site has moved or is a copy.', 'altsmith' ), $was, $now ),
			/* translators: %s: address */
			self::ENVIRONMENT => sprintf( __( 'Altsmith was connected on the production site %s, and this is not a production site. Nothing is sent until an administrator has said whether it is a copy.', 'altsmith' ), $was ),
			/* translators: %s: address */
			self::SIDECAR     => sprintf( __( 'The sidecar knows this installation under another address than %s. Nothing is sent until an administrator has said whether the site has moved or is a copy.', 'altsmith' ), $now ),
			/* translators: %s: address */
			self::TURN        => sprintf( __( 'Another database than this one is connected to the sidecar as %s: one of the two is a copy, or this one was restored from a backup. Nothing is sent until an administrator has said which it is.', 'altsmith' ), $now ),
			default           => '',
		};
	}

	/** The address this installation was connected under, for people. */
	public function was(): string {
		return (string) base64_decode( (string) ( $this->stored()['was'] ?? '' ), true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- out of reach of search-and-replace
	}

	/** The sidecar answered INSTANCE_CONFLICT, for this reason. */
	public function doubt( string $reason = self::SIDECAR ): void {
		$this->write( array( 'doubted' => $reason ) + $this->read() );
	}

	/** From now on this installation is `$id`, at the address it has now. */
	public function bind( string $id ): void {
		$this->write( self::bound( $id ) );
	}

	/** @return string The answer that another site of the network gave to the question that this one has, '' where there is none. Each site takes it once. */
	public function network_answer(): string {
		$stored = $this->stored();
		$given  = is_multisite() ? get_network_option( null, self::NETWORK_ANSWER, array() ) : array();
		if ( null === $stored || ! is_array( $given ) || ! isset( $given['for'] ) || $given['for'] !== self::network_mark() ) {
			return '';
		}
		$fits = $given['for'] !== $stored['network']
			? self::ADDRESS === $this->reason()
			: ( $given['reason'] ?? '' ) === $this->reason() && self::concerns_network( $this->reason() ) && (int) $given['at'] > max( (int) $stored['bound_at'], time() - self::ANSWER_SECONDS );
		return $fits ? (string) $given['answer'] : '';
	}

	/** Keeps the answer for the other sites, where they have the same question: the whole network has another address, or was copied as it is. */
	public function answer_for_network( string $answer ): void {
		$stored = $this->stored();
		if ( is_multisite() && null !== $stored && ( $stored['network'] !== self::network_mark() || self::concerns_network( $this->reason() ) ) ) {
			update_network_option( null, self::NETWORK_ANSWER, array( 'answer' => $answer, 'for' => self::network_mark(), 'reason' => $this->reason(), 'at' => time() ) );
		}
	}

	/** Whether a network that was copied to another system under the same address asks this on each of its sites. */
	private static function concerns_network( string $reason ): bool {
		return self::TURN === $reason || self::ENVIRONMENT === $reason;
	}

	/** @return array{id: string, salt: string, hash: string, was: string, environment: string, network: string, bound_at: int, doubted: bool|string} */
	private function read(): array {
		return $this->stored() ?? $this->make();
	}

	/** @return array{id: string, salt: string, hash: string, was: string, environment: string, network: string, bound_at: int, doubted: bool|string}|null */
	private function stored(): ?array {
		$stored = get_option( self::OPTION );
		return is_array( $stored ) && is_string( $stored['id'] ?? null ) && '' !== $stored['id'] ? $stored + array( 'salt' => '', 'hash' => '', 'was' => '', 'environment' => '', 'network' => '', 'bound_at' => 0, 'doubted' => false ) : null;
	}

	/** Of two processes that make one at the same time the first is kept: add_option() would keep the last. */
	private function make(): array {
		global $wpdb;
		$made = self::bound( wp_generate_uuid4() );
		$wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'yes')", self::OPTION, maybe_serialize( $made ) ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- the same
		wp_cache_delete( 'alloptions', 'options' );
		wp_cache_delete( 'notoptions', 'options' );
		wp_cache_delete( self::OPTION, 'options' );
		return $this->stored() ?? $made;
	}

	/** @param array<string, mixed> $values */
	private function write( array $values ): void {
		update_option( self::OPTION, $values, true );
	}

	/** @return array{id: string, salt: string, hash: string, was: string, environment: string, network: string, bound_at: int, doubted: bool|string} */
	private static function bound( string $id ): array {
		$salt = bin2hex( random_bytes( 16 ) );
		$now  = Site_Address::stored();
		return array(
			'id'          => $id,
			'salt'        => $salt,
			'hash'        => self::hash( $now, $salt ),
			'was'         => base64_encode( $now ), // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- out of reach of search-and-replace
			'environment' => wp_get_environment_type(),
			'network'     => self::network_mark(),
			'bound_at'    => time(),
			'doubted'     => false,
		);
	}

	private static function hash( string $address, string $salt ): string {
		return hash_hmac( 'sha256', $address, $salt );
	}

	private static function network_mark(): string {
		$address = Site_Address::of_network();
		return '' === $address ? '' : hash( 'sha256', $address );
	}
}
