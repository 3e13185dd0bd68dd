import { ModelError } from '../../models/model-error';
import type { Config } from '../config';
import { AbsentEngine } from './absent-engine';
import type { CaptionEngine } from './engine';
import { modelSource } from './model-source';
import { WorkerPool } from './worker-pool';

/** The engine that the settings ask for. A model that is not there is no reason not to start: its pictures wait. */
export function chooseEngine(config: Config): CaptionEngine {
  const { workers, threads, maxPixels } = config;
  if (workers === 0) return new AbsentEngine(null);
  try {
    return new WorkerPool({ ...modelSource(config.model, config), workers, threads, maxPixels });
  } catch (error) {
    if (error instanceof ModelError) return new AbsentEngine(error.code);
    throw error;
  }
}
