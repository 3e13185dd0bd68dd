import { openMarian } from './architectures/marian/open';
import { checkMemory } from './machine-memory';
import { loadUnchanged } from './model-folder/load-unchanged';
import type { Manifest } from './model-folder/manifest';
import { checkTouchedFiles } from './model-folder/model-files';
import { ModelError } from './model-error';
import type { Translator } from './translator';

async function load(folder: string, manifest: Manifest, threads: number): Promise<Translator> {
  const { translation } = manifest;
  if (translation === undefined) {
    throw new ModelError(
      'LANGUAGE_NOT_POSSIBLE',
      `The model ${manifest.id} describes pictures; it does not translate.`,
    );
  }
  checkMemory(manifest);
  await checkTouchedFiles(folder, manifest);
  return openMarian(folder, { ...manifest, translation }, threads);
}

/**
 * Loads the translator of a folder after comparing its files with its manifest; large ones only where they were touched since. `threads`
 * is for each of its sessions. Throws ModelError MODEL_FILE_MISSING, MODEL_FILE_DAMAGED or MODEL_TOO_LARGE, and LANGUAGE_NOT_POSSIBLE
 * for a model that does not translate.
 */
export function openTranslator(folder: string, threads: number): Promise<Translator> {
  return loadUnchanged(folder, (manifest) => load(folder, manifest, threads));
}
