/**
 * A callback for a timer. What `work` throws, or what its promise rejects with, goes to `failed` instead of ending the
 * process: a full disk makes any statement throw, also one that nobody waits for. `failed` must not throw.
 */
export function guarded(work: () => unknown, failed: (error: unknown) => void): () => void {
  return () => {
    inBackground(work, failed);
  };
}

/** Begins work that nobody waits for. Whatever it fails with goes to `failed`. */
export function inBackground(work: () => unknown, failed: (error: unknown) => void): void {
  try {
    const result = work();
    if (result instanceof Promise) result.catch(failed);
  } catch (error) {
    failed(error);
  }
}
