import type { Storage } from './database';
import { keepsFreePages } from './vacuum';

/** Pages moved in one step; a few milliseconds. */
const PIECE = 25;

/** Gives some free pages at the end of the file back to the disk. False when there are none, or the file cannot. */
export function giveBackPages(storage: Storage): boolean {
  const { db } = storage;
  if (keepsFreePages(storage)) return false;
  const free = () => Number(db.pragma('freelist_count', { simple: true }));
  const before = free();
  if (before === 0) return false;
  storage.transaction(() => db.pragma(`incremental_vacuum(${PIECE})`));
  return free() < before;
}

/**
 * Writes what was committed into the database file and empties the write-ahead log, so that nothing that was erased stays in
 * it. False while another connection reads, such as a backup; then somebody must try again.
 */
export function emptyLog({ db }: Storage): boolean {
  const wait: unknown = db.pragma('busy_timeout', { simple: true });
  // The event loop would wait along.
  db.pragma('busy_timeout = 0');
  try {
    const [row] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return row?.busy === 0;
  } finally {
    db.pragma(`busy_timeout = ${Number(wait)}`);
  }
}
