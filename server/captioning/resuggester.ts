import { setImmediate as breathe } from 'node:timers/promises';
import { z } from 'zod';
import type { ModelInfo } from '../../models/captioner';
import type { JobRequest } from '../contract/job';
import { ModelRef } from '../contract/primitives';
import { AppError } from '../errors';
import { JobWork } from '../queue/queue';
import type { ChangeFeed } from '../review/change-feed';
import type { Storage } from '../storage/database';

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

const Progress = z.object({ model: z.string(), position: z.number(), isDone: z.boolean() });
type Progress = z.infer<typeof Progress>;

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
 * gone, the feed says that it is wanted, and the CMS sends it. Once for each model; a restart goes on where it was.
 */
export class Resuggester {
  #progress: Progress | null = null;

  constructor(private readonly parts: ResuggesterParts) {}

  /** Works through all suggestions, oldest first, until there is nothing left, the queue is full, or `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const model = this.parts.model();
    if (this.parts.which === 'never' || model === null || model.demonstration) return;
    for (;;) {
      const progress = this.#progressOf(model.id);
      if (progress.isDone || signal.aborted || this.parts.model()?.id !== model.id) return;
      const rows = this.#rows(progress.position);
      for (const row of rows) {
        if (this.#isAskedAgain(row, model) && !(await this.#ask(row))) return;
      }
      const position = rows.at(-1)?.seq ?? progress.position;
      this.#keep({ model: model.id, position, isDone: rows.length < PIECE });
      await breathe();
    }
  }

  #isAskedAgain(row: Row, model: ModelInfo): boolean {
    if (row.state !== 'pending') return false;
    const before = ModelRef.safeParse(JSON.parse(row.model)).data;
    if (before === undefined || before.id === model.id) return false;
    return before.demonstration || this.parts.which === 'any';
  }

  /** False when there is no room for it now. */
  async #ask(row: Row): Promise<boolean> {
    const { fields, context, current } = JobWork.parse(JSON.parse(row.request ?? '{}'));
    try {
      await this.parts.accept(row.site_id, row.instance, {
        image_sha256: row.image_sha256,
        ...(row.source_sha256 === null ? {} : { source_sha256: row.source_sha256 }),
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
      if (error.code !== 'IMAGE_UNKNOWN') throw error;
      this.parts.storage.transaction(() => {
        this.parts.changes.append(row.site_id, { type: 'picture_wanted', suggestionId: row.id });
      });
    }
    return true;
  }

  #rows(after: number): Row[] {
    return this.parts.storage
      .prepare<[number], Row>(
        `SELECT suggestions.seq, suggestions.id, suggestions.site_id, suggestions.instance, suggestions.state,
           suggestions.model, suggestions.subject_type, suggestions.subject_id, suggestions.image_sha256,
           suggestions.source_sha256, suggestions.language, jobs.request
         FROM suggestions LEFT JOIN jobs ON jobs.id = suggestions.job_id AND suggestions.state = 'pending'
         WHERE suggestions.seq > ? ORDER BY suggestions.seq LIMIT ${PIECE}`,
      )
      .all(after);
  }

  #progressOf(model: string): Progress {
    this.#progress ??= this.#read();
    if (this.#progress?.model !== model) this.#progress = { model, position: 0, isDone: false };
    return this.#progress;
  }

  #read(): Progress | null {
    const row = this.parts.storage
      .prepare<[string], { value: string }>('SELECT value FROM facts WHERE name = ?')
      .get(FACT);
    return row === undefined ? null : (Progress.safeParse(JSON.parse(row.value)).data ?? null);
  }

  #keep(progress: Progress): void {
    this.#progress = progress;
    this.parts.storage
      .prepare('INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
      .run(FACT, JSON.stringify(progress));
  }
}
