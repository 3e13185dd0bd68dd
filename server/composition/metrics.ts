import { statSync } from 'node:fs';
import { Metrics } from '../http/metrics';
import type { Health } from '../http/services';
import type { DataFolder } from '../storage/data-folder';
import type { Stores } from './stores';

/** The numbers of this sidecar. */
export function buildMetrics({ storage }: Stores, data: DataFolder, health: () => Health): Metrics {
  const count = (sql: string) => storage.prepare<[], { n: number }>(sql).get()?.n ?? 0;
  return new Metrics({
    jobs: () => ({
      waiting: count("SELECT count(*) AS n FROM jobs WHERE state = 'waiting'"),
      running: count("SELECT count(*) AS n FROM jobs WHERE state = 'running'"),
    }),
    pendingSuggestions: () => count("SELECT count(*) AS n FROM suggestions WHERE state = 'pending'"),
    secondsPerImage: () => health().secondsPerImage,
    workers: () => health().workers,
    isReady: () => health().ready,
    databaseBytes: () => bytesOf(data.database) + bytesOf(`${data.database}-wal`),
  });
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
