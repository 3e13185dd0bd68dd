import { acceptJob, requireImage, type AcceptJobParts } from '../captioning/accept-job';
import type { SiteServices } from '../http/services';
import { decideAll } from '../review/bulk-decision';
import { listSuggestions } from '../review/suggestion-list';
import { checkWebhookTarget } from '../webhooks/webhook-target';
import type { Stores } from './stores';
import type { Work } from './work';

export interface SiteParts {
  readonly stores: Stores;
  readonly work: Work;
  readonly webhookOrigins: readonly string[];
}

/** What the routes can do for one site; null when there is no such site. */
export function siteServices(siteId: string, { stores, work, webhookOrigins }: SiteParts): SiteServices | null {
  const site = stores.sites.get(siteId);
  if (site === null) return null;
  const { storage } = stores;
  const images = stores.imagesOf(siteId);
  const jobs = stores.jobsOf(siteId);
  const suggestions = stores.suggestionsOf(siteId);
  const runs = stores.runsOf(siteId);
  const accept: AcceptJobParts = {
    storage,
    queue: work.queue,
    images,
    jobs,
    runs,
    suggestions,
    idempotency: stores.idempotencyOf(siteId),
    results: stores.resultsOf(siteId),
    model: () => work.model.now(),
    takeRoom: () => {
      stores.room.take();
    },
  };
  return {
    id: site.id,
    name: site.name,
    images,
    jobs,
    suggestions,
    runs,
    actOnRun: (runId, action) => {
      const run = runs.act(runId, action);
      work.settler.wake();
      return run;
    },
    predictions: stores.predictionsOf(siteId),
    webhook: {
      register: (url) => {
        checkWebhookTarget(url, webhookOrigins);
        return stores.webhookOf(siteId).register(url);
      },
      remove: () => stores.webhookOf(siteId).remove(),
    },
    acceptJob: (request, idempotencyKey) => acceptJob(accept, request, idempotencyKey),
    retryJob: (jobId) => {
      const job = jobs.get(jobId);
      if (job?.state === 'failed' || job?.state === 'cancelled') requireImage(accept, job.image_sha256);
      return jobs.retry(jobId);
    },
    decide: (decisions) => decideAll(storage, suggestions, decisions),
    listSuggestions: (filter) => listSuggestions(storage, siteId, filter),
  };
}
