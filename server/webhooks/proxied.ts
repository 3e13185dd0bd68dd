import { isIP } from 'node:net';
import { guardedLookup, hostOf, type Resolver } from '../intake/url-guard';
import type { WebhookCall } from './transport';

/** The address that the guard lets pass. Rejects when `signal` aborts: a look-up cannot be ended, and may never end itself. */
function checkedAddress(host: string, resolve: Resolver, signal: AbortSignal): Promise<string> {
  return new Promise((done, refuse) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => refuse(new Error('The look-up of the address took too long.')), {
      once: true,
    });
    guardedLookup(resolve)(host, {}, (error, address) => {
      if (error !== null) refuse(error);
      else if (typeof address === 'string') done(address);
      else refuse(new Error('The lookup gave a list.'));
    });
  });
}

/**
 * POSTs through a proxy's tunnel. The proxy is asked for the address that was checked, never for the name: what it would look up
 * itself, nobody has checked. A registered origin is asked for by its name, since its owner vouches for it.
 */
export async function sendThroughProxy(call: WebhookCall, proxy: URL, resolve: Resolver): Promise<number> {
  const { url, headers, body, signal } = call;
  const host = hostOf(url);
  const address = call.isRegistered ? host : await checkedAddress(host, resolve, signal);
  const target = new URL(url);
  target.hostname = isIP(address) === 6 ? `[${address}]` : address;
  // Loaded when it is needed; most sidecars have no proxy.
  const { ProxyAgent, request } = await import('undici');
  const agent = new ProxyAgent({
    uri: proxy.href,
    proxyTunnel: true,
    // The certificate must be that of the name, not of the address.
    ...(isIP(host) === 0 ? { requestTls: { servername: host } } : {}),
  });
  try {
    const answer = await request(target, {
      dispatcher: agent,
      method: 'POST',
      headers: { ...headers, host: url.host },
      body,
      signal,
    });
    answer.body.on('error', () => undefined); // The status is all that counts; the body is not read.
    answer.body.destroy();
    return answer.statusCode;
  } finally {
    await agent.destroy();
  }
}
