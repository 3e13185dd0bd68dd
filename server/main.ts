import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { buildApp, type App } from './app';
import type { CaptionEngine } from './captioning/engine';
import type { Config } from './config';
import { createHttpServer, listen, type HttpLimits } from './http/server';
import { createLogger, type Logger } from './logger';
import { DataFolder } from './storage/data-folder';

/** What requests under way are given once no job runs any more. */
const REQUESTS_MS = 3000;

export interface Sidecar {
  /** Base address, such as `http://127.0.0.1:8787`. */
  readonly url: string;
  /** Set at the very first start only. */
  readonly firstKey: string | null;
  /** Stops within 20 seconds: no new work, jobs under way end or go back to the queue. */
  close(): Promise<void>;
}

export interface SidecarOptions {
  /** Tells a person what happens, a line at a time. */
  readonly announce?: (line: string) => void;
  readonly logger?: Logger;
  /** Worker processes with the model of the settings, unless given. */
  readonly engine?: CaptionEngine;
  /** Limits of the HTTP server that are not the usual ones; only tests change them. */
  readonly limits?: Partial<HttpLimits>;
}

/** Starts the whole service in this process. Throws the catalogue's error when it cannot. */
export async function startSidecar(config: Config, options: SidecarOptions = {}): Promise<Sidecar> {
  const data = new DataFolder(config.dataDir);
  const logger = options.logger ?? createLogger(config.logLevel);
  const announce = options.announce ?? (() => undefined);
  const app = buildApp({ config, data, logger, ...(options.engine === undefined ? {} : { engine: options.engine }) });
  try {
    const limits = { maxConnections: config.maxConnections, keepAliveTimeout: config.keepAliveSeconds * 1000 };
    const server = createHttpServer(app.http, { ...limits, ...options.limits }, tellDrops(logger, config));
    await listen(server, config.port, config.host);
    await app.start();
    const url = addressOf(server);
    announce(`Altsmith listens on ${url}`);
    if (app.firstKey !== null) announce(`The first site key, also in ${data.firstKey}: ${app.firstKey}`);
    logger.info({ url }, 'sidecar started');
    const stop = once(() => {
      logger.info('sidecar stopping');
      return close(app, server);
    });
    return { url, firstKey: app.firstKey, close: stop };
  } catch (error) {
    await app.finishWork();
    await app.close();
    throw error;
  }
}

/** Told of each connection above ALTSMITH_MAX_CONNECTIONS; writes the first of them, and then a line a minute at most. */
function tellDrops(logger: Logger, { maxConnections }: Config): () => void {
  let dropped = 0;
  let nextAt = 0;
  return () => {
    dropped += 1;
    if (performance.now() < nextAt) return;
    nextAt = performance.now() + 60_000;
    logger.warn(
      { dropped, max_connections: maxConnections },
      'connections dropped: ALTSMITH_MAX_CONNECTIONS is reached',
    );
    dropped = 0;
  };
}

/** The door stays open while jobs end: a proxy and the CMS are told "503, come back" instead of finding nobody there. */
async function close(app: App, server: Server): Promise<void> {
  app.drain();
  await app.finishWork();
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await Promise.race([closed, pause(REQUESTS_MS, undefined, { ref: false })]);
  server.closeAllConnections();
  await closed;
  await app.close();
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | null = null;
  return () => (result ??= work());
}

function addressOf(server: Server): string {
  const address = server.address() satisfies AddressInfo | string | null;
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
