import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { z } from 'zod';
import type { ModelInfo } from '../../models/captioner';
import type { JobRequest } from '../contract/job';
import { ModelRef } from '../contract/primitives';
import { AppError } from '../errors';
import { JobWork } from '../queue/queue';
import type { ChangeFeed } from '../review/change-feed';
import type { Storage } from '../storage/database';
import { readFact, writeFact } from '../storage/facts';
import { isSameModel } from './model-ref';

export interface ResuggesterParts {
  readonly storage: Storage;
  /** What is asked again after a change of model: texts of a demonstration model, all that nobody decided, or nothing. */
  readonly which: 'demonstration' | 'any' | 'never';
  /** The model that captions now; null while there is none. */
  readonly model: () => ModelInfo | null;
  /** Like `POST /v1/jobs` of this instance. Rejects with IMAGE_UNKNOWN, QUEUE_FULL. */
  readonly accept: (siteId: string, instance: number, request: JobRequest) => Promise<unknown>;
  readonly changes: Pick<ChangeFeed, 'append'>;
}

/** Rows looked at in one step; a few milliseconds when none of them is asked again. */
const PIECE = 200;
const FACT = 'asked_again';

const Progress = z.object({
  /** `seq` of the last suggestion that was looked at. */
  position: z.number(),
  /** `seq` of the last suggestion when this model was first met: what other models write later is not asked again. */
  until: z.number(),
  /** Sites whose queue was full, each with the `seq` of its last suggestion that was looked at. */
  behind: z.record(z.string(), z.number()).default({}),
});
type Progress = z.infer<typeof Progress>;
/** The progress of one model, as earlier versions kept it. */
const Before = z.object({ model: z.string(), position: z.number(), isDone: z.boolean() });

/** Under which its progress is kept. */
const nameOf = ({ id, fingerprint }: ModelInfo) => (fingerprint === undefined ? id : `${id}:${fingerprint}`);

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly site_id: string;
  readonly instance: number;
  readonly state: string;
  readonly model: string;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly image_sha256: string;
  readonly source_sha256: string | null;
  readonly language: string;
  readonly request: string | null;
}

/**
 * After a change of model asks again for what an earlier one suggested and nobody has decided. Where the bytes of the picture are
 * gone, the feed says that it is wanted, and the CMS sends it. Each model has a progress of its own, kept in the database,
 * so that two models that caption in turn ask for nothing twice.
 */
export class Resuggester {
  readonly #progress = new Map<string, Progress>();

  constructor(private readonly parts: ResuggesterParts) {}

  /**
   * Works through all suggestions, oldest first, until there is nothing left or `signal` aborts. A site whose queue is full
   * stays behind, and is gone on with at the next call.
   */
  async run(signal: AbortSignal): Promise<void> {
    const model = this.parts.model();
    if (this.parts.which === 'never' || model === null || model.demonstration) return;
    const goesOn = () => {
      const now = this.parts.model();
      return !signal.aborted && now !== null && isSameModel(now, model);
    };
    for (const site of Object.keys(this.#progressOf(model).behind)) await this.#catchUp(site, model, goesOn);
    while (goesOn()) {
      const { position, until, behind } = this.#progressOf(model);
      const rows = this.#rows(position, Number.MAX_SAFE_INTEGER);
      const late = { ...behind };
      const ask = async (row: Row) => {
        const isLate = row.site_id in late || (this.#isAskedAgain(row, model, until) && !(await this.#ask(row)));
        if (isLate) late[row.site_id] ??= row.seq - 1;
        return true;
      };
      await askAll(rows, ask, (last) => this.#keep(model, { position: last, until, behind: late }));
      if (rows.length < PIECE) return;
      await yieldToEventLoop();
    }
  }

  /** Goes on with a site that is behind, up to where the others are. */
  async #catchUp(site: string, model: ModelInfo, goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      const { position, until, behind } = this.#progressOf(model);
      const rows = this.#rows(behind[site] ?? position, position);
      const ask = async (row: Row) =>
        row.site_id !== site || !this.#isAskedAgain(row, model, until) || (await this.#ask(row));
      const keep = (last: number) => this.#keep(model, { position, until, behind: { ...behind, [site]: last } });
      if (!(await askAll(rows, ask, keep))) return;
      if (rows.length < PIECE) {
        const others = Object.entries(behind).filter(([name]) => name !== site);
        this.#keep(model, { position, until, behind: Object.fromEntries(others) });
        return;
      }
      await yieldToEventLoop();
    }
  }

  #isAskedAgain(row: Row, model: ModelInfo, until: number): boolean {
    if (row.state !== 'pending') return false;
    const before = ModelRef.safeParse(JSON.parse(row.model)).data;
    if (before === undefined || isSameModel(before, model)) return false;
    return before.demonstration || (this.parts.which === 'any' && row.seq <= until);
  }

  /** False when there is no room for it now. */
  async #ask(row: Row): Promise<boolean> {
    // What cannot be read is asked for without its particulars, so that it does not stop the walk for ever.
    const work = JobWork.safeParse(JSON.parse(row.request ?? '{}')).data ?? JobWork.parse({});
    const { fields, context, current, video } = work;
    try {
      await this.parts.accept(row.site_id, row.instance, {
        ...sentAs(row, video),
        subject: { type: row.subject_type, id: row.subject_id },
        language: row.language,
        ...(fields === null ? {} : { fields }),
        ...(context === null ? {} : { context }),
        ...(current === null ? {} : { current }),
        priority: 'backfill',
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'QUEUE_FULL') return false;
      if (error.code !== 'IMAGE_UNKNOWN' && error.code !== 'VIDEO_UNKNOWN') {
        // Videos wait for nobody: what cannot be read here any more stays as it is.
        if (error.retryable && error.code !== 'VIDEO_DECODER_MISSING') throw error;
        return true;
      }
      this.parts.storage.transaction(() => {
        this.parts.changes.append(row.site_id, { type: 'picture_wanted', suggestionId: row.id });
      });
    }
    return true;
  }

  #rows(after: number, to: number): Row[] {
    return this.parts.storage
      .prepare<[number, number], Row>(
        `SELECT suggestions.seq, suggestions.id, suggestions.site_id, suggestions.instance, suggestions.state,
           suggestions.model, suggestions.subject_type, suggestions.subject_id, suggestions.image_sha256,
           suggestions.source_sha256, suggestions.language, jobs.request
         FROM suggestions LEFT JOIN jobs ON jobs.id = suggestions.job_id AND suggestions.state = 'pending'
         WHERE suggestions.seq > ? AND suggestions.seq <= ? ORDER BY suggestions.seq LIMIT ${PIECE}`,
      )
      .all(after, to);
  }

  #progressOf(model: ModelInfo): Progress {
    const name = nameOf(model);
    const known = this.#progress.get(name) ?? Progress.safeParse(this.#fact(`${FACT}:${name}`)).data;
    if (known !== undefined) {
      this.#progress.set(name, known);
      return known;
    }
    const newest = this.parts.storage.prepare<[], number | null>('SELECT max(seq) FROM suggestions').pluck().get() ?? 0;
    const before = Before.safeParse(this.#fact(FACT)).data;
    const wasMet = before?.model === model.id;
    const first = this.#takenOver(model) ?? {
      position: wasMet ? before.position : 0,
      until: wasMet && before.isDone ? before.position : newest,
      behind: {},
    };
    this.#keep(model, first);
    return first;
  }

  /** Once: what versions that knew models by their id alone kept of this one. */
  #takenOver({ id, fingerprint }: ModelInfo): Progress | undefined {
    if (fingerprint === undefined) return undefined;
    const fact = `${FACT}:${id}`;
    const progress = Progress.safeParse(this.#fact(fact)).data;
    if (progress === undefined) return undefined;
    this.parts.storage.unflushed(() => {
      this.parts.storage.prepare('DELETE FROM facts WHERE name = ?').run(fact);
    });
    return progress;
  }

  #fact(name: string): unknown {
    const text = readFact(this.parts.storage, name);
    return text === null ? null : JSON.parse(text);
  }

  #keep(model: ModelInfo, progress: Progress): void {
    const name = nameOf(model);
    this.#progress.set(name, progress);
    this.parts.storage.unflushed(() => {
      writeFact(this.parts.storage, `${FACT}:${name}`, JSON.stringify(progress));
    });
  }
}

type Sent = Pick<JobRequest, 'image_sha256' | 'video_sha256' | 'frames' | 'video' | 'source_sha256'>;

/** The picture, the video or the frames that the row is about, as a request names them. */
function sentAs({ image_sha256, source_sha256 }: Row, video: JobWork['video']): Sent {
  const source = source_sha256 === null ? {} : { source_sha256 };
  if (video === undefined) return { image_sha256, ...source };
  const { frames, duration, has_sound = null } = video;
  if (frames === undefined) return { video_sha256: image_sha256, ...source };
  return { frames, source_sha256: image_sha256, ...(duration === undefined ? {} : { video: { duration, has_sound } }) };
}

/**
 * False when `ask` said that there is no room for more. `keep` gets the last row that was asked for, also when this rejects, so
 * that it is not asked for again.
 */
async function askAll(
  rows: readonly Row[],
  ask: (row: Row) => Promise<boolean>,
  keep: (last: number) => void,
): Promise<boolean> {
  let last: number | null = null;
  try {
    for (const row of rows) {
      if (!(await ask(row))) return false;
      last = row.seq;
    }
    return true;
  } finally {
    if (last !== null) keep(last);
  }
}
