import { setTimeout as pause } from 'node:timers/promises';
import { inBackground } from '../background';
import type { Logger } from '../logger';
import { storageProblem } from '../storage/sqlite-error';

const LOOK_AGAIN_MS = 1000;

/**
 * Does `work`, and `then` what may only follow it. While the disk takes nothing it is tried again and again in the background, and
 * the service answers what it can meanwhile. Throws any other error of the first try.
 */
export function retryUntilWritable(
  work: () => void,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
  then: () => void,
): void {
  try {
    work();
    then();
    return;
  } catch (error) {
    if (storageProblem(error) === null) throw error;
    logger.error({ err: error }, 'the disk takes nothing; workers start once it does');
  }
  let isTold = false;
  const goOn = async () => {
    for (;;) {
      await pause(LOOK_AGAIN_MS, undefined, { ref: false });
      if (signal.aborted) return;
      try {
        work();
        break;
      } catch (error) {
        // Whatever it is now, it may pass as well; without workers nothing is lost.
        if (storageProblem(error) === null && !isTold) logger.error({ err: error }, 'workers cannot be started yet');
        isTold ||= storageProblem(error) === null;
      }
    }
    logger.info('the disk takes writes again; workers start');
    then();
  };
  inBackground(goOn, (error) => {
    logger.fatal({ err: error }, 'workers cannot be started');
  });
}
