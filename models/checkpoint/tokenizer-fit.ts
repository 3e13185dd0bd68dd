import path from 'node:path';
import { z } from 'zod';
import { ModelError } from '../model-error';
import { hasCheckpointFile, readCheckpointJson } from './checkpoint-json';

const TOKENIZER_FILE = 'tokenizer.json';
/** What older folders have in its place. */
const OLDER_FILES = ['spiece.model', 'vocab.json'];
const Kind = z.looseObject({ model: z.looseObject({ type: z.string().optional() }) });

/** Throws ModelError where the tokenizer of a checkpoint is missing, or works in another way than its architecture's (`kind`). */
export function checkTokenizerKind(folder: string, due: 'BPE' | 'Unigram', kind: string): void {
  const older = OLDER_FILES.find((name) => hasCheckpointFile(folder, name));
  if (older !== undefined && !hasCheckpointFile(folder, TOKENIZER_FILE)) {
    const advice = 'AutoTokenizer.from_pretrained(…).save_pretrained(…) of transformers writes it.';
    throw new ModelError('MODEL_FILE_MISSING', `There is no ${TOKENIZER_FILE} in ${folder}, only ${older}; ${advice}`);
  }
  const { type = due } = readCheckpointJson(Kind, folder, TOKENIZER_FILE, kind).model;
  if (type === due) return;
  const file = path.join(folder, TOKENIZER_FILE);
  const advice = 'Take the tokenizer that the model was trained with.';
  throw new ModelError(
    'MODEL_FILE_DAMAGED',
    `${file} is a tokenizer of the kind ${type}; that of ${kind} is ${due}. ${advice}`,
  );
}

/** Rows of a table of words that may stand for nothing: tables are rounded up, at most to a multiple of this. */
const MOST_SPARE_ROWS = 1024;

/**
 * Throws ModelError where the words of a tokenizer are not those of the weights: more than there are rows, which would be other words or
 * none, or so few that the model would say words that nobody knows.
 */
export function checkWords(file: string, words: number, rows: number): void {
  if (words <= rows && words + MOST_SPARE_ROWS >= rows) return;
  throw new ModelError(
    'MODEL_FILE_DAMAGED',
    `${file} does not fit the weights: it has ${words} words, the weights have ${rows}. Take the one that the model was trained with.`,
  );
}

/** Throws ModelError where the tokenizer's id of a special token, such as the one that ends a text, is not that of config.json (`due`). */
export function checkTokenId(
  file: string,
  token: string,
  { found, due }: { found: number | undefined; due: number },
): void {
  if (found === due) return;
  const place = found === undefined ? 'is not among its words' : `has the id ${found}`;
  throw new ModelError(
    'MODEL_FILE_DAMAGED',
    `${file} does not fit config.json: ${token} ${place}, and the config says ${due}.`,
  );
}
