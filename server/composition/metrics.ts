import { statSync } from 'node:fs';
import { backgroundFailures } from '../background';
import { Metrics } from '../http/metrics';
import type { Health } from '../http/services';
import type { DataFolder } from '../storage/data-folder';
import { countJobs, countSuggestions } from '../storage/row-counts';
import type { Stores } from './stores';

/** The numbers of this sidecar. */
export function buildMetrics({ storage, acceptances }: Stores, data: DataFolder, health: () => Health): Metrics {
  return new Metrics({
    jobs: () => ({
      waiting: countJobs(storage, 'waiting'),
      running: countJobs(storage, 'running'),
    }),
    pendingSuggestions: () => countSuggestions(storage, 'pending'),
    secondsPerImage: () => health().secondsPerImage,
    workers: () => health().workers,
    isReady: () => health().ready,
    backgroundFailures,
    acceptances: () => acceptances.list(null),
    flushedCommits: () => storage.flushedCommits,
    databaseBytes: () => bytesOf(data.database) + bytesOf(`${data.database}-wal`),
  });
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
