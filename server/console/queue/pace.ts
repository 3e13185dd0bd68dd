import type { Status } from '../../contract/status';
import { useEffect, useRef, useState } from 'preact/hooks';

interface Sample {
  readonly atMs: number;
  readonly open: number;
}

/** Longest look back. */
const WINDOW_MS = 120_000;

/**
 * Jobs that ended per minute, from how fast the number of open jobs falls. Rises are new jobs, and are left out; so it
 * is never more than the truth. null until something has ended.
 */
export function paceOf(samples: readonly Sample[]): number | null {
  let ended = 0;
  let last: Sample | null = null;
  for (const sample of samples) {
    if (last !== null && sample.open < last.open) ended += last.open - sample.open;
    last = sample;
  }
  const [first] = samples;
  if (first === undefined || last === null || ended === 0) return null;
  return ended / ((last.atMs - first.atMs) / 60_000);
}

export function usePace(status: Status): number | null {
  const samples = useRef<Sample[]>([]);
  const [pace, setPace] = useState<number | null>(null);
  useEffect(() => {
    const atMs = performance.now();
    const recent = samples.current.filter((sample) => sample.atMs > atMs - WINDOW_MS);
    samples.current = [...recent, { atMs, open: status.queue.waiting + status.queue.running }];
    setPace(paceOf(samples.current));
  }, [status]);
  return pace;
}
