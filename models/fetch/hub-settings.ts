import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { ModelError } from '../model-error';
import { proxyVariables, type ProxyVariables } from './proxy';

/** How the hub is reached: the variables that all tools for the Hugging Face hub share. */
export interface HubSettings {
  /** Origin of the hub, or of a mirror of it. */
  readonly endpoint: string;
  /** Sent to the endpoint only, never to where it redirects. */
  readonly token: string | null;
  /** Where the token stands, for error messages: a variable or a file. */
  readonly tokenFrom?: string;
  /** How the hub and where it redirects are reached; without them directly. */
  readonly proxies?: ProxyVariables;
  /** Never ask the network. */
  readonly offline: boolean;
  /** Folder of the cache that other tools fill; read only. */
  readonly cache: string;
}

const DEFAULT_ENDPOINT = 'https://huggingface.co';

function given(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = env[name];
  return value === undefined || value === '' ? null : value;
}

/** HF_TOKEN (or its older name), else the file that `hf auth login` writes. */
function readToken(env: NodeJS.ProcessEnv, home: string): Pick<HubSettings, 'token' | 'tokenFrom'> {
  for (const name of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']) {
    const token = given(env, name);
    if (token !== null) return { token, tokenFrom: name };
  }
  const file = withHome(given(env, 'HF_TOKEN_PATH') ?? path.join(home, 'token'));
  const token = readIfReadable(file);
  return token === null ? { token } : { token, tokenFrom: file };
}

/** Null also for a file that may not be read: what is public needs no token. */
function readIfReadable(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch {
    return null;
  }
}

/** `~/x` → the same in the home folder, as the hub's own tools take it. */
function withHome(name: string): string {
  return name === '~' || name.startsWith('~/') ? path.join(homedir(), name.slice(1)) : name;
}

/** Throws ModelError unless it is an address that can be asked. */
function readEndpoint(env: NodeJS.ProcessEnv): string {
  const endpoint = given(env, 'HF_ENDPOINT') ?? DEFAULT_ENDPOINT;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  const cause = { code: 'HUB_ADDRESS' };
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const told = `HF_ENDPOINT is "${endpoint}", which is no address of a hub; write it with its scheme, such as ${DEFAULT_ENDPOINT}.`;
    throw new ModelError('HUB_UNREACHABLE', told, { cause });
  }
  if (url.username !== '' || url.password !== '') {
    const told =
      'HF_ENDPOINT holds a name or a password, which cannot be sent in an address; put a token into HF_TOKEN.';
    throw new ModelError('HUB_UNREACHABLE', told, { cause });
  }
  return endpoint.replace(/(?<!\/)\/+$/, '');
}

/** Name of the hub's host, for people to read; what HF_ENDPOINT says where that is no address. */
export function hubName(env: NodeJS.ProcessEnv): string {
  const endpoint = given(env, 'HF_ENDPOINT') ?? DEFAULT_ENDPOINT;
  return URL.canParse(endpoint) ? new URL(endpoint).host : endpoint;
}

function readHome(env: NodeJS.ProcessEnv): string {
  const caches = given(env, 'XDG_CACHE_HOME') ?? path.join(homedir(), '.cache');
  return withHome(given(env, 'HF_HOME') ?? path.join(caches, 'huggingface'));
}

/** Folder of the cache that all tools of the hub share, whatever the other variables say. */
export function readHubCache(env: NodeJS.ProcessEnv): string {
  const named = given(env, 'HF_HUB_CACHE') ?? given(env, 'HUGGINGFACE_HUB_CACHE');
  return withHome(named ?? path.join(readHome(env), 'hub'));
}

/**
 * Reads HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_OFFLINE, HF_HUB_CACHE, HF_HOME and XDG_CACHE_HOME, the older names of two of
 * them, and the variables of proxies. Throws ModelError for an HF_ENDPOINT that is none.
 */
export function readHubSettings(env: NodeJS.ProcessEnv): HubSettings {
  return {
    endpoint: readEndpoint(env),
    ...readToken(env, readHome(env)),
    proxies: proxyVariables(env),
    offline: ['1', 'true', 'yes', 'on'].includes((given(env, 'HF_HUB_OFFLINE') ?? '').toLowerCase()),
    cache: readHubCache(env),
  };
}
