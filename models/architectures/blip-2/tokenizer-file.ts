import { z } from 'zod';
import { largestId } from '../../checkpoint/bounds';
import { readCheckpointJson } from '../../checkpoint/checkpoint-json';
import { checkTokenizerKind } from '../../checkpoint/tokenizer-fit';
import { ModelError } from '../../model-error';

export const TOKENIZER_FILE = 'tokenizer.json';
const KIND = 'a BLIP-2 model with T5';
/** Ends a text. */
export const END = '</s>';

const id = z.number().int().nonnegative();
const Precompiled = z.object({ type: z.literal('Precompiled'), precompiled_charsmap: z.string().min(1) });
const Normaliser = z.looseObject({ type: z.string(), normalizers: z.array(z.unknown()).optional() });
const TokenizerJson = z.looseObject({
  normalizer: Normaliser,
  added_tokens: z.array(z.looseObject({ id, content: z.string(), special: z.boolean().default(false) })),
  model: z.looseObject({
    type: z.literal('Unigram'),
    unk_id: id,
    vocab: z.array(z.tuple([z.string(), z.number()])).min(1),
  }),
});
type TokenizerJson = z.infer<typeof TokenizerJson>;

/** The pre-tokenizer of transformers 5 (models/t5/tokenization_t5.py), which uses it instead of the one in the file. */
const METASPACE = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
const PRE_TOKENIZER = { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, METASPACE] };

/** What is needed of a checkpoint's tokenizer.json. */
export interface T5Tokenizer {
  /** The content of tokenizer.json for the converted model. */
  readonly text: string;
  /** Ids that are never part of a text. */
  readonly special: readonly number[];
  readonly unknown: number;
  /** Id of the token that ends a text. */
  readonly end: number;
  /** All ids in use are below it. */
  readonly size: number;
}

function precompiledOf({ normalizer }: TokenizerJson): z.infer<typeof Precompiled> | null {
  const steps: unknown[] = [normalizer, ...(normalizer.normalizers ?? [])];
  return steps.map((step) => Precompiled.safeParse(step)).find(({ success }) => success)?.data ?? null;
}

/** Reads the tokenizer of a checkpoint with T5. Throws ModelError where it is missing, or not T5's. */
export function readTokenizer(folder: string): T5Tokenizer {
  checkTokenizerKind(folder, 'Unigram', KIND);
  const json = readCheckpointJson(TokenizerJson, folder, TOKENIZER_FILE, KIND);
  const normalizer = precompiledOf(json);
  const pieces = json.model.vocab.map(([piece]) => piece);
  const end = pieces.indexOf(END);
  if (normalizer === null || end < 0) {
    const lack = end < 0 ? `no ${END}` : "none of SentencePiece's table of replacements";
    throw new ModelError(
      'MODEL_FILE_DAMAGED',
      `${TOKENIZER_FILE} in ${folder} has ${lack}; is it the tokenizer of T5?`,
    );
  }
  const used = {
    ...json,
    truncation: null,
    padding: null,
    normalizer,
    pre_tokenizer: PRE_TOKENIZER,
    post_processor: null,
    decoder: METASPACE,
  };
  const added = json.added_tokens;
  return {
    text: `${JSON.stringify(used)}\n`,
    special: added.filter((token) => token.special).map((token) => token.id),
    unknown: json.model.unk_id,
    end,
    size: Math.max(pieces.length - 1, largestId(added.map((token) => token.id))) + 1,
  };
}
