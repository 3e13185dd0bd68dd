import { Agent, fetch, Headers, ProxyAgent, type Dispatcher, type RequestInit, type Response } from 'undici';
import { ModelError } from '../model-error';
import type { HubSettings } from './hub-settings';
import { networkCause } from './network-cause';
import { proxyFor, ProxyProblem } from './proxy';

/** A file as the hub describes it, and where its bytes can be had for the next minutes. */
export interface HubFile {
  readonly bytes: number;
  /** sha256 of a large file; null for a small one, of which the hub only tells git's hash. */
  readonly sha256: string | null;
  /** git's hash of a small file's blob (sha1); null for a large one. */
  readonly gitHash: string | null;
  /** Of the repository it lies in; null where the server does not tell. */
  readonly commit: string | null;
  readonly address: URL;
}

/** An answer that another try may better. */
export class Temporary extends Error {
  override readonly name = 'Temporary';

  constructor(
    message: string,
    /** What the server asked for, in milliseconds; null when it did not. */
    readonly waitMs: number | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What was answered instead of a file, as the cause of an error: its code is `HTTP_404` and so on, or WEB_PAGE. */
export class OtherAnswer extends Error {
  override readonly name = 'OtherAnswer';

  constructor(readonly code: string) {
    super(code);
  }
}

const HEADER_TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 5;

/** One for each proxy, and '' for the direct way: connections are used again. */
const agents = new Map<string, Dispatcher>();

/** Throws ModelError HUB_UNREACHABLE for a proxy that is none. */
function wayTo(address: URL, { proxies = {} }: HubSettings): Dispatcher {
  try {
    const proxy = proxyFor(address, proxies)?.href ?? '';
    const agent = agents.get(proxy) ?? (proxy === '' ? new Agent() : new ProxyAgent({ uri: proxy }));
    agents.set(proxy, agent);
    return agent;
  } catch (cause) {
    if (cause instanceof ProxyProblem) throw new ModelError('HUB_UNREACHABLE', `${cause.message}.`, { cause });
    throw cause;
  }
}

/** What another try may better is Temporary; the rest is told at once. */
function unanswered(address: URL, cause: unknown): Error {
  const { words, isPassing, advice } = networkCause(cause);
  const told = `${address.host} could not be reached (${words})`;
  if (isPassing) return new Temporary(told, null, { cause });
  return new ModelError('HUB_UNREACHABLE', `${told}${advice === null ? '' : `: ${advice}`}.`, { cause });
}

/** One request that does not follow redirects. The token goes to the hub itself only. Throws Temporary, ModelError HUB_UNREACHABLE. */
export async function ask(hub: HubSettings, address: URL, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('user-agent', 'altsmith');
  // Without this the hub compresses small files, and their Content-Length is not theirs.
  headers.set('accept-encoding', 'identity');
  if (hub.token !== null && address.origin === new URL(hub.endpoint).origin) {
    headers.set('authorization', `Bearer ${hub.token}`);
  }
  const dispatcher = wayTo(address, hub);
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
  }, HEADER_TIMEOUT_MS);
  try {
    return await fetch(address, { ...init, headers, redirect: 'manual', signal: late.signal, dispatcher });
  } catch (cause) {
    if (late.signal.aborted) {
      throw new Temporary(`${address.host} did not answer within ${HEADER_TIMEOUT_MS / 1000} seconds`, null, { cause });
    }
    throw unanswered(address, cause);
  } finally {
    clearTimeout(timer);
  }
}

/** Seconds until the window of a rate limit ends: `RateLimit: "api";r=0;t=297`, which the hub sends without a Retry-After. */
function rateLimitWindow(response: Response): string | null {
  return /(?:^|[;,\s])t=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1] ?? null;
}

/** Milliseconds that a server asks to wait: in a Retry-After header, which holds seconds or a date, or by its rate limit. */
export function retryAfter(response: Response): number | null {
  const limit = response.status === 429 ? rateLimitWindow(response) : null;
  const text = response.headers.get('retry-after') ?? limit;
  if (text === null) return null;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 300) * 1000 : null;
}

/** The hub's refusals in words. 408, 429 and 5xx are worth another try. */
function refuse(hub: HubSettings, response: Response, what: string): never {
  const { status } = response;
  const cause = new OtherAnswer(`HTTP_${status}`);
  if (status === 408 || status === 429 || status >= 500) {
    throw new Temporary(`${hub.endpoint} answers ${status}`, retryAfter(response), { cause });
  }
  const reason = response.headers.get('x-error-code');
  if (status === 401 || status === 403) {
    const advice =
      hub.token === null
        ? 'set HF_TOKEN to a token that may read it'
        : `the token in ${hub.tokenFrom ?? 'HF_TOKEN'} is not accepted for it; set HF_TOKEN to another one, or take that one away`;
    throw new ModelError('HUB_REFUSED', `The hub does not hand out ${what}: ${advice}.`, { cause });
  }
  if (status === 404) {
    const said = reason === null ? '' : ` (${reason})`;
    throw new ModelError(
      'HUB_REFUSED',
      `There is no ${what} at ${hub.endpoint}${said}; is it the hub, or a whole mirror?`,
      { cause },
    );
  }
  throw new ModelError('HUB_REFUSED', `The hub answers ${status} for ${what}.`, { cause });
}

/** `"abc"` and `W/"abc"` → `abc`. */
function unquote(etag: string | null): string | null {
  return etag === null ? null : etag.replace(/^W\//, '').replace(/^"|"$/g, '');
}

function describe(response: Response, headers: readonly Headers[], address: URL): HubFile {
  const first = (name: string) => headers.map((each) => each.get(name)).find((value) => value !== null) ?? null;
  const bytes = Number(first('x-linked-size') ?? response.headers.get('content-length') ?? NaN);
  // On the way there stands the ETag of a redirect; that of the file comes last.
  const etag = unquote(first('x-linked-etag') ?? response.headers.get('etag'));
  if (!Number.isSafeInteger(bytes))
    throw new ModelError('HUB_REFUSED', `${address.host} does not tell the file's size.`);
  return {
    bytes,
    sha256: etag !== null && /^[0-9a-f]{64}$/.test(etag) ? etag : null,
    gitHash: etag !== null && /^[0-9a-f]{40}$/.test(etag) ? etag : null,
    commit: first('x-repo-commit'),
    address,
  };
}

/** The page of a proxy or of a network's login comes with status 200, in place of the file. Throws ModelError HUB_REFUSED. */
function refusePage(response: Response, { name, address }: { readonly name: string; readonly address: URL }): void {
  const isPage = /^text\/html\b/i.test(response.headers.get('content-type') ?? '');
  if (!isPage || name.endsWith('.html')) return;
  throw new ModelError(
    'HUB_REFUSED',
    `${address.host} answers with a web page instead of ${name}, perhaps that of a proxy or of the network's login; ` +
      'set HTTPS_PROXY where a proxy is the way out, or HF_ENDPOINT to a mirror.',
    { cause: new OtherAnswer('WEB_PAGE') },
  );
}

/**
 * Asks the hub about one file of a repository at a commit. A large one is answered by a redirect to a signed address that
 * holds for some minutes; what is known of it stands in the headers of that redirect. Throws ModelError HUB_REFUSED, Temporary.
 */
export async function resolveFile(
  hub: HubSettings,
  { repo, commit, name }: { readonly repo: string; readonly commit: string; readonly name: string },
): Promise<HubFile> {
  let address = new URL(`${hub.endpoint}/${repo}/resolve/${encodeURIComponent(commit)}/${name}`);
  const origin = address.origin;
  const headers: Headers[] = [];
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await ask(hub, address, { method: 'HEAD' });
    headers.push(response.headers);
    const next = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || next === null) {
      if (!response.ok) refuse(hub, response, `${name} of ${repo}`);
      refusePage(response, { name, address });
      return describe(response, headers, address);
    }
    address = new URL(next, address);
    // To another host, by an answer that already describes the file: the signed address, which answers the GET itself. Any other
    // redirect (http to https, a mirror's own servers) is followed, without the token.
    if (address.origin !== origin && response.headers.has('x-linked-size')) return describe(response, headers, address);
  }
  throw new ModelError('HUB_REFUSED', `${hub.endpoint} redirects for ever.`);
}
