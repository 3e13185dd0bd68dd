import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { ModelInfo } from '../../models/captioner';
import type { Storage } from '../storage/database';
import { readFact, writeFact } from '../storage/facts';
import type { CaptionEngine } from './engine';
import { StoredResult } from './engine-result';

const FACT = 'last_model';
const Kept = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(StoredResult.shape.model);

/**
 * Which model captions now. While it is loading, the one before the restart; where all workers run on other machines, one that
 * wrote a text there, until no machine has it any more.
 */
export class ModelMemory {
  #last: ModelInfo | null | undefined;

  constructor(
    private readonly storage: Storage,
    private readonly engine: Pick<CaptionEngine, 'state'>,
    /** Those of the machines elsewhere. */
    private readonly elsewhere: () => readonly ModelInfo[] = () => [],
  ) {}

  /** Null only until the first model of this data folder has loaded. */
  now(): ModelInfo | null {
    const loaded = this.engine.state().model;
    if (loaded !== null) this.remember(loaded);
    return loaded ?? this.#read();
  }

  /** The names of all models that caption now. */
  ids(): ReadonlySet<string> {
    const now = this.now();
    return new Set([...(now === null ? [] : [now]), ...this.elsewhere()].map(({ id }) => id));
  }

  /** A machine elsewhere wrote a text. Machines with different models take turns, and none of them is a change. */
  wroteElsewhere(model: ModelInfo): void {
    const last = this.#read();
    const isStillThere = last !== null && this.elsewhere().some(({ id }) => id === last.id);
    if (this.engine.state().model !== null || (isStillThere && last.id !== model.id)) return;
    this.remember(model);
  }

  remember(model: ModelInfo): void {
    // Everything counts: where pictures go, and what can be asked, may change under one name.
    if (isDeepStrictEqual(this.#read(), model)) return;
    this.#last = model;
    writeFact(this.storage, FACT, JSON.stringify(model));
  }

  #read(): ModelInfo | null {
    if (this.#last === undefined) {
      this.#last = Kept.safeParse(readFact(this.storage, FACT)).data ?? null;
    }
    return this.#last;
  }
}
