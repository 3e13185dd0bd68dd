import type { Job, Priority } from '../contract/job';
import type { Subject } from '../contract/primitives';
import type { WorkerTask } from '../contract/worker';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import { newId } from '../storage/row-id';
import { jobCounts } from '../storage/row-counts';
import { listJobs, totalJobs, type JobFilter } from './job-list';
import { JOB_COLUMNS, jobOf, PRIORITY_NAMES, RUN_IF_NOT_ENDED, WAITS_AGAIN, type JobRow } from './job-row';
import { JobWork, type JobEnds } from './queue';

export interface NewJob {
  /** Number of the instance that asks. */
  readonly instance: number;
  readonly subject: Subject;
  readonly imageSha256: string;
  /** Of the original file; the image's own where that was sent. */
  readonly sourceSha256: string;
  readonly language: string;
  readonly modelId: string | null;
  readonly runId: string | null;
  readonly priority: Priority;
  readonly work: JobWork;
  /** What a worker has to be able to do; a caption unless given. */
  readonly needs?: WorkerTask;
}

/** The picture that a text is for, in one language. */
export interface Wanted {
  readonly subject: Subject;
  readonly sourceSha256: string;
  readonly imageSha256: string;
  readonly language: string;
}

export interface JobStoreOptions {
  /** The instance whose jobs are seen; null: all of the site. */
  readonly seen: number | null;
  readonly ends: JobEnds;
  /** A clock that never jumps, the one that leases and delays are measured on. */
  readonly now: () => number;
}

/** The jobs of one site, as the site sees them. Another site's id is not found. */
export class JobStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
    private readonly options: JobStoreOptions,
  ) {}

  add(job: NewJob): Job {
    const id = newId('job');
    const at = Date.now();
    this.storage
      .prepare(
        `INSERT INTO jobs (id, site_id, instance, subject_type, subject_id, image_sha256, source_sha256, language, model_id, run_id, priority, request,
           needs, state, available_at, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?)`,
      )
      .run(
        id,
        this.siteId,
        job.instance,
        job.subject.type,
        job.subject.id,
        job.imageSha256,
        job.sourceSha256 === job.imageSha256 ? null : job.sourceSha256,
        job.language,
        job.modelId,
        job.runId,
        PRIORITY_NAMES.indexOf(job.priority),
        JSON.stringify(job.work, (_, value: unknown) => value ?? undefined),
        job.needs ?? 'caption',
        this.options.now(),
        at,
        at,
      );
    return this.#need(id);
  }

  get(id: string): Job | null {
    const row = this.#row(id);
    return row === undefined ? null : jobOf(row);
  }

  /**
   * The latest job for this subject, source and language that was not cancelled, with the model it was or will be done by and
   * the fields it was asked for. A job that names no source is for the very bytes it was sent.
   */
  latestFor(wanted: Wanted): { job: Job; modelId: string | null; work: JobWork } | null {
    const row = this.storage
      .prepare<object, JobRow & { request: string }>(
        `WITH wanted (sha256, is_image) AS (VALUES (:source, 0), (:source, 1), (:image, 1))
         SELECT ${JOB_COLUMNS}, request FROM jobs WHERE seq = (
           SELECT max((
             SELECT seq FROM jobs
             WHERE site_id = :siteId AND subject_type = :type AND subject_id = :id AND language = :language
               AND coalesce(source_sha256, image_sha256) = wanted.sha256 AND (source_sha256 IS NULL) = wanted.is_image
               AND state <> 'cancelled' AND instance >= 0 AND (:seen IS NULL OR instance = :seen)
             ORDER BY seq DESC LIMIT 1
           )) FROM wanted
         )`,
      )
      .get({
        siteId: this.siteId,
        ...wanted.subject,
        language: wanted.language,
        source: wanted.sourceSha256,
        image: wanted.imageSha256,
        seen: this.options.seen,
      });
    if (row === undefined) return null;
    return { job: jobOf(row), modelId: row.model_id, work: JobWork.parse(JSON.parse(row.request)) };
  }

  /** What was asked for; null where there is no such job. */
  workOf(id: string): JobWork | null {
    const request = this.storage
      .prepare<[string, string], string>('SELECT request FROM jobs WHERE id = ? AND site_id = ?')
      .pluck()
      .get(id, this.siteId);
    return request === undefined ? null : JobWork.parse(JSON.parse(request));
  }

  /**
   * Other bytes of the same source for a job that waits: those it was to be done with are gone. The token grows, so that what
   * an earlier start still brings is known to be about other bytes.
   */
  replaceImage(id: string, imageSha256: string): void {
    this.storage
      .prepare(
        `UPDATE jobs SET source_sha256 = coalesce(source_sha256, image_sha256), image_sha256 = ?, token = token + 1
         WHERE id = ? AND site_id = ? AND state = 'waiting'`,
      )
      .run(imageSha256, id, this.siteId);
  }

  /** A page of jobs, oldest first unless said otherwise, and the cursor of the next page. */
  list(filter: JobFilter): { items: Job[]; next: number | null } {
    return listJobs(this.storage, { siteId: this.siteId, instance: this.options.seen }, filter);
  }

  /** How many jobs are on all pages of the list. */
  total(filter: Omit<JobFilter, 'limit'>): number {
    return totalJobs(this.storage, { siteId: this.siteId, instance: this.options.seen }, filter);
  }

  /** Stops a job that is not finished; a running one loses its lease, so its result will be refused. */
  cancel(id: string): Job {
    return this.storage.transaction(() => {
      const job = this.#need(id);
      if (job.state === 'cancelled') return job;
      if (job.state !== 'waiting' && job.state !== 'running') {
        throw new AppError('JOB_NOT_POSSIBLE', { state: job.state });
      }
      const at = Date.now();
      this.storage
        .prepare(
          `UPDATE jobs SET state = 'cancelled', lease_until = NULL, worker = NULL, updated_at = ?, finished_at = ?
           WHERE id = ? AND site_id = ?`,
        )
        .run(at, at, id, this.siteId);
      this.options.ends.cancelled(this.siteId, id);
      return this.#need(id);
    });
  }

  /** Cancels up to `limit` jobs of a run that have not ended. Returns how many. */
  cancelOfRun(runId: string, limit: number): number {
    const rows = this.storage
      .prepare<[string, string, number], { id: string }>(
        "SELECT id FROM jobs WHERE run_id = ? AND +site_id = ? AND state IN ('waiting', 'running') LIMIT ?",
      )
      .all(runId, this.siteId, limit);
    for (const { id } of rows) this.cancel(id);
    return rows.length;
  }

  /**
   * A job of a run that is asked for from outside of it, by the run `runId` or with null by none: it is no longer part of that
   * run, which may be paused, cancelled or undone. No effect on a job that has ended.
   */
  leaveRun(id: string, runId: string | null): void {
    this.storage
      .prepare(
        `UPDATE jobs SET run_id = :run, held = 0
         WHERE id = :id AND site_id = :site AND state IN ('waiting', 'running') AND run_id IS NOT NULL AND run_id IS NOT :run`,
      )
      .run({ id, site: this.siteId, run: runId });
  }

  /** Somebody is waiting now for what was not urgent before. No effect on a job that has begun. */
  raisePriority(id: string, priority: Priority): void {
    const to = PRIORITY_NAMES.indexOf(priority);
    this.storage
      .prepare("UPDATE jobs SET priority = :to, held = 0 WHERE id = :id AND state = 'waiting' AND priority > :to")
      .run({ id, to });
    if (priority === 'interactive') this.#endDelay(id);
  }

  /** A failed or cancelled job waits again, with its counts at zero, and no longer as part of a run that has ended. */
  retry(id: string): Job {
    return this.storage.transaction(() => {
      const job = this.#need(id);
      if (job.state === 'waiting') {
        this.#endDelay(id);
        this.storage.prepare(`UPDATE jobs SET held = 0, run_id = ${RUN_IF_NOT_ENDED} WHERE id = ?`).run(id);
        return this.#need(id);
      }
      if (job.state !== 'failed' && job.state !== 'cancelled') {
        throw new AppError('JOB_NOT_POSSIBLE', { state: job.state });
      }
      this.storage
        .prepare(`UPDATE jobs SET ${WAITS_AGAIN}, available_at = ?, updated_at = ? WHERE id = ? AND site_id = ?`)
        .run(this.options.now(), Date.now(), id, this.siteId);
      return this.#need(id);
    });
  }

  /** Somebody waits for it: it is tried now, and not after its back-off. */
  #endDelay(id: string): void {
    const now = this.options.now();
    this.storage
      .prepare(
        "UPDATE jobs SET available_at = :now WHERE id = :id AND site_id = :site AND state = 'waiting' AND available_at > :now",
      )
      .run({ id, site: this.siteId, now });
  }

  /** How many jobs wait and run. */
  counts(): { waiting: number; running: number } {
    const { waiting, running } = jobCounts(this.storage, { siteId: this.siteId, instance: this.options.seen });
    return { waiting, running };
  }

  #row(id: string): JobRow | undefined {
    return this.storage
      .prepare<unknown[], JobRow>(
        `SELECT ${JOB_COLUMNS} FROM jobs WHERE id = ? AND site_id = ? AND instance >= 0 AND (? IS NULL OR instance = ?)`,
      )
      .get(id, this.siteId, this.options.seen, this.options.seen);
  }

  #need(id: string): Job {
    const row = this.#row(id);
    if (row === undefined) throw new AppError('NOT_FOUND');
    return jobOf(row);
  }
}
