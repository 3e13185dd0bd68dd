import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { proxyFor, type ProxyVariables } from '../../models/fetch/proxy';
import { isPublicAddress } from '../intake/public-address';
import { guardedLookup, hostOf, isLocalName, systemResolver, type Resolver } from '../intake/url-guard';
import { sendThroughProxy } from './proxied';

export interface WebhookCall {
  readonly url: URL;
  /** The owner of this machine listed the origin, so a private address is meant. */
  readonly isRegistered: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Sends one call and gives the status of the answer. Rejects when there is none. */
export type WebhookTransport = (call: WebhookCall) => Promise<number>;

/** The owner's own network, which a proxy to the outside does not lead to. */
function isInside(url: URL): boolean {
  const host = hostOf(url);
  return isIP(host) === 0 ? isLocalName(host) : !isPublicAddress(host);
}

/**
 * POSTs for real, through the proxy of HTTPS_PROXY or HTTP_PROXY where one is set. No redirect is followed; names are looked up
 * through the guard unless the origin is registered.
 */
export function httpTransport(proxies: ProxyVariables, resolve: Resolver = systemResolver): WebhookTransport {
  return async (call) => {
    const proxy = isInside(call.url) ? null : proxyFor(call.url, proxies);
    return proxy === null ? sendDirectly(call, resolve) : sendThroughProxy(call, proxy, resolve);
  };
}

function sendDirectly({ url, isRegistered, headers, body, signal }: WebhookCall, resolve: Resolver): Promise<number> {
  return new Promise((done, refuse) => {
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' },
      signal,
      // The global agent hands `lookup` on to the socket; with keep-alive off no socket is shared between sites.
      agent: new (secure ? https : http).Agent({ keepAlive: false }),
      ...(isRegistered ? {} : { lookup: guardedLookup(resolve) }),
    });
    request.on('error', refuse);
    request.once('response', (answer) => {
      answer.on('error', () => undefined); // The status is all that counts; the body is not read.
      answer.destroy();
      done(answer.statusCode ?? 0);
    });
    request.end(body);
  });
}
