import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chosenModel, chooseModel, locateModel, shippedFolder } from '../../models/locate-model';
import { usableMemory } from '../../models/machine-memory';
import { ModelError } from '../../models/model-error';
import { OPENAI_COMPATIBLE } from '../../models/openai-compatible/model-server';
import { findModel } from '../../models/registry';
import { guarded } from '../background';
import { ChangingEngine } from '../captioning/changing-engine';
import { openEngine } from '../captioning/choose-engine';
import type { CaptionEngine } from '../captioning/engine';
import { fetchObstacle } from '../captioning/fetch-obstacle';
import { clearCheckpoints } from '../captioning/left-checkpoints';
import { ModelChange } from '../captioning/model-change';
import { ModelFetch } from '../captioning/model-fetch';
import { ModelShelf } from '../captioning/model-shelf';
import { PULLED_MODELS } from '../captioning/model-source';
import type { Config } from '../config';
import type { ComingModel, ListedModel } from '../contract/model';
import { AppError, CATALOGUE, isErrorCode } from '../errors';
import type { Services } from '../http/services';
import type { Logger } from '../logger';

const LOOK_EVERY_MS = 1000;

export interface Models {
  readonly service: Services['models'];
  /** A better model on its way, or why it is not there. */
  readonly coming: () => ComingModel | null;
  /** Says in one line what is fetched by itself; null where nothing is. */
  readonly announcement: () => string | null;
  start(): void;
  stop(): Promise<void>;
}

interface ModelsParts {
  readonly engine: CaptionEngine;
  readonly config: Config;
  /** The script that pulls a model. */
  readonly script: string;
  readonly logger: Logger;
  /** Told how many workers the new model has. */
  readonly changed: (workers: number) => void;
}

/** The models there are, the fetching of a real one, and the change to another while the sidecar runs. */
export function buildModels(parts: ModelsParts): Models {
  const { engine, config, script, logger } = parts;
  const pulled = path.join(config.dataDir, PULLED_MODELS);
  const shelf = new ModelShelf({
    dataDir: config.dataDir,
    script,
    logger,
    loaded: () => engine.state().model?.id ?? null,
  });
  const change = buildChange(parts, pulled);
  const fetch = change === null ? null : buildFetch(parts, shelf, pulled);
  let working: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  const failed = (error: unknown) => {
    logger.error({ err: error }, 'the models could not be looked at');
  };
  // A process that a killed sidecar left behind may go on for a moment, so this is tried until nothing waits for one.
  let clearing: Promise<void> | null = null;
  let isCleared = false;
  const clear = async () => {
    isCleared = await clearCheckpoints(pulled);
  };
  const look = () => {
    if (!isCleared)
      clearing ??= clear()
        .catch(failed)
        .finally(() => (clearing = null));
    fetch?.look();
    working ??= (change?.look() ?? Promise.resolve()).catch(failed).finally(() => (working = null));
  };
  return {
    service: {
      list: () => shelf.list(),
      pull: (id) => shelf.pull(id),
      cancel: (id) => shelf.cancel(id),
      use: (id, precision) => {
        if (config.model !== null) throw new AppError('MODEL_FIXED');
        return use(shelf, { id, precision, pulled });
      },
    },
    coming: () => {
      const coming = fetch?.state() ?? refusal(change, shelf);
      return coming === null ? null : { ...coming, asks_again: config.resuggest !== 'never' };
    },
    announcement: () => fetch?.announcement() ?? null,
    start: () => {
      look();
      timer = setInterval(guarded(look, failed), LOOK_EVERY_MS);
    },
    stop: async () => {
      if (timer !== null) clearInterval(timer);
      await shelf.stop();
    },
  };
}

/** Null where no worker of this process can change its model, or it lies on another server. */
function buildChange({ engine, config, logger, changed }: ModelsParts, pulled: string): ModelChange | null {
  if (!(engine instanceof ChangingEngine) || config.model === OPENAI_COMPATIBLE) return null;
  return new ModelChange({
    engine,
    wanted: () => locateModel(config.model, pulled),
    open: (modelFolder) => openEngine({ modelFolder }, config),
    changed,
    logger,
    now: () => performance.now(),
  });
}

/** Null where nothing is to be fetched by itself. */
function buildFetch({ config, logger }: ModelsParts, shelf: ModelShelf, pulled: string): ModelFetch | null {
  if (config.fetch === null || config.model !== null) return null;
  const { id, hub } = config.fetch;
  const { source } = findModel(id);
  return new ModelFetch({
    id,
    bytes: source?.files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) ?? 0,
    hub,
    isNeeded: () => chosenModel(pulled) === null && locateModel(null, pulled) === shippedFolder(),
    obstacle: () => (source === null ? null : fetchObstacle(id, source, usableMemory())),
    shelf,
    logger,
    now: () => performance.now(),
  });
}

function use(
  shelf: ModelShelf,
  { id, precision, pulled }: { id: string; precision: string | undefined; pulled: string },
): ListedModel {
  const find = () => shelf.list().find((model) => model.id === id);
  if (find() === undefined) throw new AppError('MODEL_UNKNOWN');
  try {
    mkdirSync(pulled, { recursive: true });
    chooseModel(precision === undefined ? id : `${id}/${precision}`, pulled);
  } catch (error) {
    if (error instanceof ModelError) throw new AppError('MODEL_NOT_HERE', {}, { cause: error });
    throw error;
  }
  const chosen = find();
  if (chosen === undefined) throw new AppError('MODEL_UNKNOWN');
  return chosen;
}

function refusal(change: ModelChange | null, shelf: ModelShelf): ComingModel | null {
  const code = change?.problem()?.code;
  if (code === undefined) return null;
  // The words of the model itself may name folders of this machine.
  const { message: reason } = CATALOGUE[isErrorCode(code) ? code : 'MODEL_UNAVAILABLE'];
  const id = shelf.list().find((model) => model.in_use)?.id ?? '';
  const message = `${id} could not be loaded: ${reason} The model before it goes on.`;
  return { id, state: 'waiting', step: '', done_bytes: 0, total_bytes: 0, message };
}
