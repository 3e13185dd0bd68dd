import { statSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST_FILE } from '../../models/model-folder/manifest';
import { ModelError } from '../../models/model-error';
import type { Logger } from '../logger';
import type { ChangingEngine } from './changing-engine';
import type { CaptionEngine, EngineState } from './engine';

/** Between two tries of a model that could not be loaded. */
const AGAIN_AFTER_MS = 10 * 60_000;

export interface ModelChangeParts {
  readonly engine: ChangingEngine;
  /** Folder of the model that captions should be made with now. Throws ModelError where there is none. */
  readonly wanted: () => string;
  readonly open: (folder: string) => CaptionEngine;
  /** Told how many workers the new model has. */
  readonly changed: (workers: number) => void;
  readonly logger: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Changes the model of a running sidecar once another one is chosen, fetched or made anew. A model that cannot be loaded changes
 * nothing, and is tried again later.
 */
export class ModelChange {
  #inUse: string | null;
  /** What the look before found: a folder that is just being replaced is missing for a moment. */
  #before: string | null = null;
  #refused: { readonly model: string; readonly until: number; readonly problem: Problem } | null = null;

  constructor(private readonly parts: ModelChangeParts) {
    this.#inUse = this.#wanted();
  }

  /** Why the chosen model is not the one in use; null where it is, or is just being loaded. */
  problem(): Problem | null {
    return this.#refused?.problem ?? null;
  }

  /** Looks for another model, and resolves once it is in use or could not be loaded. */
  async look(): Promise<void> {
    const wanted = this.#wanted();
    const isSteady = wanted === this.#before;
    this.#before = wanted;
    if (wanted === this.#inUse) this.#refused = null;
    if (wanted === null || wanted === this.#inUse || !isSteady || this.#isRefused(wanted)) return;
    const { engine, open, changed, logger, now } = this.parts;
    const folder = folderOf(wanted);
    logger.info({ folder }, 'another model is being loaded');
    const next = open(folder);
    const problem = await engine.changeTo(next, (model) => {
      this.#inUse = wanted;
      this.#refused = null;
      changed(next.state().workers);
      const { id, precision } = model;
      logger.info({ model: id, precision, told: `${id} (${precision}) writes from now on.` }, 'the model was changed');
    });
    if (problem === null) return;
    this.#refused = { model: wanted, until: now() + AGAIN_AFTER_MS, problem };
    logger.error({ folder, code: problem.code, reason: problem.message }, 'the new model could not be loaded');
  }

  #isRefused(wanted: string): boolean {
    return this.#refused?.model === wanted && this.parts.now() < this.#refused.until;
  }

  /** Folder and version of the files in it; null where the model is not there. */
  #wanted(): string | null {
    try {
      const folder = this.parts.wanted();
      const { ino, mtimeMs } = statSync(path.join(folder, MANIFEST_FILE));
      return `${folder}\n${ino} ${mtimeMs}`;
    } catch (error) {
      if (error instanceof ModelError || (error instanceof Error && 'code' in error)) return null;
      throw error;
    }
  }
}

type Problem = NonNullable<EngineState['problem']>;

function folderOf(wanted: string): string {
  return wanted.slice(0, wanted.lastIndexOf('\n'));
}
