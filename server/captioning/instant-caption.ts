import { unlink } from 'node:fs/promises';
import { withAnySignal } from '../any-signal';
import { guarded } from '../background';
import type { CaptionOptions, CaptionReply } from '../contract/caption';
import type { WorkerTask } from '../contract/worker';
import { AppError, isErrorCode } from '../errors';
import type { JobQueue } from '../queue/queue';
import type { ReplyJobs } from '../queue/reply-jobs';
import { newId } from '../storage/row-id';
import type { Storage } from '../storage/database';
import type { EngineState } from './engine';
import { taskOf, type Reply } from './reply';
import type { RunsHere } from './runs-here';
import { tasksOf, type WorkerRegistry } from './worker-registry';

/** A complete file of its own, and the sha256 of its bytes. */
export interface PictureFile {
  readonly file: string;
  readonly sha256: string;
}

export interface InstantCaptionParts {
  readonly storage: Storage;
  readonly queue: Pick<JobQueue, 'ring'>;
  readonly replies: ReplyJobs<Reply>;
  readonly registry: Pick<WorkerRegistry, 'canDo' | 'obstacleTo' | 'isEmpty'>;
  readonly runsHere: RunsHere;
  readonly engine: { state(): EngineState };
  /** All workers are on other machines. */
  readonly workersElsewhere: boolean;
  /** While the model server of the workers here has too much to do: what to tell. */
  readonly overload: () => AppError | null;
}

/** Answers of one site that may wait for a worker at once; more would wait longer than clients do. */
const MOST_OF_SITE = 16;
/** The same for all sites together: each has a file in the temporary folder. */
const MOST_OF_ALL = 256;
/** How long to wait for a first word of a worker elsewhere, in ms. */
const GRACE_MS = 10_000;

interface Wish {
  readonly siteId: string | null;
  readonly options: CaptionOptions;
  /** Without the words of the site's owner. */
  readonly isPlain: boolean;
}

interface Waiting {
  readonly siteId: string;
  readonly file: string;
  readonly end: (outcome: Reply | AppError) => void;
}

const MISSING: Readonly<
  Record<WorkerTask, 'CAPTION_MODEL_MISSING' | 'QUESTION_MODEL_MISSING' | 'PROMPT_NOT_POSSIBLE' | 'TASK_NOT_POSSIBLE'>
> = {
  caption: 'CAPTION_MODEL_MISSING',
  answer: 'QUESTION_MODEL_MISSING',
  prompt: 'PROMPT_NOT_POSSIBLE',
  detailed: 'TASK_NOT_POSSIBLE',
  more_detailed: 'TASK_NOT_POSSIBLE',
  ocr: 'TASK_NOT_POSSIBLE',
  translate: 'TASK_NOT_POSSIBLE',
  video: 'TASK_NOT_POSSIBLE',
};

/**
 * `POST /v1/captions`: one picture at once. It is a job like any other, of the highest priority, whose row goes with its
 * answer; a worker here or elsewhere does it. The file is deleted, and nothing is stored.
 */
export class InstantCaption {
  readonly #waiting = new Map<string, Waiting>();

  constructor(private readonly parts: InstantCaptionParts) {
    parts.replies.onEnd(({ id, outcome }) => {
      this.#waiting.get(id)?.end(outcome);
    });
  }

  /** The jobs went with their site, whose keys open nothing any more. */
  erased(jobIds: Iterable<string>): void {
    for (const id of jobIds) this.#waiting.get(id)?.end(new AppError('KEY_INVALID'));
  }

  /** The same for sites that another process erases, as the command line does. */
  endErased(): void {
    this.erased([...this.#waiting.keys()].filter((id) => !this.parts.replies.isThere(id)));
  }

  /** Where the picture of such a job lies; null for a job of another kind. */
  pictureOf(jobId: string): string | null {
    return this.#waiting.get(jobId)?.file ?? null;
  }

  /** As a caption is asked for, but without the words of the site's owner. Throws as `run` does. */
  async describe(picture: PictureFile, siteId: string, signal: AbortSignal): Promise<CaptionReply> {
    const reply = await this.#run(picture, { siteId, options: {}, isPlain: true }, signal);
    if ('caption' in reply) return reply;
    throw new AppError('INTERNAL', { reason: 'the workers gave no caption' });
  }

  /** Throws SITE_MISSING, what keeps the model from working, QUEUE_FULL, and what the attempt failed with. */
  run(picture: PictureFile, siteId: string | null, options: CaptionOptions, signal: AbortSignal): Promise<Reply> {
    return this.#run(picture, { siteId, options, isPlain: false }, signal);
  }

  async #run(picture: PictureFile, wish: Wish, signal: AbortSignal): Promise<Reply> {
    const { siteId, options, isPlain } = wish;
    try {
      if (siteId === null) throw new AppError('SITE_MISSING');
      const needs = taskOf(options);
      const patience = this.#throwUnlessPossible(needs);
      this.requireRoom(siteId);
      return await withAnySignal([signal], (own) =>
        this.#ask(picture, { siteId, options, isPlain, needs, patience }, own),
      );
    } finally {
      // What cannot be removed, as on a disk that has become read-only, goes with the next start; the answer is there.
      await unlink(picture.file).catch(() => undefined);
    }
  }

  /** Also asked before the picture is read. Throws QUEUE_FULL. */
  requireRoom(siteId: string | null): void {
    if (this.#waiting.size < MOST_OF_SITE) return;
    const all = [...this.#waiting].filter(([id]) => this.parts.replies.isWaiting(id));
    const ofSite = all.filter(([, one]) => one.siteId === siteId);
    if (ofSite.length >= MOST_OF_SITE || all.length >= MOST_OF_ALL)
      throw new AppError('QUEUE_FULL', { retry_after_seconds: 5 });
  }

  /** The sidecar stops: what no worker has yet is answered now. */
  refuseWaiting(): void {
    for (const [id, { end }] of this.#waiting) {
      if (this.parts.replies.isWaiting(id)) end(new AppError('SHUTTING_DOWN'));
    }
  }

  async #ask(
    picture: PictureFile,
    wish: Wish & { readonly siteId: string; readonly needs: WorkerTask; readonly patience: boolean },
    signal: AbortSignal,
  ): Promise<Reply> {
    const { storage, replies, queue, runsHere } = this.parts;
    const id = newId('ask');
    const { siteId, options, isPlain, needs } = wish;
    signal.throwIfAborted();
    const answer = new Promise<Reply>((resolve, reject) => {
      const end = (outcome: Reply | AppError) => {
        if (outcome instanceof AppError) reject(outcome);
        else resolve(outcome);
      };
      this.#waiting.set(id, { siteId, file: picture.file, end });
      signal.addEventListener('abort', () => reject(new AppError('REQUEST_TIMEOUT')));
    });
    const failed = () => {
      this.#waiting.get(id)?.end(new AppError('STORAGE_UNAVAILABLE'));
    };
    const look = () => {
      this.#endIfImpossible(id, needs);
    };
    const timer = wish.patience ? setTimeout(guarded(look, failed), GRACE_MS) : undefined;
    try {
      // It ends with this process: nobody waits for the disk.
      storage.unflushed(() => {
        replies.add({ id, siteId, kind: 'caption', imageSha256: picture.sha256, needs, options, isPlain });
      });
      queue.ring(id);
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
      storage.unflushed(() => {
        replies.remove(id);
      });
      runsHere.abort(id);
    }
  }

  /** Ends the wait when no worker that can do the job has reported by now, unless one has begun it already. */
  #endIfImpossible(id: string, needs: WorkerTask): void {
    const { registry, replies } = this.parts;
    if (!replies.isWaiting(id) || registry.canDo(needs)) return;
    this.#waiting.get(id)?.end(new AppError(registry.isEmpty() ? 'MODEL_UNAVAILABLE' : MISSING[needs]));
  }

  /** True when no worker is known yet that can do it, and one may come. */
  #throwUnlessPossible(needs: WorkerTask): boolean {
    const { engine, registry, workersElsewhere } = this.parts;
    const { ready, model, problem } = engine.state();
    if (registry.canDo(needs)) return false;
    if (ready && tasksOf(model).includes(needs)) {
      const overload = this.parts.overload();
      if (overload !== null) throw overload;
      return false;
    }
    if (workersElsewhere && registry.isEmpty()) return true;
    // A machine that could, and rests for a moment, lacks no ability.
    const obstacle = registry.obstacleTo(needs);
    if (obstacle !== null) throw new AppError(isErrorCode(obstacle) ? obstacle : 'MODEL_UNAVAILABLE');
    if (ready || workersElsewhere) throw new AppError(MISSING[needs]);
    throw new AppError(problem !== null && isErrorCode(problem.code) ? problem.code : 'MODEL_UNAVAILABLE');
  }
}
