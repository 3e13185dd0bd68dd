import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until the answer is something other than null, undefined or false, and gives that answer.
 * An error while asking counts as "not yet"; the last one is shown when the time is over.
 */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  { timeoutMs = 60_000, everyMs = 100 } = {},
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > end) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`, { cause: lastError });
    await pause(everyMs);
  }
}
