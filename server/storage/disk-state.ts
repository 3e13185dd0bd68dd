import { accessSync, constants, statfsSync } from 'node:fs';
import { AppError } from '../errors';

/** Below this much free space no picture is taken: the jobs that are there must be able to end. */
export const LEAST_FREE_BYTES = 20_000_000;
const LOOK_AGAIN_MS = 1000;

/** Whether the data folder can be written to; looks at most once a second. */
export class DiskState {
  #lookedAt = -Infinity;
  #found: 'STORAGE_FULL' | 'STORAGE_UNAVAILABLE' | null = null;

  constructor(private readonly folder: string) {}

  /** Code of the catalogue; null when all is well. */
  problem(): 'STORAGE_FULL' | 'STORAGE_UNAVAILABLE' | null {
    const now = performance.now();
    if (now - this.#lookedAt > LOOK_AGAIN_MS) {
      this.#lookedAt = now;
      this.#found = look(this.folder);
    }
    return this.#found;
  }

  /** Before a picture is written. Throws STORAGE_FULL, STORAGE_UNAVAILABLE. */
  requireRoom(): void {
    const code = this.problem();
    if (code !== null) throw new AppError(code);
  }
}

function look(folder: string): 'STORAGE_FULL' | 'STORAGE_UNAVAILABLE' | null {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < LEAST_FREE_BYTES ? 'STORAGE_FULL' : null;
  } catch {
    // Read-only, unmounted, or gone: whichever it is, nothing can be stored.
    return 'STORAGE_UNAVAILABLE';
  }
}
