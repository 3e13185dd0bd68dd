import type { Storage } from './database';

/** What the sidecar remembers under a name, in one table. */
export function readFact(storage: Storage, name: string): string | null {
  // Here alone: a statement is kept by its text, and one that gives plain values gives them to everybody.
  const read = storage.prepare<[string], string>('SELECT value FROM facts WHERE name = ?').pluck();
  return read.get(name) ?? null;
}

export function writeFact(storage: Storage, name: string, value: string): void {
  storage
    .prepare('INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
    .run(name, value);
}

/** Forgets it, unless it says something else by now. */
export function forgetFact(storage: Storage, name: string, value: string): void {
  storage.prepare('DELETE FROM facts WHERE name = ? AND value = ?').run(name, value);
}
