import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { replaceFile } from './durable';
import { MANIFEST_FILE } from './model-folder/manifest';
import { restoreReplaced } from './model-folder/write';
import { ModelError } from './model-error';
import { knownModels } from './registry';

/** Ships with the repository; used when nothing better is there. */
export const SHIPPED_MODEL = 'mini';
/** What a model can be pulled and converted in. */
export const PRECISIONS = ['int8', 'fp16', 'fp32', 'int4'] as const;
/** The name that 8-bit weights had while `int8` was of 7 bits; it still names them. */
export const OTHER_NAME_OF_INT8 = 'int8-vnni';
/** Folders of one pulled model; the first one there is used when no precision is named. */
export const PRECISION_FOLDERS = ['int8', OTHER_NAME_OF_INT8, 'fp16', 'fp32', 'int4'] as const;
/** A model id, or id and precision. */
const NAME = /^[a-z0-9][a-z0-9.-]*(\/(int8|int8-vnni|fp16|fp32|int4))?$/;
/** Every checkpoint that can be converted has one of them. */
const CHECKPOINT_FILES = ['config.json', 'vocab.txt'];
/** Remembers the choice of "altsmith models use", in the folder of pulled models. */
const CHOICE_FILE = 'in-use.json';
const Choice = z.object({ model: z.string().regex(NAME) });

function isModelFolder(folder: string): boolean {
  return existsSync(path.join(folder, MANIFEST_FILE));
}

/** Folder of mini: beside the sources, also when this file runs from build/, which holds no weights. */
export function shippedFolder(): string {
  const besideCode = path.join(__dirname, SHIPPED_MODEL);
  return isModelFolder(besideCode) ? besideCode : path.resolve(__dirname, '../../models', SHIPPED_MODEL);
}

/** `pulled/<id>/<precision>`, or `pulled/<id>` where a model lies directly there. */
function pulledFolder(name: string, pulled: string): string | null {
  const folder = path.resolve(pulled, name);
  const sameThing = path.join(path.dirname(folder), 'int8');
  const others = name.endsWith(`/${OTHER_NAME_OF_INT8}`) ? [sameThing] : [];
  const candidates = [folder, ...PRECISION_FOLDERS.map((precision) => path.join(folder, precision)), ...others];
  return candidates.find((candidate) => isModelFolder(candidate) || restoreReplaced(candidate)) ?? null;
}

/** What "altsmith models use" wrote: null where it never did, `damaged` where that cannot be read as a choice. */
function readChoice(pulled: string): { readonly model: string } | 'damaged' | null {
  const file = path.join(pulled, CHOICE_FILE);
  if (!existsSync(file)) return null;
  const parsed = Choice.safeParse(parseJson(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : 'damaged';
}

/** Model that "altsmith models use" chose, or null: none, or a note that is damaged. */
export function chosenModel(pulled: string): string | null {
  const choice = readChoice(pulled);
  return choice === null || choice === 'damaged' ? null : choice.model;
}

/** True where a model was chosen, and which one cannot be read any more: the best one is used then. */
export function isChoiceDamaged(pulled: string): boolean {
  return readChoice(pulled) === 'damaged';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A damaged note is as good as none: the best model is used.
    return null;
  }
}

/** Remembers which model to use when none is named. Throws ModelError when it is not there. */
export function chooseModel(name: string, pulled: string): string {
  const folder = NAME.test(name) ? namedFolder(name, pulled) : null;
  if (folder === null) throw missing(name);
  replaceFile(path.join(pulled, CHOICE_FILE), `${JSON.stringify({ model: name })}\n`);
  return folder;
}

function namedFolder(name: string, pulled: string): string | null {
  return pulledFolder(name, pulled) ?? (name === SHIPPED_MODEL ? shippedFolder() : null);
}

/** Which of the pulled models is used when none is named, best first: a larger one is only used by name, since it takes far longer. */
function captioners(): string[] {
  const writing = knownModels().filter(
    ({ demonstration, answers_questions, translation }) =>
      !demonstration && !answers_questions && translation === undefined,
  );
  return writing.map(({ id }) => id);
}

function bestFolder(pulled: string): string {
  const chosen = chosenModel(pulled);
  const names = [...(chosen === null ? [] : [chosen]), ...captioners()];
  for (const name of names) {
    const folder = namedFolder(name, pulled);
    if (folder !== null) return folder;
  }
  return shippedFolder();
}

/**
 * Absolute folder of a model. `model` is an id ("blip-base"), an id with a precision ("blip-base/fp32"), a folder, or null for
 * the chosen or else the best one there is; `pulled` is the folder that holds pulled models. Throws ModelError
 * MODEL_FILE_MISSING when there is none of that name.
 */
export function locateModel(model: string | null, pulled: string): string {
  if (model === null) return bestFolder(pulled);
  const named = NAME.test(model) ? namedFolder(model, pulled) : null;
  if (named !== null) return named;
  if (isModelFolder(model)) return path.resolve(model);
  throw missing(model);
}

function missing(model: string): ModelError {
  return new ModelError('MODEL_FILE_MISSING', reasonOf(model));
}

/** Why there is no such model, and what to do so that there is one. */
function reasonOf(model: string): string {
  const [id = '', precision] = model.split('/');
  const known = NAME.test(model) ? knownModels().find((one) => one.id === id) : undefined;
  if (known?.source === null) return `${id} ships with Altsmith in one precision; name it "${id}".`;
  if (known !== undefined) {
    const wish = precision === undefined ? '' : ` --precision ${precision}`;
    return `The model "${model}" has not been pulled; run "altsmith models pull ${id}${wish}".`;
  }
  if (isModelFolder(model)) return `"${model}" is a folder; name it with ALTSMITH_MODEL or --model.`;
  if (CHECKPOINT_FILES.some((name) => existsSync(path.join(model, name)))) {
    return `The folder "${model}" holds a checkpoint; make a model of it: "altsmith models convert ${model} --out FOLDER".`;
  }
  if (existsSync(model)) return `There is no model in "${model}".`;
  return `There is no model called "${model}"; "altsmith models list" names those there are.`;
}
