import { guarded } from '../background';
import type { Logger } from '../logger';
import { forgetOldKeys } from '../queue/idempotency-store';
import { prune } from '../retention/pruner';
import { giveBackPages } from '../storage/free-pages';
import type { Stores } from './stores';

const EVERY_MS = 3_600_000;
/** One pass looks at every picture, some minutes at a million. Thumbnails are kept for days, so once a day is enough. */
const THUMBNAILS_EVERY_MS = 86_400_000;
const FIRST_AFTER_MS = 60_000;
const LEFT_OVER_EVERY_MS = 5000;

export interface Pruning {
  start(): void;
  /** Waits for the step that is under way. */
  stop(): Promise<void>;
}

/** Removes old history and thumbnails that are not needed any more, and gives the space back to the disk. */
export function buildPruning(stores: Stores, logger: Logger): Pruning {
  const timers: NodeJS.Timeout[] = [];
  const stopping = new AbortController();
  let thumbnailsAt = -Infinity;
  const thumbnailsStep = (now: number) => {
    if (performance.now() - thumbnailsAt < THUMBNAILS_EVERY_MS) return false;
    const isLeft = stores.thumbnails.step(now);
    if (!isLeft) thumbnailsAt = performance.now();
    return isLeft;
  };
  let working: Promise<void> | null = null;
  let finishing: Promise<void> | null = null;
  const failed = (error: unknown) => {
    logger.error({ err: error }, 'old data could not be removed; it is tried again within the hour');
  };
  const work = () => {
    const now = Date.now();
    const steps = [
      () => stores.history.step(now),
      () => forgetOldKeys(stores.storage, now),
      () => stores.acceptances.forgetOld(now),
      () => thumbnailsStep(now),
      () => giveBackPages(stores.storage),
    ];
    working ??= prune(steps, stopping.signal)
      .catch(failed)
      .finally(() => {
        working = null;
      });
  };
  // Sites whose erasing a restart cut off, and a log that a backup was reading.
  const goOn = () => {
    finishing ??= prune([() => stores.eraser.goOn()], stopping.signal)
      .catch(failed)
      .finally(() => {
        finishing = null;
      });
  };
  return {
    start: () => {
      timers.push(setInterval(guarded(goOn, failed), LEFT_OVER_EVERY_MS));
      timers.push(setTimeout(guarded(work, failed), FIRST_AFTER_MS).unref());
      timers.push(setInterval(guarded(work, failed), EVERY_MS));
    },
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      stopping.abort();
      await Promise.all([working, finishing]);
    },
  };
}
