import { constants, setPriority } from 'node:os';

/** For a process that works beside a sidecar which answers requests. */
export function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed here: then it works at the usual priority.
  }
}
