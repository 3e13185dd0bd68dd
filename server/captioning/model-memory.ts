import type { Storage } from '../storage/database';
import type { CaptionEngine } from './engine';

const FACT = 'last_model';

/** Which model captions now; while it is loading, which one did before the restart. */
export class ModelMemory {
  #written: string | null = null;

  constructor(
    private readonly storage: Storage,
    private readonly engine: Pick<CaptionEngine, 'state'>,
  ) {}

  /** Null only until the first model of this data folder has loaded. */
  id(): string | null {
    const loaded = this.engine.state().model?.id;
    if (loaded !== undefined) {
      this.#remember(loaded);
      return loaded;
    }
    const row = this.storage.db
      .prepare<[string], { value: string }>('SELECT value FROM facts WHERE name = ?')
      .get(FACT);
    return row?.value ?? null;
  }

  #remember(id: string): void {
    if (this.#written === id) return;
    this.storage.db
      .prepare('INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
      .run(FACT, id);
    this.#written = id;
  }
}
