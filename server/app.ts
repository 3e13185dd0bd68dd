import type { Express } from 'express';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { acceptJob } from './captioning/accept-job';
import { chooseEngine } from './captioning/choose-engine';
import type { CaptionEngine } from './captioning/engine';
import { EngineSlots } from './captioning/engine-slots';
import { InstantCaption } from './captioning/instant-caption';
import { JobFinisher } from './captioning/job-finisher';
import { JobRunner } from './captioning/job-runner';
import { ModelMemory } from './captioning/model-memory';
import type { Config } from './config';
import { AppError, CATALOGUE } from './errors';
import { isLoopback } from './http/middleware/authenticate';
import { createConsole } from './http/console/handler';
import { ROUTES } from './http/route-table';
import { createRouter } from './http/router';
import type { Health, Services, SiteServices } from './http/services';
import { ImageStore } from './intake/image-store';
import { spoolImage } from './intake/spool';
import type { Logger } from './logger';
import { JobStore } from './queue/job-store';
import { LeaseStore } from './queue/lease-store';
import type { JobEnds } from './queue/queue';
import { QueueRoom } from './queue/room';
import { SqliteQueue } from './queue/sqlite-queue';
import { ChangeFeed } from './review/change-feed';
import { ChangeSignal } from './review/change-signal';
import { RunStore } from './review/run-store';
import { listSuggestions } from './review/suggestion-list';
import { SuggestionStore } from './review/suggestion-store';
import { makeFirstKey } from './sites/first-key';
import { KeyStore } from './sites/key-store';
import { SiteStore } from './sites/site-store';
import { steadyClock } from './storage/clock';
import { lockFolder, type DataFolder } from './storage/data-folder';
import { openDatabase } from './storage/database';
import { migrate } from './storage/migrate';
import { storageProblem } from './storage/sqlite-error';
import { version } from './version';
import { WebhookDelivery } from './webhooks/delivery';
import { OutboxStore } from './webhooks/outbox-store';
import { httpTransport } from './webhooks/transport';
import { WebhookStore } from './webhooks/webhook-store';
import { checkWebhookTarget } from './webhooks/webhook-target';

/** Time a claim lasts without a renewal. A worker that is stopped for longer loses its job. */
const LEASE_MS = 60_000;
/** Name of the workers of this process; their claims are void once the process is gone. */
const LOCAL_WORKERS = 'local';
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
 * Builds the sidecar: the only place where things are constructed.
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
    let isStopping = false;
    const services: Services = {
      version,
      logger,
      checkKey: (key) => stores.keys.check(key),
      forSite: (siteId) => siteServices(siteId, { stores, work, webhookOrigins: config.webhookOrigins }),
      spool: (body) => spoolImage(body, data.temporary, config),
      captionNow: (imagePath, options, signal) => work.instant.run(imagePath, options, signal),
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
        startEngine(engine, work.runner, logger);
      },
      drain: () => {
        isStopping = true;
        stores.changeSignal.notifyAll();
      },
      stop: async () => {
        await work.runner.stop(DRAIN_MS);
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

type Stores = ReturnType<typeof openStores>;

function openStores(data: DataFolder, isLocal: boolean) {
  const storage = openDatabase(data.database);
  migrate(storage);
  // Nothing in there outlives the process that wrote it.
  for (const file of readdirSync(data.temporary)) rmSync(path.join(data.temporary, file), { force: true });
  const sites = new SiteStore(storage);
  const keys = new KeyStore(storage);
  // A stranger could ask before the owner has read the key that is made now.
  if (!isLocal && keys.count() === 0) throw new AppError('PUBLIC_BIND_REFUSED');
  const firstKey = makeFirstKey(storage, sites, keys, data.firstKey);
  const changeSignal = new ChangeSignal();
  const changes = new ChangeFeed(storage, changeSignal);
  const ends: JobEnds = {
    failed: (siteId, jobId) => changes.append(siteId, { type: 'job.failed', jobId }),
    cancelled: (siteId, jobId) => changes.append(siteId, { type: 'job.cancelled', jobId }),
  };
  const now = steadyClock();
  const leases = new LeaseStore(storage, { ends, leaseMs: LEASE_MS, now });
  leases.endLeasesOf(`${LOCAL_WORKERS}-`);
  return {
    storage,
    sites,
    keys,
    firstKey,
    changeSignal,
    changes,
    leases,
    imagesOf: (siteId: string) => new ImageStore(storage, data, siteId),
    jobsOf: (siteId: string) => new JobStore(storage, siteId, { ends, now }),
    suggestionsOf: (siteId: string) => new SuggestionStore(storage, siteId, changes),
    runsOf: (siteId: string) => new RunStore(storage, siteId),
    webhookOf: (siteId: string) => new WebhookStore(storage, siteId, Date.now),
  };
}

type Work = ReturnType<typeof buildWork>;

function buildWork({ engine, logger, stores }: { engine: CaptionEngine; logger: Logger; stores: Stores }) {
  const { storage, imagesOf, suggestionsOf, sites } = stores;
  const queue = new SqliteQueue(stores.leases, LEASE_MS);
  const slots = new EngineSlots(() => engine.state().workers);
  const finisher = new JobFinisher({
    storage,
    queue,
    storesOf: (siteId) => ({
      images: imagesOf(siteId),
      suggestions: suggestionsOf(siteId),
      autoApproveFrom: sites.get(siteId)?.settings.auto_approve_from ?? null,
    }),
  });
  return {
    queue,
    model: new ModelMemory(storage, engine),
    room: new QueueRoom(storage),
    instant: new InstantCaption(engine, slots),
    runner: new JobRunner({
      queue,
      engine,
      slots,
      finisher,
      imagesOf,
      logger,
      translate: storageProblem,
      worker: LOCAL_WORKERS,
    }),
  };
}

interface SiteParts {
  readonly stores: Stores;
  readonly work: Work;
  readonly webhookOrigins: readonly string[];
}

function siteServices(siteId: string, { stores, work, webhookOrigins }: SiteParts): SiteServices | null {
  const site = stores.sites.get(siteId);
  if (site === null) return null;
  const { storage } = stores;
  const images = stores.imagesOf(siteId);
  const jobs = stores.jobsOf(siteId);
  const accept = {
    storage,
    queue: work.queue,
    images,
    jobs,
    modelId: () => work.model.id(),
    takeRoom: () => {
      work.room.take();
    },
    checkRun: (runId: string) => {
      stores.runsOf(siteId).checkTakesJobs(runId);
    },
  };
  return {
    id: site.id,
    name: site.name,
    images,
    jobs,
    suggestions: stores.suggestionsOf(siteId),
    webhook: {
      register: (url) => {
        checkWebhookTarget(url, webhookOrigins);
        return stores.webhookOf(siteId).register(url);
      },
      remove: () => stores.webhookOf(siteId).remove(),
    },
    acceptJob: (request) => acceptJob(accept, request),
    listSuggestions: (filter) => listSuggestions(storage, siteId, filter),
  };
}

/** Wakes at every commit that wrote to a change feed. */
function buildDelivery(stores: Stores, config: Config, logger: Logger): WebhookDelivery {
  const delivery = new WebhookDelivery({
    outbox: new OutboxStore(stores.storage),
    transport: httpTransport(),
    now: Date.now,
    random: Math.random,
    registeredOrigins: config.webhookOrigins,
    logger,
  });
  stores.changeSignal.listen(() => {
    delivery.wake();
  });
  return delivery;
}

/** In the background: the sidecar takes pictures and queues them while the model loads, or if it cannot. */
function startEngine(engine: CaptionEngine, runner: JobRunner, logger: Logger): void {
  engine.start().then(
    () => {
      runner.start(engine.state().workers);
    },
    (error: unknown) => {
      logger.error({ err: error }, 'the model could not be started');
    },
  );
}

function healthOf(engine: CaptionEngine, isStopping: boolean): Health {
  const state = engine.state();
  const problems = [];
  if (isStopping) problems.push({ code: 'SHUTTING_DOWN', message: CATALOGUE.SHUTTING_DOWN.message });
  else if (state.problem !== null) problems.push(state.problem);
  else if (!state.ready) problems.push({ code: 'MODEL_UNAVAILABLE', message: CATALOGUE.MODEL_UNAVAILABLE.message });
  const { model } = state;
  return {
    ready: problems.length === 0,
    model: model && { id: model.id, precision: model.precision, demonstration: model.demonstration },
    abilities: model && { answer: model.canAnswer, prompt: model.canPrompt ?? true },
    secondsPerImage: state.secondsPerImage,
    workers: state.workers,
    problems,
  };
}
