import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { taskOf, type Reply } from '../captioning/reply';
import { VideoLookStore } from '../captioning/video-look-store';
import { forgetResults, ResultStore } from '../captioning/result-store';
import { WorkerRegistry } from '../captioning/worker-registry';
import type { Config } from '../config';
import { AppError } from '../errors';
import { hasInitialKey } from '../key-settings';
import { isLoopback } from '../http/middleware/authenticate';
import { ImageStore } from '../intake/image-store';
import { VideoStore } from '../intake/video-store';
import { RetentionStore } from '../intake/retention-store';
import { SiteBytes } from '../intake/site-bytes';
import { endImpossibleWaits } from '../queue/clock-step-store';
import { IdempotencyStore } from '../queue/idempotency-store';
import { JobStore } from '../queue/job-store';
import { LeaseStore } from '../queue/lease-store';
import type { JobEnds } from '../queue/queue';
import { PredictionStore } from '../predictions/prediction-store';
import { GlossaryStore } from '../glossary/glossary-store';
import { ReplyJobs } from '../queue/reply-jobs';
import { QueueRoom } from '../queue/room';
import { WindowStore } from '../queue/window-store';
import { AcceptanceStore } from '../review/acceptance-store';
import { ChangeFeed } from '../review/change-feed';
import { ChangeSignal } from '../review/change-signal';
import { ErasureStore } from '../retention/erasure-store';
import { HistoryStore } from '../retention/history-store';
import { ThumbnailStore } from '../retention/thumbnail-store';
import { ListReader } from '../review/list-reader';
import { RunStore } from '../review/run-store';
import { SuggestionStore } from '../review/suggestion-store';
import { AuditStore } from '../sites/audit-store';
import { makeFirstKeys } from '../sites/first-key';
import { InstanceStore } from '../sites/instance-store';
import { keyEndList } from '../sites/key-ends';
import { KeyStore } from '../sites/key-store';
import { SiteStore } from '../sites/site-store';
import { steadyClock } from '../storage/clock';
import type { DataFolder } from '../storage/data-folder';
import { DiskState } from '../storage/disk-state';
import type { Storage } from '../storage/database';
import { openData } from '../storage/soundness';
import { WebhookStore, type WebhookOwner } from '../webhooks/webhook-store';
import { buildErasing } from './erasing';

/** Name of the workers of this process; their claims are void once the process is gone. */
export const LOCAL_WORKERS = 'local';
/** This machine among those that do jobs. No other can be called so: names that come from elsewhere are trimmed. */
export const THIS_MACHINE = ' local';

const DAY_MS = 86_400_000;

export type Stores = ReturnType<typeof openStores>;

/**
 * Builds every store upon the database, which is opened here unless given. Writes nothing into one that has been used: a full
 * disk is no reason not to start. Throws what opening can throw, and PUBLIC_BIND_REFUSED.
 */
export function openStores(data: DataFolder, config: Config, storage: Storage = openData(data)) {
  // Temporary files are of use only to the process that wrote them.
  for (const file of readdirSync(data.temporary)) {
    rmSync(path.join(data.temporary, file), { recursive: true, force: true });
  }
  const sites = new SiteStore(storage);
  const keys = new KeyStore(storage, { ends: keyEndList(data.lists) });
  // A stranger could ask before the owner has read the key that is made now; a given one the owner has.
  if (!isLoopback(config.host) && keys.count() === 0 && !hasInitialKey(config.initialKeys))
    throw new AppError('PUBLIC_BIND_REFUSED');
  const firstKey = makeFirstKeys({ storage, sites, keys, file: data.firstKey }, config.initialKeys);
  const changeSignal = new ChangeSignal(Math.ceil(config.maxConnections / 2));
  const changes = new ChangeFeed(storage, changeSignal);
  const ends: JobEnds = {
    failed: (siteId, jobId) => {
      if (!replies.failed(jobId)) changes.append(siteId, { type: 'job.failed', jobId });
    },
    cancelled: (siteId, jobId) => changes.append(siteId, { type: 'job.cancelled', jobId }),
  };
  const now = steadyClock();
  const leaseMs = config.leaseSeconds * 1000;
  const registry = new WorkerRegistry(now);
  const replies = new ReplyJobs<Reply>(storage, now);
  const leases = new LeaseStore(storage, {
    ends,
    leaseMs,
    now,
    wellAt: (machine) => registry.wellAt(machine),
    isAlone: () => registry.capacity().machines + (config.workers === 0 ? 0 : 1) < 2,
  });
  const erasures = new ErasureStore(storage, data);
  const siteBytes = openSiteBytes(storage, sites, { data, config });
  const imagesOf = (siteId: string) => new ImageStore(storage, data, siteId, siteBytes);
  return {
    ...{ storage, erasures },
    ...buildErasing({ storage, data, store: erasures, plan: config.backups, siteBytes }),
    /** Before any local worker of this process claims: what the last process of this folder held waits again. */
    takeOver: () => {
      replies.forgetConnections();
      endImpossibleWaits(storage, { now: now(), leaseMs });
      leases.endLeasesOf(`${LOCAL_WORKERS}-`);
    },
    sites,
    keys,
    audit: new AuditStore(storage),
    firstKey,
    changeSignal,
    changes,
    lists: new ListReader(data.database),
    siteBytes,
    leases,
    windowRows: new WindowStore(storage, { leaseMs, now }),
    registry,
    replies,
    retention: new RetentionStore(storage, data.images, config.keepOriginalsMinutes * 60_000),
    acceptances: new AcceptanceStore(storage, config.keepHistoryDays * DAY_MS),
    room: new QueueRoom(storage, {
      all: config.queueLimit,
      ofSite: (siteId) => sites.get(siteId)?.settings.limits.queue ?? config.siteQueue,
    }),
    history: new HistoryStore(storage, config.keepHistoryDays * DAY_MS),
    thumbnails: new ThumbnailStore(storage, data.thumbnails, config.keepThumbnailsDays * DAY_MS),
    forgetResults: (keptMs: number, limit: number) => forgetResults(storage, keptMs, limit),
    imagesOf,
    videosOf: (siteId: string) => new VideoStore(storage, siteId, imagesOf(siteId)),
    instancesOf: (siteId: string) => new InstanceStore(storage, siteId),
    jobsOf: (siteId: string, seen: number | null = null) => new JobStore(storage, siteId, { ends, now, seen }),
    suggestionsOf: (siteId: string, seen: number | null = null) => new SuggestionStore(storage, siteId, changes, seen),
    runsOf: (siteId: string, seen: number | null = null) => new RunStore(storage, siteId, seen),
    resultsOf: (siteId: string) => new ResultStore(storage, siteId),
    videoLooksOf: (siteId: string) => new VideoLookStore(storage, siteId),
    glossaryOf: (siteId: string) => new GlossaryStore(storage, siteId),
    idempotencyOf: (siteId: string, instance: number) => new IdempotencyStore(storage, siteId, instance),
    predictionsOf: (siteId: string) =>
      new PredictionStore(storage, siteId, {
        jobs: replies,
        taskOf,
        keepMs: config.keepPredictionsHours * 3_600_000,
        now: Date.now,
      }),
    webhookOf: (owner: WebhookOwner) => new WebhookStore(storage, owner, Date.now),
  };
}

function openSiteBytes(
  storage: Storage,
  sites: SiteStore,
  { data, config }: { data: DataFolder; config: Config },
): SiteBytes {
  const disk = new DiskState(data.root);
  const limitOf = (siteId: string) => sites.get(siteId)?.settings.limits.bytes ?? config.siteBytes;
  return new SiteBytes(storage, limitOf, () => disk.roomForBodies());
}
