import { exitCodeOf } from '../exit-code';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Does something long that Ctrl-C and SIGTERM may end: they abort the signal, the work tidies up and fails, and only then this process
 * ends as the signal would have ended it (130 or 143 in a shell). A second one ends it at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const received: (typeof SIGNALS)[number][] = [];
  const listeners = SIGNALS.map((name) => {
    const listener = () => {
      received.push(name);
      stopListening();
      abort.abort();
    };
    process.on(name, listener);
    return { name, listener };
  });
  const stopListening = () => {
    for (const { name, listener } of listeners) process.off(name, listener);
  };
  try {
    return await work(abort.signal);
  } finally {
    stopListening();
    const [name] = received;
    if (name !== undefined) endBy(name);
  }
}

function endBy(name: (typeof SIGNALS)[number]): never {
  process.kill(process.pid, name);
  // The first process of a container is not ended by a signal that nobody handles.
  process.exit(exitCodeOf(name));
}

/** The result of something that cannot be stopped by itself; fails as soon as the signal aborts. */
export function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('It was stopped.', { cause: signal.reason }));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
