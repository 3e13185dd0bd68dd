import path from 'node:path';
import { OCR_FOLDER } from '../../models/ocr/languages-here';
import { ModelError } from '../../models/model-error';
import type { Config } from '../config';
import { AbsentEngine } from './absent-engine';
import { ChangingEngine } from './changing-engine';
import type { CaptionEngine } from './engine';
import { modelSource, pictureDeadline, type ModelSource } from './model-source';
import { thisMachine, usualWorkers } from './worker-count';
import { WorkerPool } from './worker-pool';

type EngineSettings = Pick<Config, 'dataDir' | 'workers' | 'threads' | 'maxPixels' | 'pictureSeconds' | 'readWords'>;

/**
 * The engine that the settings ask for. A model that is not there is no reason not to start: its pictures wait. With workers of
 * its own it can be changed for another while it works.
 */
export function chooseEngine(config: Config): CaptionEngine {
  if (config.workers === 0) return new AbsentEngine(null);
  try {
    return new ChangingEngine(openEngine(modelSource(config.model, config), config));
  } catch (error) {
    if (error instanceof ModelError) return new ChangingEngine(new AbsentEngine(error.code));
    throw error;
  }
}

/** Worker processes with that model, not started yet. */
export function openEngine(source: ModelSource, config: EngineSettings): CaptionEngine {
  const { threads, maxPixels } = config;
  const ocr = config.readWords ? { ocrFolder: path.join(config.dataDir, OCR_FOLDER) } : {};
  const workers = config.workers ?? usualWorkers(source, thisMachine());
  return new WorkerPool({ ...source, ...pictureDeadline(source, config), workers, threads, maxPixels, ...ocr });
}
