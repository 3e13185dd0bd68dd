/** The one interface the server knows. Every model, whatever its runtime, is a `Captioner`. */

/** Decoded pixels: RGB, 8 bits a channel, row by row, `data.length === width * height * 3`. */
export interface Picture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A picture that is decoded only when the model has not seen it lately. `key` stands for its pixels: same key, same pixels. */
export interface StoredPicture {
  readonly key: string;
  pixels(): Promise<Picture>;
}

/** The pixels, decoded now if they are not yet. */
export async function pixelsOf(picture: Picture | StoredPicture): Promise<Picture> {
  return 'pixels' in picture ? picture.pixels() : picture;
}

export interface ModelInfo {
  readonly id: string;
  readonly precision: 'fp32' | 'fp16' | 'int8' | 'int8-vnni' | 'int4' | 'remote';
  /** True for `mini`: good enough to show the way, not to publish from. */
  readonly demonstration: boolean;
  /** Whether `confidence` was measured for this model; else it only rises with the model's own certainty. */
  readonly calibrated: boolean;
  /** What it was measured on; absent where it was not, or the model does not say. */
  readonly calibratedOn?: string;
  readonly canAnswer: boolean;
  /** False for a model that only answers questions; absent: it writes captions. */
  readonly canCaption?: boolean;
  /** Whether captions can begin with given words; absent: they can. */
  readonly canPrompt?: boolean;
  /** What it can be asked to write about a picture: `caption`, `detailed`, `more_detailed`, `ocr`. Absent: captions only. */
  readonly tasks?: readonly string[];
  /** Stands for the weights and settings: two models of one name that differ in it write other words. */
  readonly fingerprint?: string;
  /** Of a `remote` model: the address of the server that is sent the bytes of each picture. */
  readonly address?: string;
}

export interface CaptionOptions {
  /** How to search where the other options say nothing, by a name of the model's manifest: `hf`, `paper`, or for questions `original`. */
  readonly preset?: string;
  /** What to write, by a name of `ModelInfo.tasks`; absent: the first of them. */
  readonly task?: string;
  readonly beams?: number;
  /** Upper bound on generated tokens; the start token and the prompt do not count. */
  readonly maxNewTokens?: number;
  /** Upper bound on all tokens, counted as the reference does: start token and prompt included. */
  readonly maxLength?: number;
  /** Lower bound on tokens, counted as the reference does: start token and prompt included. */
  readonly minLength?: number;
  readonly lengthPenalty?: number;
  readonly repetitionPenalty?: number;
  readonly prompt?: string;
  /** Words that sentences should rather say than others that are about as likely; they are never made to. */
  readonly favour?: readonly string[];
  /** How many candidates to return, best first; at most `beams`. */
  readonly candidates?: number;
  /** Keeps sentences of special tokens only, whose text is empty; for comparing tokens. Otherwise they are left out. */
  readonly keepWordless?: boolean;
  /** Checked between decoding steps. */
  readonly signal?: AbortSignal;
}

/** One finished sentence of the search. `tokens` leaves out start, prompt and end; `logProbs` has the end token's last. */
export interface Candidate {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly logProbs: readonly number[];
  /** Sum of log-probabilities divided by length ** lengthPenalty. */
  readonly score: number;
}

/** A class of the model's own image classifier, where it has one. `probability` 0..1. */
export interface Label {
  readonly name: string;
  readonly probability: number;
  /**
   * Of a thing that pictures are about: other words for it, or for what it is a kind of. A sentence without the name and any
   * of these is at odds with the label.
   */
  readonly kin?: readonly string[];
}

export interface Caption {
  /** Best first, at least one. */
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** 0..1, rising with the model's certainty; a share of good sentences only where `ModelInfo.calibrated`. Sort by it, never hide by it. */
  readonly confidence: number;
  readonly labels: readonly Label[];
  /** What the classifier is sure to see where the sentence names nothing of the kind: the safer text. */
  readonly secondOpinion?: { readonly text: string; readonly label: Label } | null;
  readonly timingsMs: { readonly vision: number; readonly text: number };
}

export interface Answer {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly confidence: number;
  readonly timingsMs: { readonly vision: number; readonly text: number };
}

/** What a model makes of a picture before it looks at it. */
export interface ModelInput {
  /** Side in pixels of the square that every picture becomes. */
  readonly side: number;
  /** Whether bytes of that square may differ by 1 only from what the whole picture gives; else it may be decoded much smaller. */
  readonly isExact: boolean;
}

export interface Captioner {
  readonly info: ModelInfo;
  /** null where nobody here knows. */
  readonly input: ModelInput | null;
  /** Throws `CAPTION_MODEL_MISSING` when `info.canCaption` is false, `MODEL_REPLY_UNUSABLE` when no sentence has words. */
  caption(picture: Picture | StoredPicture, options?: CaptionOptions): Promise<Caption>;
  /** Throws `QUESTION_MODEL_MISSING` when `info.canAnswer` is false. */
  answer(picture: Picture | StoredPicture, question: string, options?: CaptionOptions): Promise<Answer>;
  close(): Promise<void>;
}
