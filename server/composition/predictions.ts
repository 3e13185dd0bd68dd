import { guarded } from '../background';
import type { EngineState } from '../captioning/engine';
import { tasksOf } from '../captioning/worker-registry';
import { WorkerTask } from '../contract/worker';
import type { Config } from '../config';
import type { Logger } from '../logger';
import { PredictionEnds } from '../predictions/prediction-ends';
import type { Stores } from './stores';
import type { Work } from './work';

const LOOK_EVERY_MS = 5000;
/** Some ten milliseconds; more than all workers together can add until the next look. */
const FORGOTTEN_AT_ONCE = 1000;

export interface PredictionParts {
  readonly engine: { state(): EngineState };
  readonly work: Pick<Work, 'queue' | 'runsHere' | 'instant'>;
  readonly config: Pick<Config, 'keepPredictionsHours'>;
  readonly wakeDelivery: () => void;
  readonly logger: Logger;
}

export type Predictions = ReturnType<typeof buildPredictions>;

/** What prediction APIs need beside the queue: waiting for an end, and forgetting it. */
export function buildPredictions(
  { storage, replies, registry, erasures }: Stores,
  { work, engine, config, logger, wakeDelivery }: PredictionParts,
) {
  const ends = new PredictionEnds({
    storage,
    wakeDelivery,
    ring: (id) => {
      work.queue.ring(id);
    },
    abort: (id) => {
      work.runsHere.abort(id);
    },
  });
  replies.onEnd(({ id }) => {
    ends.tell(id);
  });
  erasures.onErased((ids) => {
    ends.erased(ids);
  });
  const forgetOld = storage.prepare(
    `DELETE FROM replies WHERE seq IN (
       SELECT seq FROM replies WHERE created_at < ? AND state <> 'starting'
         AND NOT EXISTS (SELECT 1 FROM webhook_outbox WHERE reply_id = replies.id AND failures = 0)
       LIMIT ${FORGOTTEN_AT_ONCE}
     )`,
  );
  const possible = () => {
    const { ready, model } = engine.state();
    const here = ready ? tasksOf(model) : [];
    return WorkerTask.options.filter((task) => here.includes(task) || registry.canDo(task));
  };
  const keepMs = config.keepPredictionsHours * 3_600_000;
  const upkeep = () => {
    replies.giveUpOld(keepMs, possible());
    forgetOld.run(Date.now() - keepMs);
    ends.look();
    work.instant.endErased();
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    ends,
    start: () => {
      const failed = (error: unknown) => {
        logger.error({ err: error }, 'predictions cannot be read');
      };
      timer = setInterval(guarded(upkeep, failed), LOOK_EVERY_MS);
      timer.unref();
    },
    stop: () => {
      clearInterval(timer);
      ends.stop();
    },
  };
}
