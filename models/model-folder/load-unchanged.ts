import { isDeepStrictEqual } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { ModelError } from '../model-error';
import { readManifest, type Manifest } from './manifest';

/** A model takes the place of another in a moment; who changes it again and again is at fault. */
const MOST_TRIES = 5;
/** Between the two renames of a change the folder is missing. */
const PAUSE_MS = 200;

interface Loaded {
  close(): Promise<void>;
}

/** True where the folder holds another model than this, or none. */
async function isReplaced(folder: string, before: Manifest): Promise<boolean> {
  try {
    return !isDeepStrictEqual(await readManifest(folder), before);
  } catch (error) {
    if (error instanceof ModelError) return true;
    throw error;
  }
}

/**
 * Loads the model of a folder, and again when the folder was replaced meanwhile: files are opened by name one after the other, so the
 * result could mix files of two models. Throws what `readManifest` and `load` throw.
 */
export async function loadUnchanged<Model extends Loaded>(
  folder: string,
  load: (manifest: Manifest) => Promise<Model>,
): Promise<Model> {
  for (let tries = 1; ; tries++) {
    const manifest = await readManifest(folder);
    const isLast = tries === MOST_TRIES;
    try {
      const model = await load(manifest);
      if (!(await isReplaced(folder, manifest))) return model;
      await model.close();
      if (isLast) throw new ModelError('MODEL_UNAVAILABLE', `The model in ${folder} is replaced again and again.`);
    } catch (error) {
      if (isLast || !(await isReplaced(folder, manifest))) throw error;
    }
    await pause(PAUSE_MS);
  }
}
