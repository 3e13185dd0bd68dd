import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { ModelError } from '../model-error';
import { precompiledNormaliser } from './precompiled';
import type { TextTokenizer } from './tokenizer';

const Json = z.looseObject({ model: z.looseObject({}) });
const Precompiled = z.object({
  normalizer: z.object({ type: z.literal('Precompiled'), precompiled_charsmap: z.string() }),
});

/** Replaces the library's normaliser, which only approximates SentencePiece's table, with an exact one. */
function withOwnNormaliser(tokenizer: Tokenizer, json: unknown): Tokenizer {
  const found = Precompiled.safeParse(json);
  if (!found.success) return tokenizer;
  const normalise = precompiledNormaliser(found.data.normalizer.precompiled_charsmap);
  // The library calls its normaliser as a function.
  return Object.assign(tokenizer, { normalizer: normalise });
}

function load(text: string): Tokenizer {
  try {
    const json = Json.parse(JSON.parse(text));
    return withOwnNormaliser(new Tokenizer(json, { clean_up_tokenization_spaces: false }), json);
  } catch (cause) {
    throw new ModelError(
      'MODEL_FILE_DAMAGED',
      'The tokenizer.json of the model cannot be used; pull the model again.',
      {
        cause,
      },
    );
  }
}

/** A tokenizer of Hugging Face's format, tokenizer.json. */
export class JsonTokenizer implements TextTokenizer {
  private readonly tokenizer: Tokenizer;
  private readonly special: ReadonlySet<number>;

  /** `special`: ids left out of texts. Throws ModelError when the file is none. */
  constructor(json: string, special: readonly number[]) {
    this.tokenizer = load(json);
    this.special = new Set(special);
  }

  encode(text: string): number[] {
    return this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  decode(ids: readonly number[]): string {
    const words = ids.filter((id) => !this.special.has(id) && this.tokenizer.id_to_token(id) !== undefined);
    // The library refuses an empty list.
    return words.length === 0 ? '' : this.tokenizer.decode(words, { skip_special_tokens: false }).trim();
  }
}
