import { accessSync, constants, statfsSync } from 'node:fs';
import { AppError } from '../errors';

/** Below this much free space no picture is taken: the jobs that are there must be able to end. */
export const LEAST_FREE_BYTES = 20_000_000;
const LOOK_AGAIN_MS = 1000;

/** Whether the data folder can be written to; looks at most once a second. */
export class DiskState {
  #lookedAt = -Infinity;
  #found: Look = { problem: null, freeBytes: Infinity };

  constructor(private readonly folder: string) {}

  /** Code of the catalogue; null when all is well. */
  problem(): 'STORAGE_FULL' | 'STORAGE_UNAVAILABLE' | null {
    const now = performance.now();
    if (now - this.#lookedAt > LOOK_AGAIN_MS) {
      this.#lookedAt = now;
      this.#found = look(this.folder);
    }
    return this.#found.problem;
  }

  /** Bytes that bodies may fill which are let in now. */
  roomForBodies(): number {
    this.problem();
    return Math.max(0, this.#found.freeBytes - LEAST_FREE_BYTES);
  }

  /** Before a picture is written. Throws STORAGE_FULL, STORAGE_UNAVAILABLE. */
  requireRoom(): void {
    const code = this.problem();
    if (code !== null) throw new AppError(code);
  }
}

interface Look {
  readonly problem: 'STORAGE_FULL' | 'STORAGE_UNAVAILABLE' | null;
  readonly freeBytes: number;
}

function look(folder: string): Look {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    const freeBytes = bavail * bsize;
    return { problem: freeBytes < LEAST_FREE_BYTES ? 'STORAGE_FULL' : null, freeBytes };
  } catch {
    // Read-only, unmounted, or gone: whichever it is, nothing can be stored.
    return { problem: 'STORAGE_UNAVAILABLE', freeBytes: 0 };
  }
}
