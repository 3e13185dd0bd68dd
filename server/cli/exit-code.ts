import { constants } from 'node:os';

/** Exit code of a program that a signal has ended, as shells give it. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
