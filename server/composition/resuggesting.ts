import { acceptJob } from '../captioning/accept-job';
import { Resuggester } from '../captioning/resuggester';
import { guarded } from '../background';
import type { Config } from '../config';
import type { Logger } from '../logger';
import { acceptPartsOf } from './site-services';
import type { Stores } from './stores';
import type { Work } from './work';

const LOOK_EVERY_MS = 2000;

export interface Resuggesting {
  start(): void;
  stop(): Promise<void>;
}

/** Looks from time to time whether another model captions than the one that wrote what waits for a person. */
export function buildResuggesting(stores: Stores, work: Work, { config, logger }: ResuggestingParts): Resuggesting {
  const stopping = new AbortController();
  const resuggester = new Resuggester({
    storage: stores.storage,
    which: config.resuggest,
    model: () => work.model.now(),
    accept: (siteId, instance, request) =>
      acceptJob(acceptPartsOf(siteId, { stores, work, instance, seen: instance }), request, null),
    changes: stores.changes,
  });
  let working: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  const failed = (error: unknown) => {
    logger.error({ err: error }, 'what an earlier model wrote could not be asked again yet');
  };
  const look = () => {
    working ??= resuggester
      .run(stopping.signal)
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

interface ResuggestingParts {
  readonly config: Config;
  readonly logger: Logger;
}
