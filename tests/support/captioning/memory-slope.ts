import { readFileSync } from 'node:fs';
import type { WorkerPool } from '../../../server/captioning/worker-pool';

/** Resident memory of a process in MB (Linux). */
export function residentMegabytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
}

export interface Growth {
  /** Least-squares slope in MB a caption, over the second half: in the first the memory that is kept for reuse is claimed. */
  readonly slope: number;
  readonly first: number;
  readonly last: number;
  readonly peak: number;
}

/** Captions every file once, one after the other, and watches the memory of the pool's only worker. */
export async function measureGrowth(pool: WorkerPool, files: readonly string[]): Promise<Growth> {
  const seen: number[] = [];
  for (const imagePath of files) {
    await pool.run({ imagePath, options: { keepWordless: true } });
    seen.push(residentMegabytes(pool.workerPids()[0] ?? 0));
  }
  const steady = seen.slice(Math.floor(files.length / 2));
  return { slope: slopeOf(steady), first: steady[0] ?? NaN, last: steady.at(-1) ?? NaN, peak: Math.max(...seen) };
}

function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [rise, run] = [0, 0];
  values.forEach((value, index) => {
    rise += (index - middle) * (value - mean);
    run += (index - middle) ** 2;
  });
  return rise / run;
}
