import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { guarded } from '../background';
import type { Logger } from '../logger';
import { CalibrationStore, recalibrateWaiting } from '../review/calibration-store';
import type { Stores } from './stores';

const LOOK_EVERY_MS = 10_000;

export interface Calibrating {
  start(): void;
  stop(): Promise<void>;
}

/** Looks from time to time whether people decided enough to say what a model's confidence is worth, and tells the suggestions that wait. */
export function buildCalibrating(stores: Stores, logger: Logger): Calibrating {
  const stopping = new AbortController();
  /** Sites whose waiting suggestions may have another confidence: at first all, since a stop may have come in between. */
  const behind = new Set(stores.sites.list().map(({ id }) => id));
  const storeOf = new Map<string, CalibrationStore>();
  const failed = (error: unknown) => {
    logger.error({ err: error }, 'what decisions say about the confidence of models could not be worked out yet');
  };
  const work = async () => {
    for (const { id } of stores.sites.list()) {
      if (stopping.signal.aborted) return;
      const calibrations = storeOf.get(id) ?? new CalibrationStore(stores.storage, id);
      storeOf.set(id, calibrations);
      if (calibrations.refit()) behind.add(id);
      if (behind.has(id) && calibrations.list().length > 0) await walk(id);
      behind.delete(id);
      await yieldToEventLoop();
    }
  };
  const walk = async (siteId: string) => {
    for (let after: number | null = 0; after !== null && !stopping.signal.aborted;) {
      after = recalibrateWaiting(stores.storage, siteId, { changes: stores.changes, after });
      await yieldToEventLoop();
    }
  };
  let working: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  const look = () => {
    working ??= work()
      .catch(failed)
      .finally(() => {
        working = null;
      });
  };
  return {
    start: () => {
      timer = setInterval(guarded(look, failed), LOOK_EVERY_MS);
    },
    stop: async () => {
      if (timer !== null) clearInterval(timer);
      stopping.abort();
      await working;
    },
  };
}
