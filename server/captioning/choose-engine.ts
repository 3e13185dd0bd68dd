import { ModelError } from '../../models/model-error';
import type { Config } from '../config';
import { AbsentEngine } from './absent-engine';
import type { CaptionEngine } from './engine';
import { modelSource } from './model-source';
import { thisMachine, usualWorkers } from './worker-count';
import { WorkerPool } from './worker-pool';

/** The engine that the settings ask for. A model that is not there is no reason not to start: its pictures wait. */
export function chooseEngine(config: Config): CaptionEngine {
  const { threads, maxPixels, pictureSeconds } = config;
  if (config.workers === 0) return new AbsentEngine(null);
  try {
    const source = modelSource(config.model, config);
    const workers = config.workers ?? usualWorkers(source, thisMachine());
    const deadlineMs = 'modelServer' in source ? undefined : pictureSeconds * 1000;
    return new WorkerPool({
      ...source,
      workers,
      threads,
      maxPixels,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    });
  } catch (error) {
    if (error instanceof ModelError) return new AbsentEngine(error.code);
    throw error;
  }
}
