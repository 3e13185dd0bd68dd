import type {
  Answer,
  Candidate,
  Caption,
  CaptionOptions,
  Captioner,
  ModelInfo,
  ModelInput,
  Picture,
  StoredPicture,
} from './captioner';
import { ModelError } from './model-error';
import { confidenceOf, meanLogProb } from './confidence';
import { EncoderWords } from './encoder-words';
import { favouredWords } from './favoured-words';
import { BeamSearch } from './search/beam';
import { GreedySearch } from './search/greedy';
import { isLoop } from './search/loop';
import { runSearch, type Hypothesis, type Search, type SearchOptions } from './search/search';
import { fingerprintOfModel } from './fingerprint';
import { ImageMemory } from './session/image-memory';
import type { Manifest, Preset, Task } from './model-folder/manifest';
import type { ModelSession } from './session/session';
import { forget, type ImageState } from './session/image-state';
import type { TextTokenizer } from './tokenizers/tokenizer';

/** Memory for what the encoder saw of the last pictures: 0.9 MB a picture for BLIP-base in int8. */
const REMEMBERED = { bytes: 100e6, pictures: 56 };

/** What an architecture adds to a caption, from the logits of its own image classifier. */
export type SecondLook = (caption: Caption, classLogits: Float32Array) => Caption;

/** What sentences of the search become; `prefix` is put in front of each. */
interface CaptionShape {
  readonly prefix: string;
  readonly count: number;
  readonly keepWordless: boolean;
  /** What is read in a picture may be one word many times. */
  readonly keepLoops: boolean;
  readonly timingsMs: Caption['timingsMs'];
}

/** An image encoder, and a text decoder that looks at what it saw. Ids, sizes, presets and calibration come from the manifest. */
export class EncoderDecoderCaptioner implements Captioner {
  readonly info: ModelInfo;
  readonly input: ModelInput;
  private readonly images: ImageMemory;
  private readonly words: EncoderWords;

  constructor(
    private readonly manifest: Manifest,
    private readonly session: ModelSession,
    private readonly tokenizer: TextTokenizer,
    private readonly secondLook: SecondLook | null = null,
  ) {
    this.images = new ImageMemory((picture) => session.encode(picture), REMEMBERED);
    this.words = new EncoderWords(manifest, tokenizer);
    // In float32 a model is asked for what the reference says, to the last byte of its input.
    this.input = { side: manifest.dims.image_size, isExact: manifest.precision === 'fp32' };
    this.info = {
      id: manifest.id,
      precision: manifest.precision,
      demonstration: manifest.demonstration,
      calibrated: manifest.confidence_calibrated,
      ...(manifest.confidence_calibrated_on === null ? {} : { calibratedOn: manifest.confidence_calibrated_on }),
      fingerprint: fingerprintOfModel(manifest),
      canAnswer: manifest.graphs.question !== null || manifest.prompted !== null,
      // Its decoder was trained to look at what the question encoder made of the picture, never at the picture itself.
      ...(manifest.graphs.question === null ? {} : { canCaption: false }),
      canPrompt: manifest.text.accepts_prompt,
      ...(manifest.tasks === undefined ? {} : { tasks: Object.keys(manifest.tasks) }),
    };
  }

  async caption(picture: Picture | StoredPicture, options: CaptionOptions = {}): Promise<Caption> {
    if (this.info.canCaption === false) {
      throw new ModelError('CAPTION_MODEL_MISSING', `The model ${this.info.id} only answers questions.`);
    }
    const task = this.taskOf(options);
    const preset = withLimit(this.presetOf(options), task);
    const asked = this.encoderTokens(options, preset, task);
    const search = newSearch(this.searchOptions(options, preset));
    const prefix = this.prefixOf(options, preset);
    const { candidates: count = 1, keepWordless = false } = options;
    const keepLoops = keepWordless || options.task?.startsWith('ocr') === true;
    const begin = performance.now();
    const look = async (image: ImageState) => {
      const encoded = performance.now();
      await this.write(search, image, { asked, signal: options.signal });
      const timingsMs = { vision: encoded - begin, text: performance.now() - encoded };
      const caption = this.captionOf(search.results(), { prefix, count, keepWordless, keepLoops, timingsMs });
      if (this.secondLook === null || image.classLogits === null || options.prompt !== undefined) return caption;
      return this.secondLook(caption, image.classLogits);
    };
    return this.images.with(picture, look, options.signal);
  }

  async answer(picture: Picture | StoredPicture, question: string, options: CaptionOptions = {}): Promise<Answer> {
    const { question: about, prompted } = this.manifest;
    if (!this.info.canAnswer) {
      throw new ModelError('QUESTION_MODEL_MISSING', `The model ${this.info.id} cannot answer questions.`);
    }
    const preset = options.preset ?? prompted?.question_preset;
    const wishes = { ...options, prompt: '', ...(preset === undefined ? {} : { preset }) };
    const search = newSearch(this.searchOptions(wishes, this.presetOf(wishes)));
    const tokens = this.words.ofQuestion(question, about !== null && options.preset === about.original_preset);
    const begin = performance.now();
    const look = async (image: ImageState): Promise<Answer> => {
      const encoded = performance.now();
      await this.write(search, image, { asked: tokens, signal: options.signal });
      const { text, tokens: said, logProbs } = this.best(search.results(), 1, options.keepWordless, true)[0];
      const confidence = confidenceOf(meanLogProb(logProbs), this.manifest.confidence);
      const timingsMs = { vision: encoded - begin, text: performance.now() - encoded };
      return { text, tokens: said, confidence, timingsMs };
    };
    return this.images.with(picture, look, options.signal);
  }

  close(): Promise<void> {
    this.images.clear();
    this.session.close();
    return Promise.resolve();
  }

  /** Lets a search write about a picture; `asked` is what the model reads beside it. */
  private async write(
    search: Search,
    image: ImageState,
    { asked, signal }: { asked: readonly number[] | null; signal: AbortSignal | undefined },
  ): Promise<void> {
    const seen = await this.session.look(image, asked);
    const decoding = this.session.decode(seen);
    try {
      await runSearch(search, decoding.step, signal);
    } finally {
      decoding.close();
      if (seen !== image && seen !== image.keys) forget(seen);
    }
  }

  private presetOf({ preset: name }: CaptionOptions): Preset {
    const { presets, default_preset: usual } = this.manifest;
    const preset = own(presets, name ?? usual);
    if (preset !== undefined) return preset;
    if (name === undefined) throw new ModelError('MODEL_FILE_DAMAGED', `The manifest lacks its preset "${usual}".`);
    const known = Object.keys(presets).join(', ');
    throw new ModelError('BAD_REQUEST', `The model ${this.info.id} has no preset "${name}"; it has ${known}.`);
  }

  /** Null for a model that only captions. */
  private taskOf({ task: name }: CaptionOptions): Task | null {
    const { tasks = {} } = this.manifest;
    const known = Object.keys(tasks);
    const found = own(tasks, name ?? known[0] ?? '');
    if (found !== undefined) return found;
    if (name === undefined || (name === 'caption' && known.length === 0)) return null;
    const able = known.length === 0 ? 'caption' : known.join(', ');
    throw new ModelError(
      'TASK_NOT_POSSIBLE',
      `The model ${this.info.id} cannot do the task "${name}"; it can do ${able}.`,
    );
  }

  /** What the text encoder reads beside the picture; null where the decoder looks at the picture itself. */
  private encoderTokens(options: CaptionOptions, preset: Preset, task: Task | null): number[] | null {
    if (task !== null) return this.words.ofTask(task);
    return this.manifest.prompted === null ? null : this.words.ofPrompt(options.prompt ?? preset.prompt);
  }

  /** Words that the caption begins with and the model does not write again: those of a preset only where it writes on from them. */
  private prefixOf({ prompt }: CaptionOptions, preset: Preset): string {
    return (prompt ?? (this.manifest.prompted === null ? preset.prompt : null) ?? '').trim();
  }

  private promptTokens(prompt: string | null): number[] {
    const { tokens, text } = this.manifest;
    if (prompt === null || prompt.trim() === '' || this.manifest.prompted !== null) return [tokens.start];
    if (!text.accepts_prompt) {
      throw new ModelError('PROMPT_NOT_POSSIBLE', `The model ${this.info.id} cannot continue a prompt.`);
    }
    return [tokens.start, ...this.tokenizer.encode(prompt)];
  }

  private searchOptions(options: CaptionOptions, preset: Preset): SearchOptions {
    const { manifest } = this;
    const prompt = this.promptTokens(options.prompt ?? preset.prompt);
    const room = manifest.dims.positions;
    if (prompt.length >= room) {
      throw new ModelError('BAD_REQUEST', `The prompt is too long: this model has room for ${room} tokens.`);
    }
    // The last token of the longest sentence is never fed back, hence one more than the positions.
    const maxLength = Math.min(longestLength(prompt.length, options, preset), room + 1);
    const minLength = options.minLength ?? preset.min_length;
    if (maxLength <= prompt.length || (options.minLength ?? 0) > maxLength) {
      throw new ModelError('BAD_REQUEST', noRoom(prompt.length, minLength, maxLength));
    }
    return {
      prompt,
      end: manifest.tokens.end,
      beams: options.beams ?? preset.beams,
      maxLength,
      minLength,
      lengthPenalty: options.lengthPenalty ?? preset.length_penalty,
      repetitionPenalty: options.repetitionPenalty ?? preset.repetition_penalty,
      unfinished: preset.unfinished,
      forcedStart: preset.forced_start ?? null,
      forcedEnd: preset.forced_end ?? false,
      noRepeatNgramSize: preset.no_repeat_ngram_size ?? 0,
      earlyStopping: preset.early_stopping ?? false,
      favoured: favouredWords(options.favour ?? [], this.tokenizer, manifest.tokens.unknown),
    };
  }

  /** The sentences that can be used, best first. Throws MODEL_REPLY_UNUSABLE where there is none. */
  private best(
    found: readonly Hypothesis[],
    count: number,
    keepWordless = false,
    keepLoops = false,
  ): [Candidate, ...Candidate[]] {
    if (found.length === 0) throw new ModelError('MODEL_UNAVAILABLE', 'The search ended without a sentence.');
    const [best, ...others] = found
      // Weights that overflow, or a length penalty far out, give NaN or infinite sums: nobody can tell which sentence is good.
      .filter(({ score, logProbs }) => Number.isFinite(score) && logProbs.every(Number.isFinite))
      .map((hypothesis): Candidate => ({ ...hypothesis, text: this.tokenizer.decode(hypothesis.tokens) }))
      // The text is empty where there are only special tokens: of a task, a place or the end.
      .filter(({ text }) => (keepWordless || text.trim() !== '') && (keepLoops || !isLoop(text)))
      .slice(0, count);
    if (best === undefined) throw noWords();
    return [best, ...others];
  }

  private captionOf(
    found: readonly Hypothesis[],
    { prefix, count, keepWordless, keepLoops, timingsMs }: CaptionShape,
  ): Caption {
    const begun = (one: Candidate): Candidate => (prefix === '' ? one : { ...one, text: `${prefix} ${one.text}` });
    const [best, ...others] = this.best(found, count, keepWordless, keepLoops);
    return {
      candidates: [begun(best), ...others.map(begun)],
      confidence: confidenceOf(meanLogProb(best.logProbs), this.manifest.confidence),
      labels: [],
      timingsMs,
    };
  }
}

function noWords(): ModelError {
  return new ModelError(
    'MODEL_REPLY_UNUSABLE',
    'The model wrote no words for this picture that could be used: none, or the same ones again and again.',
  );
}

/** What a record holds under a name that somebody else chose; names that every object has, such as `constructor`, are none of them. */
function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function noRoom(prompt: number, least: number, most: number): string {
  const wanted =
    most <= prompt ? `The ${prompt} tokens that it begins with leave no room` : `At least ${least} is too much`;
  return `${wanted} in a sentence of at most ${most} tokens; allow longer ones.`;
}

/** Most tokens of a sentence, start token and prompt included. What the caller says comes before the preset. */
function longestLength(prompt: number, options: CaptionOptions, preset: Preset): number {
  const ofCaller = [options.maxLength, options.maxNewTokens === undefined ? undefined : prompt + options.maxNewTokens];
  const given = ofCaller.filter((length) => length !== undefined);
  if (given.length > 0) return Math.min(...given);
  const { max_length: most, max_new_tokens: fresh } = preset;
  return Math.min(most ?? Infinity, fresh === null ? Infinity : prompt + fresh);
}

/** A preset that names no limit takes the task's. */
function withLimit(preset: Preset, task: Task | null): Preset {
  if (task === null || preset.max_new_tokens !== null || preset.max_length !== null) return preset;
  return { ...preset, max_new_tokens: task.max_new_tokens };
}

function newSearch(options: SearchOptions): Search {
  return options.beams === 1 ? new GreedySearch(options) : new BeamSearch(options);
}
