import { setTimeout as pause } from 'node:timers/promises';

/** One thing that is pruned in small steps; false when there is nothing left to do for now. */
export type PruningStep = () => boolean;

/** Between two steps: others get most of the processor and of the disk. */
const PAUSE_MS = 5;

/** Runs each kind of step until it has nothing left; ends early when `signal` aborts. Rejects with what a step threw. */
export async function prune(steps: readonly PruningStep[], signal: AbortSignal): Promise<void> {
  for (const step of steps) {
    while (!signal.aborted && step()) await pause(PAUSE_MS);
  }
}
