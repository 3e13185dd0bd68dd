import type { BulkJobReply, BulkJobRequest, Job, JobRequest } from '../contract/job';
import { AppError } from '../errors';

/** Jobs that are committed together: some milliseconds, between which other requests are answered. */
const SLICE = 25;

/**
 * `POST /v1/jobs/bulk`. Many jobs, a slice of them a commit. One that is refused says so in its own place and stops no other. A
 * request that is sent again with the same keys finds the jobs that were stored before it broke off.
 */
export async function acceptAll(
  accept: (request: JobRequest, idempotencyKey: string | null) => Promise<{ job: Job; isNew: boolean }>,
  { jobs }: BulkJobRequest,
): Promise<BulkJobReply> {
  const items: BulkJobReply['items'] = [];
  for (let from = 0; from < jobs.length; from += SLICE) {
    const slice = jobs.slice(from, from + SLICE).map(async ({ idempotency_key, ...request }) => {
      try {
        const { job, isNew } = await accept(request, idempotency_key);
        return { idempotency_key, job, is_new: isNew };
      } catch (error) {
        if (error instanceof AppError) return { idempotency_key, error: error.toBody() };
        throw error;
      }
    });
    items.push(...(await Promise.all(slice)));
  }
  return { items };
}
