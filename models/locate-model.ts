import { existsSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST_FILE } from './blip/manifest';
import { ModelError } from './model-error';

/** Ships with the repository; used when nothing better is there. */
export const SHIPPED_MODEL = 'mini';
/** Which of the pulled models is used when none is named, best first. */
const PREFERRED = ['blip-large', 'blip-base'];

function isModelFolder(folder: string): boolean {
  return existsSync(path.join(folder, MANIFEST_FILE));
}

/** Folder of mini: beside the sources, also when this file runs from build/, which holds no weights. */
function shippedFolder(): string {
  const besideCode = path.join(__dirname, SHIPPED_MODEL);
  return isModelFolder(besideCode) ? besideCode : path.resolve(__dirname, '../../models', SHIPPED_MODEL);
}

/**
 * Absolute folder of a model. `model` is an id, a folder, or null for the best one there is; `pulled` is the folder that
 * holds pulled models, one folder an id. Throws ModelError MODEL_FILE_MISSING when there is none of that name.
 */
export function locateModel(model: string | null, pulled: string): string {
  const pulledFolder = (id: string) => path.join(pulled, id);
  if (model === null) {
    const best = PREFERRED.map(pulledFolder).find(isModelFolder);
    return best === undefined ? shippedFolder() : path.resolve(best);
  }
  if (/^[a-z0-9][a-z0-9.-]*$/.test(model)) {
    if (isModelFolder(pulledFolder(model))) return path.resolve(pulledFolder(model));
    if (model === SHIPPED_MODEL) return shippedFolder();
  }
  if (isModelFolder(model)) return path.resolve(model);
  throw new ModelError(
    'MODEL_FILE_MISSING',
    `There is no model "${model}": it is neither a folder with a model nor pulled; run "altsmith models pull ${model}".`,
  );
}
