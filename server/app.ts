import type { Express } from 'express';
import path from 'node:path';
import { sharedAbortController } from './any-signal';
import { chooseEngine } from './captioning/choose-engine';
import type { CaptionEngine } from './captioning/engine';
import type { Config } from './config';
import type { FirstSteps } from './contract/first-steps';
import { Admission, ADMISSION_LIMITS } from './http/body/admission';
import { PICTURE_FROM_BYTES } from './http/body/json-scanner';
import { createConsole } from './http/console/handler';
import { PublicLinks } from './http/public-links';
import { ROUTES } from './http/route-table';
import { createRouter } from './http/router';
import { SiteRate } from './http/site-rate';
import { trustedProxies } from './http/trusted-proxies';
import { HeldPictures } from './intake/held-pictures';
import { spoolImage, type Limits, type SpooledImage } from './intake/spool';
import { fetchUrl } from './intake/url-fetch';
import { checkUrl } from './intake/url-guard';
import type { Logger } from './logger';
import type { DataFolder } from './storage/data-folder';
import { markCleanStop } from './storage/clean-stop';
import type { Storage } from './storage/database';
import { readFirstSteps } from './storage/first-steps';
import { storageProblem } from './storage/sqlite-error';
import type { Services } from './http/services';
import { healthOf, type Surroundings } from './composition/health';
import { buildMetrics } from './composition/metrics';
import { buildCalibrating } from './composition/calibrating';
import { buildModels } from './composition/models';
import { buildPredictions, type Predictions } from './composition/predictions';
import { administrationOf } from './composition/administration';
import { siteServices } from './composition/site-services';
import { buildPairings } from './composition/pairing';
import { retryUntilWritable } from './composition/start-up';
import { openStores, type Stores } from './composition/stores';
import { buildResuggesting } from './composition/resuggesting';
import { buildPruning } from './composition/pruning';
import { buildUpkeep } from './composition/upkeep';
import { videoServices } from './composition/videos';
import { listedWorkers, workersElsewhere } from './composition/workers';
import { buildDelivery, buildWork, startEngine, type Work } from './composition/work';
import type { WebhookDelivery } from './webhooks/delivery';
import type { Pairings } from './sites/pairings';
import { DiskState } from './storage/disk-state';
import { NO_TRACING, type Tracing } from './tracing/tracing';
import { version } from './version';

/** What a stop waits for jobs under way; the rest of 20 seconds is for requests and for ending the workers. */
const DRAIN_MS = 15_000;

const PULL_SCRIPT = path.resolve(__dirname, 'cli/models/pull-worker-process.js');

export interface AppParts {
  readonly config: Config;
  readonly data: DataFolder;
  readonly logger: Logger;
  /** The database of `data`, which is locked, at this version's schema. */
  readonly storage: Storage;
  /** Worker processes with the model of the settings, unless given. */
  readonly engine?: CaptionEngine;
  /** None, unless given. */
  readonly tracing?: Tracing;
  /** The script of a translator's process; only tests give it, which run from the sources. */
  readonly translatorFile?: string;
}

export interface App {
  readonly http: Express;
  /** The key made at the very first start, shown this once. */
  readonly firstKey: string | null;
  /** What is fetched by itself, in one line; null: nothing. */
  readonly announcement: string | null;
  /** Which of the three first steps are done, of any site. */
  firstSteps(): FirstSteps;
  /** A fresh one-time code for a CMS of the first site; null where there is no site. */
  pairingCode(): string | null;
  /**
   * Starts queue, engine and local workers. The engine may still be loading when this returns; on a full disk the workers
   * wait until there is room again.
   */
  start(): Promise<void>;
  /** From now on new work is refused and `/readyz` says so. */
  drain(): void;
  /** Waits for what is under way, 15 seconds at most, and hands the rest back. Requests are still answered. */
  finishWork(): Promise<void>;
  /** Stops the queue and the workers and closes the database; no request can be answered after it. */
  close(): Promise<void>;
}

/**
 * Builds the sidecar. Only this file and composition/ beside it construct things. The database is closed with the app, and also
 * when this throws: PUBLIC_BIND_REFUSED, STORAGE_FULL.
 */
export function buildApp(parts: AppParts): App {
  const { config, data, storage } = parts;
  try {
    return assemble(parts, openStores(data, config, storage));
  } catch (error) {
    storage.close();
    markCleanStop(data);
    throw storageProblem(error) ?? error;
  }
}

function assemble(parts: AppParts, stores: Stores): App {
  const { config, data, logger, tracing = NO_TRACING, engine = chooseEngine(config) } = parts;
  const disk = new DiskState(data.root);
  const upkeep = buildUpkeep(stores, { data, logger, config });
  const stopping = sharedAbortController();
  const health = () =>
    healthOf(engine, surroundings({ stores, work, config, disk, upkeep, isStopping: stopping.signal.aborted }));
  const metrics = buildMetrics(stores, data, health);
  const delivery = buildDelivery(stores, { config, logger, tracing });
  const caused = delivery.caused.bind(delivery);
  const work = buildWork({ ...parts, engine, stores, temporary: data.temporary, metrics, tracing, caused });
  const changed = work.runner.start.bind(work.runner);
  const models = buildModels({ engine, config, script: PULL_SCRIPT, logger, changed });
  const resuggesting = buildResuggesting(stores, work, { config, logger });
  const backgroundTasks = [upkeep, ...storeTasks(stores, logger), resuggesting, models];
  const predictions = buildPredictions(stores, { work, engine, config, logger, wakeDelivery: () => delivery.wake() });
  const pairings = buildPairings(stores);
  const services: Services = {
    version,
    logger,
    checkKey: (key) => stores.keys.check(key),
    forSite: (siteId, speaker) =>
      siteServices(siteId, { stores, work, webhookOrigins: config.webhookOrigins, speaker }),
    instancesOf: stores.instancesOf,
    spool: (body) => spoolWhereRoom(disk, body, { ...config, folder: data.temporary }),
    videos: videoServices({ disk, config, decoder: work.decoder, temporary: data.temporary }),
    fetchPicture: (url) => fetchUrl(url, { origins: config.urlOrigins, maxBytes: config.maxBytes }),
    links: new PublicLinks(config.publicUrl),
    pictures: heldPictures({ config, data, logger }, disk),
    admission: new Admission(ADMISSION_LIMITS, () => disk.roomForBodies()),
    siteRate: new SiteRate((siteId) => stores.sites.get(siteId)?.settings.limits.rate ?? config.siteRate),
    maxBytes: config.maxBytes,
    price: config.price,
    ollamaNames: config.ollamaNames,
    checkAddress: (url) => {
      checkUrl(url, config.urlOrigins);
    },
    ...{ captionNow: work.captionNow, requireCaptionRoom: work.instant.requireRoom.bind(work.instant) },
    predictions: predictions.ends,
    administration: administrationOf(stores, config),
    models: models.service,
    comingModel: models.coming,
    pairings,
    changeSignal: stores.changeSignal,
    ring: (jobId) => work.queue.ring(jobId),
    health,
    metrics,
    tracing,
    remoteWork: work.remoteWork,
    workers: () => listedWorkers(stores.registry, { engine, condition: work.condition }),
    stopping: stopping.signal,
    isStopping: () => stopping.signal.aborted,
    translate: storageProblem,
  };
  return {
    http: buildHttp(services, { stores, config, work }),
    firstKey: stores.firstKey,
    announcement: models.announcement(),
    ...firstRunOf(stores, pairings),
    start: () =>
      begin({ stores, work, delivery, predictions, engine, logger, signal: stopping.signal }, backgroundTasks),
    drain: () => {
      stopping.abort();
      stores.changeSignal.notifyAll();
    },
    finishWork: async () => {
      await models.stop();
      work.instant.refuseWaiting();
      predictions.stop();
      await work.runner.stop(DRAIN_MS);
      await Promise.all([work.translating.stop(), work.videos.stop()]);
      await Promise.all([work.settler.stop(), ...backgroundTasks.map((task) => task.stop()), delivery.stop()]);
    },
    close: async () => {
      await Promise.all([work.queue.stop(), engine.stop(), tracing.stop(), stores.lists.stop()]);
      stores.storage.close();
      markCleanStop(data);
    },
  };
}

/** What goes on upon the stores alone, whatever captions. */
function storeTasks(stores: Stores, logger: Logger) {
  return [buildPruning(stores, logger), buildCalibrating(stores, logger)];
}

function firstRunOf({ storage, sites }: Stores, pairings: Pairings): Pick<App, 'firstSteps' | 'pairingCode'> {
  return {
    firstSteps: () => readFirstSteps(storage, null),
    pairingCode: () => {
      const [first] = sites.list();
      return first === undefined ? null : pairings.create({ siteId: first.id, name: 'WordPress', madeBy: null }).code;
    },
  };
}

interface SurroundingParts {
  readonly stores: Stores;
  readonly work: Work;
  readonly config: Config;
  readonly disk: DiskState;
  readonly upkeep: { isDatabaseDamaged(): boolean };
  readonly isStopping: boolean;
}

function surroundings({ stores, work, config, disk, upkeep, isStopping }: SurroundingParts): Surroundings {
  return {
    isStopping,
    disk: disk.problem(),
    isDatabaseDamaged: upkeep.isDatabaseDamaged(),
    ...workersElsewhere(stores.registry, work, config),
    ownWorkers: work.condition.problem(),
    isSick: work.condition.isSick,
    redis: work.redis?.warning() ?? null,
  };
}

async function spoolWhereRoom(
  disk: DiskState,
  body: AsyncIterable<Uint8Array>,
  { folder, ...limits }: Limits & { readonly folder: string },
): Promise<SpooledImage> {
  disk.requireRoom();
  return spoolImage(body, folder, limits);
}

interface Beginning {
  readonly stores: Stores;
  readonly work: Work;
  readonly delivery: WebhookDelivery;
  readonly predictions: Predictions;
  readonly engine: CaptionEngine;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

async function begin(parts: Beginning, clocks: readonly { start(): void }[]): Promise<void> {
  const { stores, work, delivery, predictions, engine, logger, signal } = parts;
  await work.queue.start();
  for (const clock of clocks) clock.start();
  retryUntilWritable(stores.takeOver, { logger, signal }, () => {
    delivery.wake();
    work.settler.wake();
    predictions.start();
    startEngine(engine, work.runner, logger);
    work.translating.start();
    work.videos.start();
  });
}

function heldPictures({ config, data, logger }: Pick<AppParts, 'config' | 'data' | 'logger'>, disk: DiskState) {
  return new HeldPictures({
    folder: data.temporary,
    maxBytes: config.maxBytes,
    nameLength: PICTURE_FROM_BYTES,
    disk,
    notRemoved: (error) => {
      logger.error({ err: error }, 'a picture of a request could not be removed; the next start removes it');
    },
  });
}

interface HttpParts {
  readonly stores: Stores;
  readonly config: Config;
  readonly work: Pick<Work, 'window'>;
}

function buildHttp(services: Services, { stores, config, work: { window } }: HttpParts): Express {
  return createRouter(services, ROUTES, {
    hosts: [config.host, ...config.allowedHosts, ...(config.publicUrl === null ? [] : [config.publicUrl.hostname])],
    trustProxy: trustedProxies(config.trustedProxies),
    letLocalIn: config.ollamaKeyless === 'loopback',
    measure: services.metrics.measure,
    console: createConsole({
      // server/cli/build.js puts the bundle beside the compiled server.
      folder: path.resolve(__dirname, '../console'),
      checkKey: services.checkKey,
      siteName: (siteId) => stores.sites.get(siteId)?.name ?? null,
      isKeyAlive: (keyId) => stores.keys.isAlive(keyId),
      links: services.links,
      board: window === null ? null : { queues: () => window.queues(), problem: () => window.problem() },
    }),
  });
}
