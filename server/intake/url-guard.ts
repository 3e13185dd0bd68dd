import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { AppError } from '../errors';
import { isPublicAddress } from './public-address';

/** Where pictures may be fetched from: nowhere, any public host on its usual port, or exactly these origins. */
export type UrlOrigins = 'off' | 'public' | readonly string[];

/** All addresses of a name. Rejects when there are none. */
export type Resolver = (host: string) => Promise<readonly LookupAddress[]>;

// Judged before any parsing: `new URL()` silently repairs tabs, backslashes, missing slashes and full-width digits.
const PLAIN_URL =
  /^https?:\/\/(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?#].*)?$/i;
const OUTSIDE_PRINTABLE_ASCII = /[^\x21-\x7e]|\\/;
const LONGEST_URL = 2000;

/** Names that never lead to a public host, whatever a resolver says (RFC 6761, 6762, 8375, 7686 and common practice). */
const LOCAL_SUFFIXES = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'lan',
  'corp',
  'home',
  'private',
  'onion',
  'test',
  'invalid',
  'home.arpa',
  'svc',
  'cluster.local',
  'localdomain',
];

/** One answer for every cause, so that nobody can map a network by asking. */
const blocked = () => new AppError('URL_BLOCKED');

/** The host of a parsed URL without the brackets of an IPv6 literal. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** Parses a URL that is written plainly: http or https, no user name, no tricks. Throws URL_BLOCKED. */
export function parsePlainUrl(raw: string): URL {
  if (raw.length > LONGEST_URL || OUTSIDE_PRINTABLE_ASCII.test(raw) || !PLAIN_URL.test(raw)) throw blocked();
  if (!URL.canParse(raw)) throw blocked();
  const url = new URL(raw);
  // A host that the parser rewrote (2130706433, 0x7f.1, 0177.0.0.1) was written to deceive.
  const written = /^https?:\/\/(\[[^\]]+\]|[^:/?#]+)/i.exec(raw)?.[1]?.toLowerCase();
  if (isIP(hostOf(url)) === 4 && written !== url.hostname) throw blocked();
  if (url.username !== '' || url.password !== '') throw blocked();
  return url;
}

/** A name without a dot, or below one that never leads to a public host. */
export function isLocalName(host: string): boolean {
  return !host.includes('.') || LOCAL_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}

/**
 * Checks a URL before anything is looked up. Throws URL_INPUT_OFF when fetching is off, else URL_BLOCKED. The address
 * behind a name is checked later, inside the socket's lookup.
 */
export function checkUrl(raw: string, origins: UrlOrigins): URL {
  if (origins === 'off') throw new AppError('URL_INPUT_OFF');
  const url = parsePlainUrl(raw);
  const host = hostOf(url);
  if (isIP(host) === 0 ? isLocalName(host) : !isPublicAddress(host)) throw blocked();
  // The parser leaves `port` empty for the usual port of the scheme.
  if (origins === 'public' ? url.port !== '' : !origins.includes(url.origin)) throw blocked();
  return url;
}

const lookupAll = promisify(systemLookup);

/** The operating system's resolver. */
export const systemResolver: Resolver = (host) => lookupAll(host, { all: true });

/**
 * A lookup for sockets that fails unless every address of the name is public. The socket connects to what was checked,
 * so a name that answers differently the second time gains nothing.
 */
export function guardedLookup(resolve: Resolver): LookupFunction {
  return (host: string, options: LookupOptions, callback) => {
    const answer = async () => {
      const addresses = await resolve(host);
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) throw blocked();
      return { first, addresses: [...addresses] };
    };
    answer().then(
      ({ first, addresses }) => {
        if (options.all === true) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (thrown: unknown) => {
        callback(thrown instanceof Error ? thrown : new Error(String(thrown)), '', 0);
      },
    );
  };
}
