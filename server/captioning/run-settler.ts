import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { guarded } from '../background';
import { RunState } from '../contract/run';
import type { Logger } from '../logger';
import type { JobStore } from '../queue/job-store';
import type { LeaseStore } from '../queue/lease-store';
import type { SuggestionStore } from '../review/suggestion-store';
import type { Storage } from '../storage/database';

export interface RunSettlerParts {
  readonly storage: Storage;
  readonly leases: Pick<LeaseStore, 'hold'>;
  readonly jobsOf: (siteId: string) => Pick<JobStore, 'cancelOfRun'>;
  readonly suggestionsOf: (siteId: string) => Pick<SuggestionStore, 'withdrawOfRun'>;
  /** Wakes the workers. */
  readonly ring: () => void;
  readonly logger: Logger;
  /** Pause before another try; 10 seconds unless given. */
  readonly againMs?: number;
}

/** Pause, in ms, before another try after an error, such as a disk that is full for a moment. */
const AGAIN_MS = 10_000;
/** Rows touched in one transaction; some ten milliseconds. */
const PIECE = 200;
/** Suggestions take longer: the search index follows their states. */
const SUGGESTIONS_PIECE = 50;

interface SettlingRow {
  readonly id: string;
  readonly site_id: string;
  readonly state: string;
}

/**
 * Brings the jobs and suggestions of a run to what its state says, piece by piece, so that other requests are answered while
 * fifty thousand jobs are cancelled. What a restart interrupts goes on after it.
 */
export class RunSettler {
  /** `seq` of the last row of a walk, by run and state. */
  readonly #walked = new Map<string, number>();
  #working: Promise<void> | null = null;
  #isStopping = false;
  #again: NodeJS.Timeout | null = null;

  constructor(private readonly parts: RunSettlerParts) {}

  /** There is something to do: this run changed its state, or, without one, the sidecar has just started. */
  wake(runId: string | null = null): void {
    // A run may come back to a state before the walk of that state has ended: its walks begin anew, and change nothing twice.
    if (runId === null) this.#walked.clear();
    else for (const state of RunState.options) this.#walked.delete(walkOf(runId, state));
    this.#working ??= this.#work()
      .catch((error: unknown) => {
        // The next wake begins the walks anew, so what was rolled back is looked at again.
        this.#failed(error);
        this.#sleep();
      })
      .finally(() => {
        this.#working = null;
      });
  }

  readonly #failed = (error: unknown): void => {
    this.parts.logger.error({ err: error }, 'run not settled; it is tried again');
  };

  #sleep(): void {
    if (this.#again !== null) clearTimeout(this.#again);
    if (this.#isStopping) return;
    this.#again = setTimeout(
      guarded(() => {
        this.wake();
      }, this.#failed),
      this.parts.againMs ?? AGAIN_MS,
    ).unref();
  }

  /** Resolves when nothing is left to do. */
  async settled(): Promise<void> {
    await this.#working;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#again !== null) clearTimeout(this.#again);
    await this.#working;
  }

  async #work(): Promise<void> {
    const next = this.parts.storage.prepare<[], SettlingRow>(
      'SELECT id, site_id, state FROM runs WHERE settling = 1 ORDER BY seq LIMIT 1',
    );
    for (;;) {
      const run = next.get();
      if (run === undefined || this.#isStopping) return;
      this.#piece(run);
      await yieldToEventLoop();
    }
  }

  #piece(run: SettlingRow): void {
    const { storage } = this.parts;
    storage.transaction(() => {
      if (this.#moved(run) > 0) return;
      storage.prepare('UPDATE runs SET settling = 0 WHERE id = ? AND state = ?').run(run.id, run.state);
    });
  }

  #moved(run: SettlingRow): number {
    const { jobsOf } = this.parts;
    switch (RunState.parse(run.state)) {
      case 'paused':
        return this.#hold(run, 1);
      case 'running':
        return this.#hold(run, 0);
      case 'cancelled':
        return jobsOf(run.site_id).cancelOfRun(run.id, PIECE);
      case 'undone':
        return jobsOf(run.site_id).cancelOfRun(run.id, PIECE) + this.#withdraw(run);
    }
  }

  /** More than 0 as long as there is something left. */
  #hold(run: SettlingRow, held: 0 | 1): number {
    const left = this.#walk(run, (after) => this.parts.leases.hold(run.id, held, after));
    // The workers are woken after each piece of a resumed run, and after the last of a paused one: other jobs come first then.
    if (held === 0 || left === 0) this.parts.ring();
    return left;
  }

  #withdraw(run: SettlingRow): number {
    return this.#walk(run, (after) =>
      this.parts.suggestionsOf(run.site_id).withdrawOfRun(run.id, { after, limit: SUGGESTIONS_PIECE }),
    );
  }

  /** The next piece of a walk through the rows of a run: 0 at its end. */
  #walk({ id, state }: SettlingRow, piece: (after: number) => number | null): number {
    const name = walkOf(id, state);
    const last = piece(this.#walked.get(name) ?? 0);
    if (last === null) this.#walked.delete(name);
    else this.#walked.set(name, last);
    return last === null ? 0 : 1;
  }
}

const walkOf = (runId: string, state: string) => `${runId} ${state}`;
