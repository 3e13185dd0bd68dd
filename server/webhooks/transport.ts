import http from 'node:http';
import https from 'node:https';
import { guardedLookup, systemResolver, type Resolver } from '../intake/url-guard';

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

/** POSTs for real. Node follows no redirect; names are looked up through the guard unless the origin is registered. */
export function httpTransport(resolve: Resolver = systemResolver): WebhookTransport {
  return ({ url, isRegistered, headers, body, signal }) =>
    new Promise((done, refuse) => {
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
