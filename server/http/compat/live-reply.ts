import { setTimeout as pause } from 'node:timers/promises';
import { toAppError, type AppError } from '../../errors';
import type { Reply } from '../route';
import type { Services } from '../services';

/** Most pictures are done by then, and what goes wrong until then has a status of its own, as clients expect. */
const GRACE_MS = 1000;
/** Pause between two keep-alive chunks after that. */
const ALIVE_MS = 5000;

export interface LiveShape<T> {
  readonly headers: (result: T | null) => Readonly<Record<string, string>>;
  /** Sent as soon as it is clear that the answer takes time; and in front of it in any case. */
  readonly first: string;
  /** A keep-alive chunk, which adds nothing to the answer. */
  readonly alive: string;
  readonly rest: (result: T) => string;
  /** The words of this API for an error that came after the status was sent. */
  readonly failed: (error: AppError) => string;
}

/**
 * A streamed answer. The text is known as a whole before its first word is (beam search, then polish), so what streams is
 * the waiting: headers and the first chunk after a second at the latest, then keep-alive chunks, then everything in order.
 * Throws what `work` throws within that second.
 */
export async function liveReply<T>(work: Promise<T>, shape: LiveShape<T>, services: Services): Promise<Reply> {
  const early = await within(work, GRACE_MS);
  if (early !== null) {
    const { result } = early;
    return { status: 200, headers: shape.headers(result), body: shape.first + shape.rest(result) };
  }
  return { status: 200, headers: shape.headers(null), stream: livePieces(work, shape, services) };
}

async function* livePieces<T>(work: Promise<T>, shape: LiveShape<T>, services: Services): AsyncGenerator<string> {
  yield shape.first;
  try {
    for (;;) {
      const done = await within(work, ALIVE_MS);
      if (done !== null) {
        yield shape.rest(done.result);
        return;
      }
      yield shape.alive;
    }
  } catch (thrown) {
    const error = services.translate(thrown) ?? toAppError(thrown);
    services.logger.warn({ err: error, code: error.code }, 'streamed answer failed');
    yield shape.failed(error);
  }
}

/** The result, or null when it is not there in time. Throws what `work` throws. */
async function within<T>(work: Promise<T>, ms: number): Promise<{ readonly result: T } | null> {
  const stop = new AbortController();
  const late = pause(ms, null, { signal: stop.signal }).catch(() => null);
  try {
    return await Promise.race([work.then((result) => ({ result })), late]);
  } finally {
    stop.abort();
  }
}
