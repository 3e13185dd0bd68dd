import type { Storage } from './database';
import { emptyLog } from './free-pages';

const FACT = 'log to empty';

/**
 * What was erased stands in the write-ahead log until that is emptied, which is not possible while somebody reads, such as a
 * backup. The wish is kept in the database: a command that erased has ended by then, and the sidecar goes on.
 */
export class ErasedLog {
  constructor(private readonly storage: Storage) {}

  /** Before the first row goes. */
  mark(): void {
    if (this.isMarked()) return;
    const fact = this.storage.prepare("INSERT INTO facts (name, value) VALUES (?, '1') ON CONFLICT (name) DO NOTHING");
    this.storage.transaction(() => fact.run(FACT));
  }

  isMarked(): boolean {
    return this.storage.prepare('SELECT 1 FROM facts WHERE name = ?').get(FACT) !== undefined;
  }

  /** False while somebody reads; then it must be tried again. */
  empty(): boolean {
    if (!emptyLog(this.storage)) return false;
    this.storage.transaction(() => this.storage.prepare('DELETE FROM facts WHERE name = ?').run(FACT));
    // Nothing but the end of the mark is in it by now, so it does not matter whether it can be emptied once more.
    emptyLog(this.storage);
    return true;
  }
}
