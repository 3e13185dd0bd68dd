import { openBlip } from './architectures/blip/open';
import { openWithTokenizer } from './architectures/open-with-tokenizer';
import { openMini } from './architectures/mini/open';
import type { EncoderDecoderCaptioner } from './encoder-decoder-captioner';
import { checkMemory } from './machine-memory';
import { loadUnchanged } from './model-folder/load-unchanged';
import type { Manifest } from './model-folder/manifest';
import { checkTouchedFiles } from './model-folder/model-files';
import { ModelError } from './model-error';
import type { PackingOptions } from './session/packing';

type Options = Pick<PackingOptions, 'onPacking'>;
type Open = (folder: string, manifest: Manifest, threads: number, options: Options) => Promise<EncoderDecoderCaptioner>;

/** For models that write no captions; `openTranslator` opens them. */
function refuse(_folder: string, { id }: Manifest): never {
  throw new ModelError('CAPTION_MODEL_MISSING', `The model ${id} translates; it does not describe pictures.`);
}

/** Every architecture that can be run. */
const ARCHITECTURES: Readonly<Record<Manifest['architecture'], Open>> = {
  blip: (folder, manifest, threads) => openBlip(folder, manifest, threads),
  'blip-2': openWithTokenizer,
  'florence-2': openWithTokenizer,
  marian: refuse,
  mini: openMini,
};

/**
 * Loads the model of a folder after comparing its files with its manifest; large ones only where they were touched since. `threads` is for each of its sessions.
 * Throws ModelError MODEL_FILE_MISSING, MODEL_FILE_DAMAGED or MODEL_TOO_LARGE.
 */
export async function openCaptioner(
  folder: string,
  threads: number,
  options: Options = {},
): Promise<EncoderDecoderCaptioner> {
  return loadUnchanged(folder, async (manifest) => {
    checkMemory(manifest);
    await checkTouchedFiles(folder, manifest);
    return ARCHITECTURES[manifest.architecture](folder, manifest, threads, options);
  });
}
