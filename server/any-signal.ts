/**
 * Runs `work` with a signal that aborts as soon as one of `sources` does, and lets go of them when it ends.
 * AbortSignal.any does not: with one source that lives as long as the process, Node 20 keeps each signal that was
 * listened to, and all that its listeners hold, for ever.
 */
export async function withAnySignal<Result>(
  sources: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const own = new AbortController();
  const stop = () => {
    own.abort(sources.find((source) => source.aborted)?.reason);
  };
  for (const source of sources) source.addEventListener('abort', stop);
  if (sources.some((source) => source.aborted)) stop();
  try {
    return await work(own.signal);
  } finally {
    for (const source of sources) source.removeEventListener('abort', stop);
  }
}
