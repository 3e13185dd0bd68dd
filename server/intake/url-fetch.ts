import http from 'node:http';
import https from 'node:https';
import { connect, type LookupFunction, type Socket } from 'node:net';
import { Transform, type Readable } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { AppError, toAppError } from '../errors';
import { checkUrl, guardedLookup, hostOf, systemResolver, type Resolver, type UrlOrigins } from './url-guard';

/** What a dialer connects to. It must take every name through `lookup`. */
export interface DialTarget {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly lookup: LookupFunction;
}
export type Dialer = (target: DialTarget) => Socket;

export interface UrlFetchOptions {
  readonly origins: UrlOrigins;
  readonly maxBytes: number;
  /** For everything together: lookup, redirects, headers and body. */
  readonly timeoutMs?: number;
  readonly dial?: Dialer;
  readonly resolve?: Resolver;
}

const MOST_REDIRECTS = 2;
const DEFAULT_TIMEOUT_MS = 10_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Connects for real. */
export const systemDialer: Dialer = ({ host, port, secure, lookup }) =>
  secure ? connectTls({ host, port, lookup, servername: host }) : connect({ host, port, lookup });

const failed = (cause?: unknown) => new AppError('URL_FETCH_FAILED', {}, { cause });

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** One GET without cookies, keys, proxies or compression. */
function request(url: URL, options: UrlFetchOptions, signal: AbortSignal): Promise<http.IncomingMessage> {
  const secure = url.protocol === 'https:';
  const target: DialTarget = {
    host: hostOf(url),
    port: portOf(url),
    secure,
    lookup: guardedLookup(options.resolve ?? systemResolver),
  };
  return new Promise((resolve, reject) => {
    const call = (secure ? https : http).request(url, {
      method: 'GET',
      // Only heeded while no agent is named; an agent would look the name up by itself.
      createConnection: () => (options.dial ?? systemDialer)(target),
      headers: { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'altsmith', connection: 'close' },
      signal,
    });
    call.once('response', resolve);
    call.on('error', reject);
    call.end();
  });
}

/** Passes at most `maxBytes` on. What the server announced is checked by the caller as well. */
function limited(maxBytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > maxBytes) done(new AppError('IMAGE_TOO_LARGE'));
      else done(null, chunk);
    },
  });
}

function bodyOf(answer: http.IncomingMessage, maxBytes: number, signal: AbortSignal): Readable {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  const announced = Number(answer.headers['content-length'] ?? 0);
  if (answer.statusCode !== 200 || encoding !== 'identity' || announced > maxBytes) {
    answer.destroy();
    throw announced > maxBytes ? new AppError('IMAGE_TOO_LARGE') : failed();
  }
  const body = limited(maxBytes);
  const stop = () => answer.destroy(failed(signal.reason));
  answer.on('error', (cause) => body.destroy(failed(cause)));
  // A connection that ends before its announced length emits no error of its own, only `aborted`.
  answer.once('aborted', () => body.destroy(failed()));
  body.once('close', () => {
    signal.removeEventListener('abort', stop);
    answer.destroy();
  });
  signal.addEventListener('abort', stop, { once: true });
  return answer.pipe(body);
}

/**
 * A relative address stays on the host that was checked, `a.jpg`, `../a.jpg`, `?a` and `/a.jpg` alike. Whatever has a
 * scheme or two slashes is judged as it is written, and so is what the parser would silently repair.
 */
function resolved(location: string, url: URL): string {
  const isRelative = location !== '' && !/^(?:[a-z][a-z0-9+.-]*:|[/\\]{2})|[\\\s]/i.test(location);
  return isRelative && URL.canParse(location, url) ? new URL(location, url).href : location;
}

async function follow(raw: string, options: UrlFetchOptions, signal: AbortSignal): Promise<Readable> {
  let url = checkUrl(raw, options.origins);
  for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
    const answer = await request(url, options, signal);
    if (!REDIRECTS.has(answer.statusCode ?? 0)) return bodyOf(answer, options.maxBytes, signal);
    answer.destroy();
    const location = answer.headers.location ?? '';
    url = checkUrl(resolved(location, url), options.origins);
  }
  throw failed();
}

/**
 * Fetches the bytes behind a URL as a stream that ends, or errors, within the time and size limits. Every redirect is
 * checked like the first address. Throws URL_INPUT_OFF, URL_BLOCKED, URL_FETCH_FAILED or IMAGE_TOO_LARGE. Whether the
 * bytes are a picture is for the caller to find out.
 */
export async function fetchUrl(raw: string, options: UrlFetchOptions): Promise<Readable> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  try {
    return await follow(raw, options, signal);
  } catch (thrown) {
    const error = toAppError(thrown);
    throw error.code === 'INTERNAL' ? failed(thrown) : error;
  }
}
