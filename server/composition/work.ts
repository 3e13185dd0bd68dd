import type { CaptionEngine } from '../captioning/engine';
import { InstantCaption, type PictureFile } from '../captioning/instant-caption';
import { JobFinisher, type JobFinisherParts } from '../captioning/job-finisher';
import { JobRunner } from '../captioning/job-runner';
import { LooksUnderWay } from '../captioning/looks-under-way';
import { ModelMemory } from '../captioning/model-memory';
import { RemoteWork } from '../captioning/remote-work';
import { tryOwnPicture } from '../captioning/own-picture';
import { ReplyFinisher } from '../captioning/reply-finisher';
import { RunsHere } from '../captioning/runs-here';
import { RunSettler } from '../captioning/run-settler';
import { WorkerCondition } from '../captioning/worker-condition';
import { TASK_GROUPS } from '../captioning/worker-registry';
import type { CaptionOptions } from '../contract/caption';
import type { WorkerAnnouncementReply, WorkerTask } from '../contract/worker';
import type { Config } from '../config';
import type { Logger } from '../logger';
import { eachlabsWebhook } from '../http/compat/eachlabs/predictions';
import { replyCall } from '../predictions/reply-call';
import type { ApprovalWish } from '../review/auto-approval';
import type { SiteSettings } from '../sites/site-store';
import { RedisLink } from '../queue/redis-link';
import { BullDispatcher, queueNameFor } from '../queue/bull-dispatcher';
import { BullWindow } from '../queue/bull-window';
import type { Claim, JobQueue } from '../queue/queue';
import { SqliteQueue, type Dispatcher } from '../queue/sqlite-queue';
import { storageProblem } from '../storage/sqlite-error';
import { WebhookDelivery } from '../webhooks/delivery';
import { newsCall } from '../webhooks/news-call';
import { OutboxStore } from '../webhooks/outbox-store';
import type { Tracing } from '../tracing/tracing';
import { httpTransport } from '../webhooks/transport';
import { favourFor } from '../glossary/prefer';
import { LOCAL_WORKERS, THIS_MACHINE, type Stores } from './stores';
import { buildVideos } from './videos';
import { buildTranslating, openTranslators } from './translating';

export type Work = ReturnType<typeof buildWork>;

interface WorkParts {
  readonly engine: CaptionEngine;
  readonly logger: Logger;
  readonly stores: Stores;
  readonly config: Config;
  /** Folder for what is not finished. */
  readonly temporary: string;
  readonly metrics: { jobEnded(outcome: string, seconds: number): void };
  readonly tracing: Tracing;
  /** Told which trace led to news of an instance, for the trace of its webhook. */
  readonly caused: JobFinisherParts['caused'];
  /** The script of a translator's process; the build's own unless given. */
  readonly translatorFile?: string | undefined;
}

/** Everything that does something by itself: queue, workers, the settling of runs. */
export function buildWork(parts: WorkParts) {
  const { engine, logger, stores, config, metrics, tracing, caused, translatorFile } = parts;
  const jobEnded = metrics.jobEnded.bind(metrics);
  const { storage, imagesOf, resultsOf, jobsOf, suggestionsOf, sites, leases, registry } = stores;
  const built = buildQueue(stores, config, logger);
  const { queue, redis } = built;
  const here = openTranslators(config, logger, translatorFile);
  const finisher = buildFinisher(stores, { queue, tracing, caused, inLanguage: here.inLanguage });
  const looks = new LooksUnderWay(storage, queue.leaseMs);
  const model = new ModelMemory(storage, engine, () => registry.models());
  const runsHere = new RunsHere();
  const replies = new ReplyFinisher(storage, stores.replies, (siteId) => stores.glossaryOf(siteId).get());
  const condition = buildCondition(parts);
  const instant = new InstantCaption({
    ...{ storage, queue, replies: stores.replies, registry, runsHere, engine },
    workersElsewhere: config.workers === 0,
    overload: () => condition.overload(),
  });
  endErased(stores, { runsHere, instant });
  const readIn = config.readWords ? readingLanguages(sites) : () => [];
  const pictureOf = (jobId: string) => instant.pictureOf(jobId);
  return {
    ...built,
    ...buildVideos({ ...parts, queue, model, finisher, instant, runsHere }),
    model,
    condition,
    translating: buildTranslating(stores, { ...here, queue, finisher, logger }),
    remoteWork: new RemoteWork({
      storage,
      bullQueueFor: (tasks) => bullQueueFor(redis, tasks),
      ownModel: () => engine.state().model,
      queue,
      leases,
      finisher,
      looks,
      replies,
      pictureOf,
      model,
      ...{ imagesOf, resultsOf, readIn },
      logger,
      registry,
      tracing,
      jobEnded,
      maxPixels: config.maxPixels,
    }),
    instant,
    /** For a site, or for a program on this machine that came without a key: then the first site's turn is used. */
    captionNow: (picture: PictureFile, options: CaptionOptions, by: { siteId: string | null; signal: AbortSignal }) =>
      instant.run(picture, by.siteId ?? sites.list()[0]?.id ?? null, options, by.signal),
    runsHere,
    settler: new RunSettler({
      storage,
      leases,
      jobsOf,
      suggestionsOf,
      ring: () => queue.ring(''),
      logger,
    }),
    runner: new JobRunner({
      queue,
      engine,
      replies,
      pictureOf,
      runsHere,
      finisher,
      looks,
      favourOf: (claim) => favourFor(stores.glossaryOf(claim.siteId).get(), claim.work.context),
      ...{ imagesOf, resultsOf, readIn },
      logger,
      translate: storageProblem,
      worker: LOCAL_WORKERS,
      tracing,
      jobEnded,
      machine: { name: LOCAL_WORKERS, key: THIS_MACHINE },
      condition,
      registry,
    }),
  };
}

/** Languages in which words in a picture are read: of the text that is asked for, and the others of its site. */
function readingLanguages(sites: Stores['sites']) {
  return ({ siteId, language }: Pick<Claim, 'siteId' | 'language'>): string[] => [
    ...new Set([language, ...(sites.get(siteId)?.settings.languages ?? [])]),
  ];
}

function buildCondition({ engine, temporary, logger, stores }: WorkParts): WorkerCondition {
  return new WorkerCondition({
    check: (signal) => tryOwnPicture(engine, temporary, signal),
    wasWell: () => {
      stores.registry.wasWell(THIS_MACHINE);
    },
    logger,
  });
}

/** Nobody works on what was erased, or waits for it. */
function endErased({ erasures }: Stores, { runsHere, instant }: { runsHere: RunsHere; instant: InstantCaption }): void {
  erasures.onErased((jobIds) => {
    for (const id of jobIds) runsHere.abort(id);
    instant.erased(jobIds);
  });
}

function buildFinisher(
  { storage, imagesOf, videosOf, resultsOf, videoLooksOf, suggestionsOf, glossaryOf, sites }: Stores,
  parts: Pick<JobFinisherParts, 'queue' | 'tracing' | 'caused' | 'inLanguage'>,
): JobFinisher {
  return new JobFinisher({
    ...parts,
    storage,
    glossaryOf: (siteId) => glossaryOf(siteId).get(),
    storesOf: (siteId) => ({
      images: imagesOf(siteId),
      results: resultsOf(siteId),
      videos: videosOf(siteId),
      videoLooks: videoLooksOf(siteId),
      suggestions: suggestionsOf(siteId),
      autoApprove: approvalWishOf(sites.get(siteId)?.settings),
    }),
  });
}

function approvalWishOf(settings: SiteSettings | undefined): ApprovalWish {
  return { from: settings?.auto_approve_from ?? null, most_bad: settings?.auto_approve_most_bad ?? null };
}

/** Null where Bull cannot be used now. */
function bullQueueFor(redis: RedisLink | null, tasks: readonly WorkerTask[]): WorkerAnnouncementReply['queue'] {
  if (redis === null || redis.problem() !== null || tasks.length === 0) return null;
  return { name: queueNameFor(tasks), prefix: redis.settings.prefix };
}

interface BuiltQueue {
  readonly queue: JobQueue;
  readonly redis: RedisLink | null;
  /** The jobs in Redis; null where they are not put there. */
  readonly window: BullWindow | null;
}

function buildQueue(stores: Stores, config: Config, logger: Logger): BuiltQueue {
  const redis = config.queue === 'bull' && config.redis !== null ? new RedisLink(config.redis, logger) : null;
  const window = redis === null ? null : new BullWindow(redis, TASK_GROUPS.map(queueNameFor));
  const dispatcher = window === null ? null : buildDispatcher(window, stores, logger);
  const queue = new SqliteQueue(stores.leases, config.leaseSeconds * 1000, logger, dispatcher);
  return { queue, redis, window };
}

function buildDispatcher(window: BullWindow, stores: Stores, logger: Logger): Dispatcher {
  const { leases, windowRows: rows, registry, replies } = stores;
  const dispatcher = new BullDispatcher({ window, leases, rows, takers: () => registry.fromBull(), logger });
  replies.onEnd(({ id }) => {
    dispatcher.left(id);
  });
  stores.erasures.onErased((jobIds) => {
    for (const id of jobIds) dispatcher.left(id);
  });
  return dispatcher;
}

/** Wakes at every commit that wrote to a change feed or ended a prediction. */
export function buildDelivery(
  stores: Stores,
  { config, logger, tracing }: Pick<WorkParts, 'config' | 'logger' | 'tracing'>,
): WebhookDelivery {
  const delivery = new WebhookDelivery({
    outbox: new OutboxStore(stores.storage),
    transport: httpTransport(config.proxies),
    now: Date.now,
    random: Math.random,
    callOf: {
      news: (message, sentAt) => newsCall(message, sentAt, config.webhookOrigins),
      reply: (message, sentAt) =>
        replyCall(message, sentAt, { storage: stores.storage, origins: config.urlOrigins, bodyOf: eachlabsWebhook }),
    },
    tracing,
    logger,
  });
  stores.changeSignal.listen(() => {
    delivery.wake();
  });
  stores.replies.onEnd(() => {
    delivery.wake();
  });
  return delivery;
}

/** In the background: the sidecar takes pictures and queues them while the model loads, or if it cannot. */
export function startEngine(engine: CaptionEngine, runner: JobRunner, logger: Logger): void {
  engine.start().then(
    () => {
      runner.start(engine.state().workers);
    },
    (error: unknown) => {
      logger.error({ err: error }, 'the model could not be started');
    },
  );
}
