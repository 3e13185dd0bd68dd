import { confidenceOf, meanLogProb } from './confidence';
import { bestLanguage } from './languages';
import type { Manifest, Translation as Languages } from './model-folder/manifest';
import { ModelError } from './model-error';
import { BeamSearch } from './search/beam';
import { GreedySearch } from './search/greedy';
import { runSearch, type Hypothesis, type Search, type SearchOptions } from './search/search';
import { forget, type ImageState } from './session/image-state';
import type { ModelSession } from './session/session';
import type { TextTokenizer } from './tokenizers/tokenizer';
import type { TranslatedText, TranslateOptions, Translation, Translator, TranslatorInfo } from './translator';

/** Nothing is seen but the words. */
const NO_PICTURE: ImageState = { values: {}, classLogits: null };
/** Longest translation of a text of n tokens: words differ in length from one language to another. */
const usualLength = (tokens: number) => 2 * tokens + 10;
/** Most characters of a token, except runs of one character. A text that is too long by this measure is not cut into tokens first. */
const LONGEST_TOKEN = 16;

type Target = Languages['targets'][number];

/** One sequence of tokens, as it was asked for. */
interface Asked {
  readonly words: readonly number[];
  readonly target: Target;
  readonly options: TranslateOptions;
}

interface Written {
  readonly found: readonly Hypothesis[];
  readonly isCut: boolean;
}

/** A text encoder and a decoder that looks at what it read. Ids, sizes and the search come from the manifest. */
export class EncoderDecoderTranslator implements Translator {
  readonly info: TranslatorInfo;

  constructor(
    private readonly manifest: Manifest & { readonly translation: Languages },
    private readonly session: ModelSession,
    private readonly words: TextTokenizer,
  ) {
    const { id, precision, translation } = manifest;
    this.info = { id, precision, from: translation.from, to: translation.targets.map(({ language }) => language) };
  }

  async translate(text: string, options: TranslateOptions = {}): Promise<Translation> {
    const target = this.targetOf(options.to);
    if (text.trim() === '') throw new ModelError('BAD_REQUEST', 'There is no text to translate.');
    const begin = performance.now();
    const whole = this.tokensOf(text);
    const parts = whole === null ? this.sentences(text) : [whole];
    const results: Written[] = [];
    for (const words of parts) results.push(await this.write({ words, target, options }));
    const isUnknown = (word: number) => word === this.manifest.tokens.unknown;
    const about = {
      language: target.language,
      isCut: results.some(({ isCut }) => isCut),
      hasUnknown: parts.some((words) => words.some(isUnknown)),
    };
    const [first] = results;
    const candidates =
      first !== undefined && results.length === 1
        ? first.found.slice(0, options.candidates ?? 1).map((hypothesis) => this.textOf([hypothesis]))
        : [this.textOf(results.flatMap(({ found }) => found.slice(0, 1)))];
    const [best, ...others] = candidates;
    if (best === undefined) throw new ModelError('MODEL_UNAVAILABLE', 'The search ended without a sentence.');
    const confidence = confidenceOf(meanLogProb(best.logProbs), this.manifest.confidence);
    return { ...about, candidates: [best, ...others], confidence, timingMs: performance.now() - begin };
  }

  close(): Promise<void> {
    this.session.close();
    return Promise.resolve();
  }

  private targetOf(wanted: string | undefined): Target {
    const { targets } = this.manifest.translation;
    const [only, ...others] = targets;
    if (wanted === undefined && only !== undefined && others.length === 0) return only;
    const language = wanted === undefined ? null : bestLanguage(wanted, this.info.to);
    const found = targets.find((target) => target.language === language);
    if (found !== undefined) return found;
    const known = this.info.to.join(', ');
    const reason = wanted === undefined ? 'is to be told into which language' : `does not translate into "${wanted}"`;
    throw new ModelError('LANGUAGE_NOT_POSSIBLE', `The model ${this.info.id} ${reason}; it knows ${known}.`);
  }

  /** Tokens of a text; null where they do not fit beside the code of a language and the end token. */
  private tokensOf(text: string): number[] | null {
    const room = this.manifest.dims.positions - 2;
    if (text.length > room * LONGEST_TOKEN) return null;
    const words = this.words.encode(text);
    return words.length > room ? null : words;
  }

  /** A text that does not fit, in runs of whole sentences that do. */
  private sentences(text: string): number[][] {
    const segments = new Intl.Segmenter(this.info.from, { granularity: 'sentence' }).segment(text);
    return Array.from(segments, ({ segment }) => segment)
      .filter((sentence) => sentence.trim() !== '')
      .map((sentence) => {
        const words = this.tokensOf(sentence);
        if (words !== null) return words;
        const most = this.manifest.dims.positions - 2;
        throw new ModelError('BAD_REQUEST', `A sentence of the text is too long: this model reads ${most} tokens.`);
      });
  }

  private async write({ words, target, options }: Asked): Promise<Written> {
    const { end } = this.manifest.tokens;
    const asked = this.searchOptions(words.length, options);
    const search: Search = asked.beams === 1 ? new GreedySearch(asked) : new BeamSearch(asked);
    const code = target.token === null ? [] : [target.token];
    const seen = await this.session.look(NO_PICTURE, [...code, ...words, end]);
    const decoding = this.session.decode(seen);
    try {
      await runSearch(search, decoding.step, options.signal);
    } finally {
      decoding.close();
      forget(seen);
    }
    const found = search.results();
    const longest = asked.maxLength - asked.prompt.length - 1;
    return { found, isCut: (found[0]?.tokens.length ?? 0) >= longest };
  }

  private searchOptions(words: number, options: TranslateOptions): SearchOptions {
    const { presets, default_preset: usual, tokens, dims } = this.manifest;
    const preset = presets[usual];
    if (preset === undefined) throw new ModelError('MODEL_FILE_DAMAGED', `The manifest lacks its preset "${usual}".`);
    const prompt = [tokens.start];
    const wanted = options.maxLength ?? usualLength(words);
    // The last token of the longest sentence is never fed back, hence one more than the positions.
    const most = Math.min(preset.max_length ?? Infinity, dims.positions + 1);
    if (wanted < 1) throw new ModelError('BAD_REQUEST', 'A translation of no tokens says nothing; allow longer ones.');
    return {
      prompt,
      end: tokens.end,
      beams: options.beams ?? preset.beams,
      maxLength: Math.min(prompt.length + wanted, most),
      minLength: preset.min_length,
      lengthPenalty: preset.length_penalty,
      repetitionPenalty: preset.repetition_penalty,
      unfinished: preset.unfinished,
      forcedEnd: preset.forced_end ?? false,
      earlyStopping: preset.early_stopping ?? false,
    };
  }

  /** Translations of sentences that follow each other, as one. */
  private textOf(sentences: readonly Hypothesis[]): TranslatedText {
    const texts = sentences.map(({ tokens }) => this.words.decode(tokens));
    return {
      text: texts.filter((text) => text !== '').join(' '),
      tokens: sentences.flatMap(({ tokens }) => tokens),
      logProbs: sentences.flatMap(({ logProbs }) => logProbs),
      score: sentences.reduce((sum, { score }) => sum + score, 0) / Math.max(sentences.length, 1),
    };
  }
}
