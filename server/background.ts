/**
 * A callback for a timer. What `work` throws, or what its promise rejects with, goes to `failed` instead of ending the
 * process: a full disk makes any statement throw, also one that nobody waits for. What `failed` throws is dropped.
 */
export function guarded(work: () => unknown, failed: (error: unknown) => void): () => void {
  return () => {
    inBackground(work, failed);
  };
}

/** Begins work that nobody waits for. Whatever it fails with goes to `failed`. */
export function inBackground(work: () => unknown, failed: (error: unknown) => void): void {
  const fail = (error: unknown) => {
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
