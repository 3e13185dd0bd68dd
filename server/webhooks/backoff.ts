const FIRST_DELAY_MS = 10_000;
const LONGEST_DELAY_MS = 3_600_000;
/** Share of the delay that chance adds or takes, so that many sites behind one broken host do not return together. */
const JITTER = 0.2;

/** No pause between two deliveries is longer. */
export const LONGEST_PAUSE_MS = LONGEST_DELAY_MS * (1 + JITTER);

/** News that could not be delivered for this long is dropped; the change feed still has it. */
export const GIVE_UP_AFTER_MS = 72 * 3_600_000;

/** At most one message a site in this time: five hundred decisions are one piece of news. */
export const LEAST_GAP_MS = 1000;

/** Milliseconds to wait after the n-th failure in a row: 10 s, 20 s, 40 s … 1 h. `chance` is 0..1. */
export function delayAfter(failures: number, chance: number): number {
  const doubled = FIRST_DELAY_MS * 2 ** Math.min(Math.max(failures - 1, 0), 20);
  return Math.round(Math.min(doubled, LONGEST_DELAY_MS) * (1 + JITTER * (2 * chance - 1)));
}
