import { setMaxListeners } from 'node:events';

/** For a signal that as many listen to at a time as there is work: Node warns of more than ten, as of a leak. */
export function sharedAbortController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

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

/** Waits for what cannot be stopped, no longer than until the signal aborts; then rejects with its reason. */
export async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const own = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { signal: own.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    own.abort();
    // Whoever stopped waiting does not hear of its end.
    work.catch(() => undefined);
  }
}
