import { ModelError } from '../model-error';
import type { TextTokenizer } from './tokenizer';

/** Words of more characters become [UNK], as in BERT's reference tokeniser. */
const MAX_WORD_LENGTH = 100;

export interface TokenizerOptions {
  /** Lines of vocab.txt; the line number is the id. */
  readonly vocabulary: readonly string[];
  readonly unknown: number;
  /** Ids left out of texts; ids beyond the vocabulary always are. */
  readonly special: readonly number[];
  readonly cleanup: readonly (readonly [string, string])[];
}

/** BERT's uncased WordPiece: text → ids and back. */
export class WordPieceTokenizer implements TextTokenizer {
  private readonly ids: ReadonlyMap<string, number>;
  private readonly special: ReadonlySet<number>;

  constructor(private readonly options: TokenizerOptions) {
    this.ids = new Map(options.vocabulary.map((token, id) => [token, id]));
    this.special = new Set(options.special);
    if (options.vocabulary.length === 0) throw new ModelError('MODEL_FILE_DAMAGED', 'The vocabulary is empty.');
  }

  /** Ids of a text, without start and end tokens. */
  encode(text: string): number[] {
    return basicTokens(text).flatMap((word) => this.pieces(word));
  }

  /** Text of some ids; special ones are skipped, pieces joined, punctuation closed up. */
  decode(ids: readonly number[]): string {
    let text = '';
    for (const id of ids) {
      const token = this.options.vocabulary[id];
      if (token === undefined || this.special.has(id)) continue;
      text += token.startsWith('##') ? token.slice(2) : ` ${token}`;
    }
    return this.options.cleanup.reduce((cleaned, [from, to]) => cleaned.replaceAll(from, to), text.trim());
  }

  private pieces(word: string): number[] {
    const characters = Array.from(word);
    if (characters.length > MAX_WORD_LENGTH) return [this.options.unknown];
    const found: number[] = [];
    let at = 0;
    while (at < characters.length) {
      let end = characters.length;
      let id: number | undefined;
      for (; end > at; end--) {
        id = this.ids.get((at > 0 ? '##' : '') + characters.slice(at, end).join(''));
        if (id !== undefined) break;
      }
      if (id === undefined) return [this.options.unknown];
      found.push(id);
      at = end;
    }
    return found;
  }
}

/** Clean, lower-case, strip accents, split at white space and around each punctuation mark and Chinese character. */
function basicTokens(text: string): string[] {
  const spaced = text
    // BERT drops control characters but keeps these three as spaces.
    .replace(/[\t\n\r]/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFD]/gu, '')
    .replace(/(\p{Script=Han})/gu, ' $1 ')
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '');
  // BERT counts all ASCII that is neither letter nor digit as punctuation, symbols such as $ and ~ too.
  return spaced
    .replace(/([\p{P}\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E])/gu, ' $1 ')
    .split(/[\s\p{Zs}]+/u)
    .filter((word) => word !== '');
}
