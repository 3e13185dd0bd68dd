import path from 'node:path';
import { z } from 'zod';
import { largestId } from '../../checkpoint/bounds';
import { readCheckpointJson } from '../../checkpoint/checkpoint-json';
import { checkTokenId, checkTokenizerKind } from '../../checkpoint/tokenizer-fit';
import { ModelError } from '../../model-error';
import type { TextConfig } from './config';

export const TOKENIZER_FILE = 'tokenizer.json';

const KIND = 'a Florence-2 model';
const LOCATIONS = 1000;
const both = (name: string) => [`<${name}>`, `</${name}>`];

/** Tokens that Microsoft's processor adds to BART's when it is loaded, in this order; the misspelling is theirs. */
export const ADDED_TOKENS: readonly string[] = [
  ...['od', 'ocr'].flatMap(both),
  ...Array.from({ length: LOCATIONS }, (_, place) => `<loc_${place}>`),
  ...['cap', 'ncap', 'dcap', 'grounding', 'seg'].flatMap(both),
  '<sep>',
  ...['region_cap', 'region_to_desciption', 'proposal', 'poly'].flatMap(both),
  '<and>',
];

const id = z.number().int().nonnegative();
const Added = z.looseObject({ id, content: z.string(), special: z.boolean().default(false) });
const TokenizerJson = z.looseObject({
  added_tokens: z.array(Added),
  model: z.looseObject({
    type: z.literal('BPE').optional(),
    vocab: z.record(z.string(), id),
    merges: z.array(z.unknown()),
  }),
});

export interface FlorenceTokenizer {
  /** The whole file, with the tokens that it lacked. */
  readonly text: string;
  /** Ids that are never part of a text. */
  readonly special: readonly number[];
  readonly unknown: number;
  /** Ids that stand for something are below it. */
  readonly size: number;
}

/** The tokenizer of a checkpoint in either layout. Throws ModelError where it is missing or another than its config.json speaks of. */
export function readTokenizer(
  folder: string,
  {
    bos_token_id: start,
    pad_token_id: pad,
    eos_token_id: end,
  }: Pick<TextConfig, 'bos_token_id' | 'pad_token_id' | 'eos_token_id'>,
): FlorenceTokenizer {
  checkTokenizerKind(folder, 'BPE', KIND);
  const json = readCheckpointJson(TokenizerJson, folder, TOKENIZER_FILE, KIND);
  const added = [...json.added_tokens];
  const known = new Map(Object.entries(json.model.vocab));
  for (const token of added) known.set(token.content, token.id);
  let next = largestId(known.values()) + 1;
  for (const content of ADDED_TOKENS) {
    if (known.has(content)) continue;
    known.set(content, next);
    const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
    added.push({ id: next++, content, ...plain, special: true });
  }
  const unknown = known.get('<unk>');
  if (unknown === undefined) {
    throw new ModelError('MODEL_FILE_DAMAGED', `${TOKENIZER_FILE} in ${folder} has no <unk>; is it BART's?`);
  }
  const due = { '<s>': start, '<pad>': pad, '</s>': end };
  for (const [token, id] of Object.entries(due)) {
    checkTokenId(path.join(folder, TOKENIZER_FILE), token, { found: known.get(token), due: id });
  }
  return {
    text: `${JSON.stringify({ ...json, added_tokens: added })}\n`,
    special: added.filter((token) => token.special).map((token) => token.id),
    unknown,
    size: largestId(known.values()) + 1,
  };
}
