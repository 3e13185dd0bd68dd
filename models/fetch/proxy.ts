/** A variable that names no proxy which can be used. */
export class ProxyProblem extends Error {
  override readonly name = 'ProxyProblem';
}

/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY in upper or lower case. */
export type ProxyVariables = Readonly<Record<string, string | undefined>>;

/** What `proxyFor` reads, of an environment. */
export function proxyVariables(env: NodeJS.ProcessEnv): ProxyVariables {
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}

/** The lower-case name wins, as in curl. */
function given(env: ProxyVariables, name: string): string {
  return env[name.toLowerCase()] || env[name] || '';
}

/** Names of this very machine; a proxy could not reach them. */
function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);
}

/** `example.com` and `.example.com` stand for the host and those below it, `host:port` for one port, `*` for everything. */
function isExcepted(url: URL, exceptions: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return exceptions.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const [, name = entry, only = port] = /^(.+):(\d+)$/.exec(entry) ?? [];
    const host = name.toLowerCase().replace(/^\*?\./, '');
    return host !== '' && only === port && (url.hostname === host || url.hostname.endsWith(`.${host}`));
  });
}

function parseProxy(variable: string, value: string): URL {
  const written = value.includes('://') ? value : `http://${value}`;
  const proxy = URL.canParse(written) ? new URL(written) : null;
  if (proxy !== null && ['http:', 'https:'].includes(proxy.protocol)) return proxy;
  // The value may hold a password.
  throw new ProxyProblem(`${variable} is no address of an HTTP proxy; write it as http://host:port`);
}

/**
 * The proxy for an address by HTTPS_PROXY, HTTP_PROXY and NO_PROXY (upper or lower case), or null: directly. HTTP_PROXY is also for
 * https where the other is not set. Throws ProxyProblem.
 */
export function proxyFor(url: URL, env: ProxyVariables): URL | null {
  const names = url.protocol === 'https:' ? ['HTTPS_PROXY', 'HTTP_PROXY'] : ['HTTP_PROXY'];
  const name = names.find((each) => given(env, each) !== '');
  if (name === undefined || isThisMachine(url.hostname) || isExcepted(url, given(env, 'NO_PROXY'))) return null;
  return parseProxy(name, given(env, name));
}
