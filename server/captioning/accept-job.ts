import type { Job, JobRequest } from '../contract/job';
import { AppError } from '../errors';
import type { ImageStore } from '../intake/image-store';
import type { JobStore } from '../queue/job-store';
import type { JobQueue } from '../queue/queue';
import type { Storage } from '../storage/database';

export interface AcceptJobParts {
  readonly storage: Storage;
  readonly queue: JobQueue;
  readonly images: Pick<ImageStore, 'get'>;
  readonly jobs: Pick<JobStore, 'add' | 'latestFor'>;
  /** The model that will caption it; null while none has been loaded yet. */
  readonly modelId: () => string | null;
  /** Throws QUEUE_FULL. */
  readonly takeRoom: () => void;
  /** Throws NOT_FOUND for a run that is not the site's, RUN_NOT_POSSIBLE for one that takes no more jobs. */
  readonly checkRun: (runId: string) => void;
}

/**
 * `POST /v1/jobs`. When this returns, the row is on disk. The same subject, image and model is the same job, however
 * often it is asked for; a job that nobody has started yet will be done by today's model whatever it was made for.
 * Throws IMAGE_UNKNOWN, QUEUE_FULL and what `checkRun` throws.
 */
export function acceptJob(parts: AcceptJobParts, request: JobRequest): { job: Job; isNew: boolean } {
  const accepted = parts.storage.transaction(() => {
    const modelId = parts.modelId();
    if (request.run_id !== undefined) parts.checkRun(request.run_id);
    const known = parts.jobs.latestFor(request.subject, request.image_sha256);
    if (known !== null && isSameJob(known.job, known.modelId, modelId)) return { job: known.job, isNew: false };
    if (parts.images.get(request.image_sha256)?.hasOriginal !== true) throw new AppError('IMAGE_UNKNOWN');
    parts.takeRoom();
    const job = parts.jobs.add({
      subject: request.subject,
      imageSha256: request.image_sha256,
      modelId,
      runId: request.run_id ?? null,
      priority: request.priority,
      work: {
        fields: request.fields ?? null,
        context: request.context ?? null,
        locale: request.locale ?? null,
        current: request.current ?? null,
      },
    });
    return { job, isNew: true };
  });
  if (accepted.isNew) parts.queue.ring(accepted.job.id);
  return accepted;
}

function isSameJob(job: Job, itsModel: string | null, modelNow: string | null): boolean {
  if (job.state === 'waiting' || job.state === 'running') return true;
  return modelNow === null || itsModel === modelNow;
}
