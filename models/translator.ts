import type { ModelInfo } from './captioner';

/** The interface of everything that translates. Languages are BCP 47 tags. */
export interface TranslatorInfo {
  readonly id: string;
  readonly precision: ModelInfo['precision'];
  readonly from: string;
  /** At least one. */
  readonly to: readonly string[];
}

export interface TranslateOptions {
  /** Language to translate into; default: the only one that the model has. */
  readonly to?: string;
  /** Default: what the model's own search says, 4 or 6. */
  readonly beams?: number;
  /** Upper bound on the words of the translation in tokens; default: twice those of the text and ten. */
  readonly maxLength?: number;
  /** How many translations to return, best first; at most `beams`. */
  readonly candidates?: number;
  /** Checked between decoding steps. */
  readonly signal?: AbortSignal;
}

/** `tokens` leaves out start and end; `logProbs` has the end token's last. */
export interface TranslatedText {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly logProbs: readonly number[];
  /** Mean of the log-probabilities, as the search compares it. */
  readonly score: number;
}

export interface Translation {
  readonly language: string;
  /** Best first, at least one. */
  readonly candidates: readonly [TranslatedText, ...TranslatedText[]];
  /** 0..1, rising with the model's certainty; not calibrated. */
  readonly confidence: number;
  /** True where the limit cut the best one off. */
  readonly isCut: boolean;
  /** Characters or words of the text that the model cannot read. */
  readonly hasUnknown: boolean;
  readonly timingMs: number;
}

export interface Translator {
  readonly info: TranslatorInfo;
  /**
   * A text that does not fit into the model is translated sentence by sentence, and has one candidate. Throws BAD_REQUEST where there is
   * nothing to translate, a sentence does not fit, or the options make no sense; LANGUAGE_NOT_POSSIBLE for another language.
   */
  translate(text: string, options?: TranslateOptions): Promise<Translation>;
  close(): Promise<void>;
}
