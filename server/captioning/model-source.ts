import path from 'node:path';
import { locateModel } from '../../models/locate-model';
import { ModelError } from '../../models/model-error';
import { OPENAI_COMPATIBLE, type ModelServer } from '../../models/openai-compatible/model-server';
import type { Config } from '../config';

/** Folder below the data folder that holds pulled models. */
export const PULLED_MODELS = 'models';

/** What a worker process captions with: a model on disk, or one on a server that is sent the pictures. */
export type ModelSource = { readonly modelFolder: string } | { readonly modelServer: ModelServer };

/**
 * Where the model of that name is; null for the chosen or best one. Only the settings' own word sends pictures elsewhere.
 * Throws ModelError MODEL_FILE_MISSING.
 */
export function modelSource(model: string | null, config: Pick<Config, 'dataDir' | 'modelServer'>): ModelSource {
  if (model !== OPENAI_COMPATIBLE) return { modelFolder: locateModel(model, path.join(config.dataDir, PULLED_MODELS)) };
  if (config.modelServer !== null) return { modelServer: config.modelServer };
  throw new ModelError('MODEL_FILE_MISSING', 'The model openai-compatible needs the setting ALTSMITH_MODEL_SERVER.');
}

/** The longest time for one picture, as the settings say it; a model on another server has a time of its own. */
export function pictureDeadline(source: ModelSource, { pictureSeconds }: Pick<Config, 'pictureSeconds'>) {
  return 'modelServer' in source ? {} : { deadlineMs: pictureSeconds * 1000 };
}
