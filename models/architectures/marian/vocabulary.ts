import { z } from 'zod';
import { readCheckpointJson } from '../../checkpoint/checkpoint-json';
import { ModelError } from '../../model-error';
import { SPACE_MARK } from '../../tokenizers/sentencepiece/normalise';
import type { SentencePiece } from '../../tokenizers/sentencepiece/sentencepiece';
import type { TextTokenizer } from '../../tokenizers/tokenizer';
import { KIND } from './config';

export const SOURCE_WORDS = 'vocab.json';
export const TARGET_WORDS = 'target_vocab.json';
export const SOURCE_PIECES = 'source.spm';
export const TARGET_PIECES = 'target.spm';

const Vocabulary = z.record(z.string(), z.number().int().nonnegative());

/** Ids of pieces, as vocab.json has them. Throws ModelError. */
export function readVocabulary(folder: string, name: string): ReadonlyMap<string, number> {
  return new Map(Object.entries(readCheckpointJson(Vocabulary, folder, name, KIND)));
}

/** Marian's two steps: SentencePiece cuts, and vocab.json, which is shared by both languages, says the ids. */
export class MarianWords implements TextTokenizer {
  private readonly pieces: ReadonlyMap<number, string>;

  constructor(
    private readonly source: SentencePiece,
    private readonly ids: ReadonlyMap<string, number>,
    target: ReadonlyMap<string, number>,
    private readonly tokens: { readonly unknown: number; readonly special: readonly number[] },
  ) {
    const special = new Set(tokens.special);
    this.pieces = new Map([...target].filter(([, id]) => !special.has(id)).map(([piece, id]) => [id, piece]));
    if (ids.size === 0 || this.pieces.size === 0) {
      throw new ModelError('MODEL_FILE_DAMAGED', 'The vocabulary of the translator is empty; pull the model again.');
    }
  }

  encode(text: string): number[] {
    return this.source.encode(text).map((piece) => this.ids.get(piece.text) ?? this.tokens.unknown);
  }

  decode(ids: readonly number[]): string {
    return ids
      .map((id) => this.pieces.get(id) ?? '')
      .join('')
      .replaceAll(SPACE_MARK, ' ')
      .trim();
  }
}

/** A student's one step: the place of a piece in its SentencePiece model is its id. */
export class PieceWords implements TextTokenizer {
  constructor(
    private readonly source: SentencePiece,
    private readonly target: SentencePiece,
  ) {}

  encode(text: string): number[] {
    return this.source.encode(text).map(({ id }) => id);
  }

  decode(ids: readonly number[]): string {
    return this.target.decode(ids);
  }
}
