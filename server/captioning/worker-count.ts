import { readdirSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import path from 'node:path';
import { cpuQuota, usableCores, type ReadText } from './cpu-quota';
import type { ModelSource } from './model-source';

/** Two workers describe more pictures an hour than one with all threads (docs/models.md). More have not been measured. */
const MOST_WORKERS = 2;
/** What a worker holds at most beside its model while pictures are ordinary (peaks in docs/models.md). Bytes. */
const BESIDE_MODEL = 320e6;
/** The rest of the memory is the web server's, the database's and the system's. */
const SHARE_OF_MEMORY = 0.5;

export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** What this process may use; a container's limit counts where there is one. */
export function thisMachine(read?: ReadText): Machine {
  const limit = process.constrainedMemory();
  const memoryBytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return { cores: usableCores(undefined, cpuQuota(read)), memoryBytes };
}

/** Worker processes for a model where the settings name no number: as many as help, as long as they fit. */
export function usualWorkers(source: ModelSource, { cores, memoryBytes }: Machine): number {
  // Another server's model gets one picture at a time, unless somebody says that it can do more.
  if ('modelServer' in source) return 1;
  const each = folderBytes(source.modelFolder) + BESIDE_MODEL;
  const fitting = Math.floor((memoryBytes * SHARE_OF_MEMORY) / each);
  return Math.max(1, Math.min(MOST_WORKERS, cores, fitting));
}

/** Threads of each worker where the settings name no number. */
export function usualThreads(workers: number, cores: number = usableCores()): number {
  return Math.max(1, Math.floor(cores / workers));
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name }) => sum + statSync(path.join(folder, name)).size, 0);
}
