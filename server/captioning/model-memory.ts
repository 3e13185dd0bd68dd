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
 * Which model captions now. While it is loading, the one before the restart; where all workers run on other machines,
 * the one that wrote the last text.
 */
export class ModelMemory {
  #last: ModelInfo | null | undefined;

  constructor(
    private readonly storage: Storage,
    private readonly engine: Pick<CaptionEngine, 'state'>,
  ) {}

  /** Null only until the first model of this data folder has loaded. */
  now(): ModelInfo | null {
    const loaded = this.engine.state().model;
    if (loaded !== null) this.remember(loaded);
    return loaded ?? this.#read();
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
