import { constants, setPriority } from 'node:os';

/** For a process that works beside a sidecar which answers requests: this one, or a child by its number. */
export function lowerPriority(pid = 0): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed here, or a child that has ended: then it works at the usual priority.
  }
}
