const counted = new WeakSet<object>();
let failures = 0;

/** An error that several callers hand on is one failure. */
function count(error: unknown): void {
  if (typeof error === 'object' && error !== null) {
    if (counted.has(error)) return;
    counted.add(error);
  }
  failures += 1;
}

/** How often work of this process that has no caller has failed: of timers, of events, after commits, in the background. */
export function backgroundFailures(): number {
  return failures;
}

/**
 * A callback for a timer or an event, which have no caller. What `work` throws, or what its promise rejects with, goes to
 * `failed` instead of ending the process: a full disk makes any statement throw, and one that is read-only any clean-up.
 * What `failed` throws is dropped.
 */
export function guarded<Args extends readonly unknown[]>(
  work: (...args: Args) => unknown,
  failed: (error: unknown) => void,
): (...args: Args) => void {
  return (...args) => {
    inBackground(() => work(...args), failed);
  };
}

/** Begins work that nobody waits for. Whatever it fails with goes to `failed`. */
export function inBackground(work: () => unknown, failed: (error: unknown) => void): void {
  const fail = (error: unknown) => {
    count(error);
    try {
      failed(error);
    } catch {
      // `failed` itself reports errors, so there is nowhere to report one of its own.
    }
  };
  try {
    const result = work();
    if (result instanceof Promise) result.catch(fail);
  } catch (error) {
    fail(error);
  }
}

/** Calls each of them, whatever another one throws. Throws the first error, once all were called. */
export function callAll(callbacks: readonly (() => unknown)[]): void {
  const errors: unknown[] = [];
  for (const callback of callbacks) inBackground(callback, (error) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}
