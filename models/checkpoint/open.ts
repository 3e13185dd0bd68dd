import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import { ModelError } from '../model-error';
import { damaged, type Checkpoint } from './checkpoint';
import { readRange } from './file-range';
import { foreignFile, foreignFolder, HEAD_BYTES } from './foreign-files';
import { openShards } from './shards';
import { openSafetensors } from './safetensors';
import { openTorchLegacy, startsLikeLegacy } from './torch-legacy';
import { openTorchZip } from './torch-zip';

/** Names of the weights in a folder as the hub lays it out, the safer format first; an index names the parts of a large one. */
export const WEIGHT_FILES = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
] as const;

/** Every ZIP archive begins with it. */
const ZIP = 'PK';

/** The first bytes of a file, as characters. */
function headOf(file: string): string {
  const handle = openSync(file, 'r');
  try {
    return readRange(handle, Math.min(HEAD_BYTES, statSync(file).size), 0)?.toString('latin1') ?? '';
  } finally {
    closeSync(handle);
  }
}

/** The weights file of a folder, of that name or whichever is there. Throws ModelError MODEL_FILE_MISSING or FILE_UNREADABLE. */
export function findWeights(folder: string, wanted?: string): string {
  const names = wanted === undefined ? WEIGHT_FILES : [wanted];
  const name = names.find((candidate) => existsSync(path.join(folder, candidate)));
  if (name !== undefined) {
    const file = path.join(folder, name);
    if (statSync(file).isFile()) return file;
    throw new ModelError('FILE_UNREADABLE', `${file}: it is a folder where a file is due.`);
  }
  const foreign = wanted === undefined ? foreignFolder(folder) : null;
  if (foreign !== null) throw foreign;
  throw new ModelError(
    'MODEL_FILE_MISSING',
    `There is ${wanted === undefined ? 'neither model.safetensors nor pytorch_model.bin, whole or in parts,' : `no ${wanted}`} in ${folder}; give the folder of a checkpoint as the hub lays it out.`,
  );
}

/**
 * Opens the checkpoint of a folder: the file of that name, which somebody verified, or whichever of the two formats is there.
 * Throws ModelError.
 */
export function openCheckpoint(folder: string, weights?: string): Checkpoint {
  const file = findWeights(folder, weights);
  return file.endsWith('.index.json') ? openShards(folder, path.basename(file), openFile) : openFile(file);
}

function openFile(file: string): Checkpoint {
  if (file.endsWith('.safetensors')) return openSafetensors(file);
  const head = headOf(file);
  if (head.startsWith(ZIP)) return openTorchZip(file);
  if (startsLikeLegacy(file)) return openTorchLegacy(file);
  const foreign = foreignFile(head);
  if (foreign !== null) throw damaged(file, foreign.reason, foreign.advice);
  throw damaged(
    file,
    'it is in neither of the layouts that torch.save writes',
    'Download it again, or take the same model as model.safetensors.',
  );
}
