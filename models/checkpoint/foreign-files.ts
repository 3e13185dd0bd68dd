import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ModelError } from '../model-error';

/** What lies where a file of a checkpoint is due, and is none: the reason, and what to do. */
export interface ForeignFile {
  readonly reason: string;
  readonly advice: string;
}

const LFS_POINTER = 'version https://git-lfs';
/** A page of the hub, or of a proxy on the way to it. */
const WEB_PAGE = /^\s*<(!doctype|html)/i;
/** Bytes at the beginning of a file in which each of these patterns would stand. */
export const HEAD_BYTES = 256;

/** Tells by its first bytes that a file is none of a checkpoint; null for all others. */
export function foreignFile(head: Uint8Array | string): ForeignFile | null {
  const text =
    typeof head === 'string' ? head.slice(0, HEAD_BYTES) : Buffer.from(head).toString('latin1', 0, HEAD_BYTES);
  if (text.startsWith(LFS_POINTER)) {
    const advice = 'Run "git lfs pull" in the folder, or download the file itself.';
    return { reason: 'it is a pointer of Git LFS, which stands in the place of the file', advice };
  }
  if (WEB_PAGE.test(text)) return { reason: 'it is a web page', advice: 'Download the file itself.' };
  return null;
}

/** Weights that other programs save. */
const OTHER_WEIGHTS: readonly (readonly [RegExp, string])[] = [
  [/^tf_model.*\.h5$/, 'TensorFlow'],
  [/^flax_model.*\.msgpack$/, 'Flax'],
  [/\.gguf$/, 'llama.cpp'],
  [/\.onnx$/, 'ONNX'],
  [/\.(?:ckpt|pth|pt)$/, 'a training run'],
];
/** A part of a checkpoint; its index has the name without the numbers. */
const PART = /^(model|pytorch_model)-\d{5}-of-\d{5}\.(safetensors|bin)$/;

/** A folder whose weights are in parts, without the file that says what each holds. */
function indexOfParts(names: readonly string[]): string | null {
  const part = names.map((name) => PART.exec(name)).find((match) => match !== null);
  return part === undefined ? null : `${part[1] ?? ''}.${part[2] ?? ''}.index.json`;
}

/**
 * Why a folder that lacks a file of a checkpoint is none, where that shows; null where nothing is known of it. MODEL_FILE_MISSING, or
 * FILE_UNREADABLE where it is no folder.
 */
export function foreignFolder(folder: string): ModelError | null {
  const missing = (message: string) => new ModelError('MODEL_FILE_MISSING', message);
  if (!existsSync(folder)) return missing(`There is no folder ${folder}.`);
  if (!statSync(folder).isDirectory()) {
    return new ModelError('FILE_UNREADABLE', `${folder} is a file; give the folder of the checkpoint that it lies in.`);
  }
  const names = readdirSync(folder);
  if (names.includes('altsmith-model.json')) {
    return missing(`${folder} holds a model that is converted already; use it with --model, or give its checkpoint.`);
  }
  if (names.includes('adapter_config.json')) {
    return missing(
      `${folder} holds an adapter (such as LoRA) and no whole model; merge it into its model with merge_and_unload() of PEFT, save that, and convert it.`,
    );
  }
  const index = indexOfParts(names);
  if (index !== null && !names.includes(index)) {
    return missing(
      `The weights in ${folder} are in parts, and ${index}, which says what each holds, is not there; download it as well.`,
    );
  }
  const [other, program] = firstOf(names);
  if (other === null) return null;
  return missing(
    `The only weights in ${folder} are those of ${program} (${other}); a checkpoint has model.safetensors or pytorch_model.bin, as save_pretrained() of transformers writes them.`,
  );
}

function firstOf(names: readonly string[]): [file: string, program: string] | [null, ''] {
  for (const [pattern, program] of OTHER_WEIGHTS) {
    const file = names.find((name) => pattern.test(name));
    if (file !== undefined) return [path.basename(file), program];
  }
  return [null, ''];
}
