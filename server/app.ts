import type { Express } from 'express';
import path from 'node:path';
import { chooseEngine } from './captioning/choose-engine';
import type { CaptionEngine } from './captioning/engine';
import type { Config } from './config';
import { isLoopback } from './http/middleware/authenticate';
import { createConsole } from './http/console/handler';
import { ROUTES } from './http/route-table';
import { createRouter } from './http/router';
import { spoolImage } from './intake/spool';
import { fetchUrl } from './intake/url-fetch';
import type { Logger } from './logger';
import { lockFolder, type DataFolder } from './storage/data-folder';
import { storageProblem } from './storage/sqlite-error';
import type { Services } from './http/services';
import { healthOf } from './composition/health';
import { buildPredictions } from './composition/predictions';
import { siteServices } from './composition/site-services';
import { openStores } from './composition/stores';
import { buildDelivery, buildWork, startEngine } from './composition/work';
import { version } from './version';

/** What a stop waits for jobs under way; the rest of 20 seconds is for requests. */
const DRAIN_MS = 15_000;

export interface AppParts {
  readonly config: Config;
  readonly data: DataFolder;
  readonly logger: Logger;
  /** Worker processes with the model of the settings, unless given. */
  readonly engine?: CaptionEngine;
}

export interface App {
  readonly http: Express;
  /** The key made at the very first start, shown this once. */
  readonly firstKey: string | null;
  /** Starts queue, engine and local workers. The engine may still be loading when this returns. */
  start(): Promise<void>;
  /** From now on new work is refused and `/readyz` says so. */
  drain(): void;
  stop(): Promise<void>;
}

/**
 * Builds the sidecar. Only this file and composition/ beside it construct things.
 * Throws DATA_DIR_IN_USE, DATA_DIR_REMOTE, DATABASE_NEWER, DATABASE_FOREIGN, PUBLIC_BIND_REFUSED.
 */
export function buildApp(parts: AppParts): App {
  const { config, data, logger } = parts;
  data.prepare();
  const unlock = lockFolder(data);
  try {
    const stores = openStores(data, isLoopback(config.host));
    const engine = parts.engine ?? chooseEngine(config);
    const work = buildWork({ engine, logger, stores });
    const delivery = buildDelivery(stores, config, logger);
    const predictions = buildPredictions(stores, work.instant, { data, logger });
    let isStopping = false;
    const services: Services = {
      version,
      logger,
      checkKey: (key) => stores.keys.check(key),
      forSite: (siteId) => siteServices(siteId, { stores, work, webhookOrigins: config.webhookOrigins }),
      spool: (body) => spoolImage(body, data.temporary, config),
      captionNow: (imagePath, options, signal) => work.instant.run(imagePath, options, signal),
      fetchPicture: (url) => fetchUrl(url, { origins: config.urlOrigins, maxBytes: config.maxBytes }),
      maxBytes: config.maxBytes,
      predictions,
      administration: { sites: stores.sites, keys: stores.keys },
      changes: stores.changes,
      changeSignal: stores.changeSignal,
      ring: (jobId) => work.queue.ring(jobId),
      health: () => healthOf(engine, isStopping),
      isStopping: () => isStopping,
      translate: storageProblem,
    };
    return {
      http: createRouter(services, ROUTES, {
        hosts: [config.host],
        console: createConsole({
          // server/cli/build.js puts the bundle beside the compiled server.
          folder: path.resolve(__dirname, '../console'),
          checkKey: services.checkKey,
          siteName: (siteId) => stores.sites.get(siteId)?.name ?? null,
        }),
      }),
      firstKey: stores.firstKey,
      start: async () => {
        await work.queue.start();
        delivery.wake();
        work.settler.wake();
        predictions.start();
        startEngine(engine, work.runner, logger);
      },
      drain: () => {
        isStopping = true;
        stores.changeSignal.notifyAll();
      },
      stop: async () => {
        await predictions.stop();
        await work.runner.stop(DRAIN_MS);
        await work.settler.stop();
        await delivery.stop();
        await work.queue.stop();
        await engine.stop();
        stores.storage.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
