import path from 'node:path';
import { locateModel } from '../../models/locate-model';
import { ModelError } from '../../models/model-error';
import type { Config } from '../config';
import { AbsentEngine } from './absent-engine';
import type { CaptionEngine } from './engine';
import { WorkerPool } from './worker-pool';

/** Folder below the data folder that holds pulled models. */
export const PULLED_MODELS = 'models';

/** The engine that the settings ask for. A model that is not there is no reason not to start: its pictures wait. */
export function chooseEngine(config: Config): CaptionEngine {
  if (config.workers === 0) return new AbsentEngine(null);
  try {
    return new WorkerPool({
      modelFolder: locateModel(config.model, path.join(config.dataDir, PULLED_MODELS)),
      workers: config.workers,
      threads: config.threads,
      maxPixels: config.maxPixels,
    });
  } catch (error) {
    if (error instanceof ModelError) return new AbsentEngine(error.code);
    throw error;
  }
}
