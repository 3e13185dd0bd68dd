import { z } from 'zod';
import type { ChangeSignal } from '../review/change-signal';

/** Most seconds that an answer is held back; proxies cut connections at 30. */
export const WaitSeconds = z.coerce.number().min(0).max(25).default(0);

export interface LongPoll<Result> {
  readonly look: () => Result;
  readonly isNews: (result: Result) => boolean;
  readonly siteId: string;
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
  readonly changeSignal: ChangeSignal;
  readonly isStopping: () => boolean;
}

/** Looks, and looks again at each change of the site until there is news or the time is over. Where too many wait already, looks once. */
export async function longPoll<Result>(poll: LongPoll<Result>): Promise<Result> {
  const until = performance.now() + poll.waitSeconds * 1000;
  for (;;) {
    const result = poll.look();
    const leftMs = until - performance.now();
    if (poll.isNews(result) || leftMs <= 0 || poll.signal.aborted || poll.isStopping()) return result;
    if (!poll.changeSignal.hasRoom(poll.siteId)) return result;
    await poll.changeSignal.next(poll.siteId, leftMs, poll.signal);
  }
}
