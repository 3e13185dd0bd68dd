import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { buildApp, type App } from './app';
import type { CaptionEngine } from './captioning/engine';
import type { Config } from './config';
import type { FirstSteps } from './contract/first-steps';
import { AppError } from './errors';
import { mostBodyBytes } from './http/compat/body';
import { StartupResponder } from './http/startup-responder';
import { createHttpServer, listen, requestTimeoutFor, type HttpLimits } from './http/server';
import { createLogger, type Logger } from './logger';
import { DataFolder } from './storage/data-folder';
import type { Storage } from './storage/database';
import { lockFolder } from './storage/folder-lock';
import { openPrepared, type PreparationOptions } from './storage/preparation';
import { NO_TRACING, type Tracing } from './tracing/tracing';
import { version } from './version';
import { giveUpReserve, keepReserve } from './storage/reserve';

/** What requests under way are given once no job runs any more. */
const REQUESTS_MS = 3000;
/** Between two looks at a disk that was full at the start. */
const FULL_DISK_MS = 1000;

export interface Sidecar {
  /** Base address, such as `http://127.0.0.1:8787`. */
  readonly url: string;
  /** Set at the very first start only. */
  readonly firstKey: string | null;
  /** What is fetched by itself, in one line; null: nothing. */
  readonly fetching: string | null;
  /** Which of the three first steps are done, of any site. */
  firstSteps(): FirstSteps;
  /** A fresh one-time code for a CMS of the first site; null where there is no site. */
  pairingCode(): string | null;
  /** Stops within 20 seconds: no new work, jobs under way end or go back to the queue. */
  close(): Promise<void>;
}

export interface SidecarOptions {
  /** Tells a person what happens, a line at a time. */
  readonly announce?: (line: string) => void;
  /** Only that the database is being checked or updated; else `announce` is told. */
  readonly announcePreparation?: (line: string) => void;
  readonly logger?: Logger;
  /** Worker processes with the model of the settings, unless given. */
  readonly engine?: CaptionEngine;
  /** The script of a translator's process; only tests give it, which run from the sources. */
  readonly translatorFile?: string;
  /** Limits of the HTTP server that are not the usual ones; only tests change them. */
  readonly limits?: Partial<HttpLimits>;
  /** Migrate the database without a backup before it. */
  readonly withoutBackup?: boolean;
  /** Ends a start that takes long. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the whole service in this process. It listens at once: `/livez` says 200 and `/readyz` 503 until the database is
 * ready. Throws the catalogue's error when it cannot start, and then nothing of it is left.
 */
export async function startSidecar(config: Config, options: SidecarOptions = {}): Promise<Sidecar> {
  const data = new DataFolder(config.dataDir, config.backupDir);
  const logger = options.logger ?? createLogger(config.logLevel);
  const announce = options.announce ?? (() => undefined);
  data.prepare();
  const unlock = lockFolder(data);
  const responder = new StartupResponder();
  const limits = {
    maxConnections: config.maxConnections,
    keepAliveTimeout: config.keepAliveSeconds * 1000,
    requestTimeout: requestTimeoutFor(mostBodyBytes(config.maxBytes)),
    videoTimeout: requestTimeoutFor(config.video.maxBytes),
  };
  const server = createHttpServer(
    responder.listener,
    { ...limits, ...options.limits },
    {
      dropped: tellDrops(logger, config),
      failed: (error) => {
        // A port that is taken is the error of the start itself.
        if (server.listening) logger.error({ err: error }, 'a connection could not be accepted');
      },
    },
  );
  let app: App | null = null;
  try {
    await listen(server, config.port, config.host);
    const { withoutBackup = false, signal } = options;
    const preparation = {
      logger,
      announce: options.announcePreparation ?? announce,
      withoutBackup,
      ...(signal === undefined ? {} : { signal }),
    };
    const storage = await openOnceThereIsRoom(data, responder, preparation);
    const engine = options.engine === undefined ? {} : { engine: options.engine };
    const tracing = await openTracing(config, logger);
    const translator = options.translatorFile === undefined ? {} : { translatorFile: options.translatorFile };
    app = buildApp({ config, data, logger, storage, tracing, ...engine, ...translator });
    responder.open(app.http);
    await app.start();
  } catch (error) {
    // What goes wrong on the way out must not hide why.
    await abandon(app, server).catch((cause: unknown) => {
      logger.error({ err: cause }, 'failed start not put in order');
    });
    unlock();
    throw error;
  }
  const started = app;
  const url = addressOf(server);
  announce(`Altsmith listens on ${url}`);
  if (started.firstKey !== null) announce(`The first site key is in ${data.firstKey}`);
  const { announcement: fetching } = started;
  if (fetching !== null) announce(fetching);
  logger.info({ url, ...(fetching === null ? {} : { fetching }) }, 'sidecar started');
  const stop = once(async () => {
    logger.info('sidecar stopping');
    await close(started, server);
    unlock();
  });
  return {
    url,
    firstKey: started.firstKey,
    fetching,
    firstSteps: () => started.firstSteps(),
    pairingCode: () => started.pairingCode(),
    close: stop,
  };
}

/** A database that cannot even be opened on a full disk is waited for; a migration is not begun on one. */
async function openOnceThereIsRoom(
  data: DataFolder,
  responder: StartupResponder,
  options: PreparationOptions,
): Promise<Storage> {
  for (;;) {
    try {
      const storage = await openPrepared(data, options);
      keepReserve(data);
      return storage;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'STORAGE_FULL') throw error;
      if (giveUpReserve(data)) continue;
      if (responder.reason !== 'STORAGE_FULL') {
        options.announce?.(`The disk of ${data.root} is full; the start goes on by itself once there is room.`);
        options.logger.error({ err: error }, 'the disk is full; the start goes on later');
      }
      responder.reason = 'STORAGE_FULL';
      await pause(FULL_DISK_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
  }
}

/** Leaves nothing of a start that failed: no port that answers, no open database, no process of ours. */
async function abandon(app: App | null, server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  try {
    await app?.finishWork();
  } finally {
    await app?.close();
  }
  await closed;
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

/** The server listens until jobs have ended, so that clients get 503 with Retry-After instead of a refused connection. */
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

/** The packages are loaded only where traces have somewhere to go. */
async function openTracing({ isTraced }: Config, logger: Logger): Promise<Tracing> {
  if (!isTraced) return NO_TRACING;
  const { openOtlp } = await import('./tracing/otlp');
  return openOtlp(version, logger);
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
