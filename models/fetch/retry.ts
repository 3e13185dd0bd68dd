import { Temporary } from './hub';

/** Tries without any gain before it is given up. */
const MAX_FRUITLESS = 6;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

export interface RetryTools {
  readonly wait: (ms: number) => Promise<void>;
  /** Told why a try failed, and how long it is until the next. */
  readonly failed?: (reason: string, waitMs: number) => void;
}

/**
 * Tries again, after pauses that grow, what failed as Temporary. `gained`: how far it has come; while that rises, it goes on for ever.
 * Throws the last Temporary, and at once whatever else is thrown.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { wait, failed }: RetryTools,
  gained: () => number = () => 0,
): Promise<T> {
  let fruitless = 0;
  for (;;) {
    const before = gained();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Temporary)) throw error;
      fruitless = gained() > before ? 0 : fruitless + 1;
      if (fruitless >= MAX_FRUITLESS) throw error;
      const waitMs = error.waitMs ?? Math.min(FIRST_WAIT_MS * 2 ** fruitless, LONGEST_WAIT_MS);
      failed?.(error.message, waitMs);
      await wait(waitMs);
    }
  }
}
