import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { DataFolder } from './data-folder';

/** The database file as the last clean stop left it. Anything else that wrote to it since may have damaged it. */
const Mark = z.object({ bytes: z.number(), modified_ms: z.number() });

function present(data: DataFolder): z.infer<typeof Mark> | null {
  const found = statSync(data.database, { throwIfNoEntry: false });
  // A process that did not stop cleanly leaves a write-ahead log.
  const log = statSync(`${data.database}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return found === undefined || log > 0 ? null : { bytes: found.size, modified_ms: found.mtimeMs };
}

/** True when the database is just as the last sidecar, or command, closed it. */
export function wasCleanStop(data: DataFolder): boolean {
  try {
    const mark = Mark.parse(JSON.parse(readFileSync(data.cleanStop, 'utf8')));
    const now = present(data);
    return now?.bytes === mark.bytes && now.modified_ms === mark.modified_ms;
  } catch {
    return false;
  }
}

/** The database is closed and in order. Without room for the mark the next start looks at the database, and that is all. */
export function markCleanStop(data: DataFolder): void {
  try {
    const mark = present(data);
    if (mark !== null) writeFileSync(data.cleanStop, JSON.stringify(mark), { mode: 0o600 });
  } catch {
    rmSync(data.cleanStop, { force: true });
  }
}

/** From now on the database is written to. */
export function unmarkCleanStop(data: DataFolder): void {
  rmSync(data.cleanStop, { force: true });
}
