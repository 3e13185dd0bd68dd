import { acceptJob, type AcceptJobParts } from '../captioning/accept-job';
import { mediaOfJob, requireMedia } from '../captioning/asked-media';
import { acceptAll } from '../captioning/bulk-accept';
import { namesLanguage } from '../contract/language';
import type { SiteProfile, SiteProfileChange } from '../contract/site';
import { AppError } from '../errors';
import type { SiteServices } from '../http/services';
import type { Speaker } from '../http/speaker';
import { CalibrationStore } from '../review/calibration-store';
import { decideAll } from '../review/bulk-decision';
import { readFirstSteps } from '../storage/first-steps';
import { scopeNumbers } from '../storage/list-scopes';
import { currentTraceparent } from '../tracing/tracing';
import { checkWebhookTarget } from '../webhooks/webhook-target';
import type { ErasureOwner } from '../retention/erasure';
import type { Stores } from './stores';
import type { Work } from './work';

export interface SiteParts {
  readonly stores: Stores;
  readonly work: Work;
  readonly webhookOrigins: readonly string[];
  readonly speaker: Speaker;
}

/**
 * What the routes can do for the instance of a site that speaks; null when there is no such site. The sidecar's own page
 * sees all instances. Throws INSTANCE_CONFLICT.
 */
export function siteServices(siteId: string, parts: SiteParts): SiteServices | null {
  const { stores, work, webhookOrigins, speaker } = parts;
  const site = stores.sites.get(siteId);
  if (site === null) return null;
  const { storage } = stores;
  const instances = stores.instancesOf(siteId);
  const instance = instances.numberOf(speaker);
  // The page names an instance where what it does must not reach another's subject of the same id.
  const seen = speaker.isConsole && speaker.id === null ? null : instance;
  const images = stores.imagesOf(siteId);
  const jobs = stores.jobsOf(siteId, seen);
  const suggestions = stores.suggestionsOf(siteId, seen);
  const runs = stores.runsOf(siteId, seen);
  const accept = acceptPartsOf(siteId, { stores, work, instance, seen });
  return {
    id: site.id,
    name: site.name,
    images,
    videos: stores.videosOf(siteId),
    jobs,
    suggestions,
    takeTurn: () => {
      if (speaker.id !== null && speaker.turn !== null) instances.takeTurn(instance, speaker.turn);
    },
    readChanges: (after, limit) => stores.changes.read({ siteId, instance: seen }, after, limit),
    runs,
    createRun: (request) => {
      for (const language of request.translate?.languages ?? []) work.translating.requirePair(language);
      // Whoever sees all installations means the texts of all of them; a run belongs to one.
      const isForAll = request.translate !== undefined && seen === null;
      const all = isForAll ? scopeNumbers(storage, { siteId, instance: null }).map((scope) => scope.instance) : [];
      const [first = instance, ...others] = all;
      const run = runs.create(request, first);
      for (const other of others) runs.create(request, other);
      if (request.translate !== undefined) work.translating.wake();
      return run;
    },
    profile: () => profileOf(stores, work, siteId),
    changeProfile: (change) => {
      changeProfile(stores, siteId, change);
      return profileOf(stores, work, siteId);
    },
    translate: (text, to) => work.translating.translateNow(text, to),
    actOnRun: (runId, action) => {
      const before = runs.get(runId)?.state;
      const run = runs.act(runId, action);
      if (run.state !== before) work.settler.wake(runId);
      return run;
    },
    predictions: stores.predictionsOf(siteId),
    webhook: {
      register: (url) => {
        checkWebhookTarget(url, webhookOrigins);
        return stores.webhookOf({ siteId, instance }).register(url);
      },
      remove: () => stores.webhookOf({ siteId, instance }).remove(),
    },
    firstSteps: () => readFirstSteps(storage, siteId),
    acceptJob: (request, idempotencyKey) => acceptJob(accept, request, idempotencyKey),
    acceptJobs: (request) => acceptAll((one, idempotencyKey) => acceptJob(accept, one, idempotencyKey), request),
    retryJob: (jobId) => {
      const job = jobs.get(jobId);
      const hasEnded = job?.state === 'failed' || job?.state === 'cancelled';
      const asked = hasEnded ? jobs.workOf(jobId) : null;
      // A translation needs no picture.
      if (asked !== null && hasEnded && asked.translate === undefined) requireMedia(accept, mediaOfJob(job, asked));
      return jobs.retry(jobId);
    },
    acceptances: () => stores.acceptances.list(siteId),
    decide: (decisions) => decideAll(storage, suggestions, decisions),
    writeBack: (id, report) => {
      const suggestion = suggestions.writeBack(id, report);
      if (report.outcome === 'gone') stores.erasures.endPicture(siteId, suggestion.image_sha256);
      return suggestion;
    },
    eraseSubject: (subject) => stores.eraser.subject({ siteId, instance }, subject),
    eraseImage: (sha256) => stores.eraser.image({ siteId, instance }, sha256),
    wouldErase: previewsOf(stores, { siteId, instance }),
    listSuggestions: stores.lists.ofSite({ siteId, instance: seen }),
  };
}

function previewsOf({ wouldErase }: Stores, owner: ErasureOwner): SiteServices['wouldErase'] {
  return {
    subject: (subject) => wouldErase.subject(owner, subject),
    image: (sha256) => wouldErase.image(owner, sha256),
  };
}

function profileOf(stores: Stores, { translating }: Work, siteId: string): SiteProfile {
  const languages = stores.sites.get(siteId)?.settings.languages ?? [];
  const glossary = stores.glossaryOf(siteId).get();
  const calibration = new CalibrationStore(stores.storage, siteId).list();
  return { languages: [...languages], translators: translating.list(languages), glossary, calibration };
}

/** Throws LANGUAGE_UNKNOWN. */
function changeProfile(stores: Stores, siteId: string, change: SiteProfileChange): void {
  for (const language of change.languages ?? [])
    if (!namesLanguage(language)) throw new AppError('LANGUAGE_UNKNOWN', { language });
  stores.storage.transaction(() => {
    stores.sites.update(siteId, change);
    if (change.glossary !== undefined) stores.glossaryOf(siteId).put(change.glossary);
  });
}

interface AcceptingParts {
  readonly stores: Stores;
  readonly work: Work;
  /** Number of the instance that asks, and of the one whose rows are seen; null: all of the site. */
  readonly instance: number;
  readonly seen: number | null;
}

/** What accepting a job of one instance takes. */
export function acceptPartsOf(siteId: string, { stores, work, instance, seen }: AcceptingParts): AcceptJobParts {
  return {
    instance,
    storage: stores.storage,
    queue: work.queue,
    images: stores.imagesOf(siteId),
    jobs: stores.jobsOf(siteId, seen),
    runs: stores.runsOf(siteId, seen),
    suggestions: stores.suggestionsOf(siteId, seen),
    idempotency: stores.idempotencyOf(siteId, instance),
    results: stores.resultsOf(siteId),
    videos: stores.videosOf(siteId),
    videoLooks: stores.videoLooksOf(siteId),
    requireDecoder: () => {
      work.decoder.require();
    },
    model: () => work.model.now(),
    languages: () => stores.sites.get(siteId)?.settings.languages ?? [],
    modelIds: () => work.model.ids(),
    traceparent: currentTraceparent(),
    takeRoom: (priority) => {
      stores.room.take(siteId, priority);
    },
  };
}
