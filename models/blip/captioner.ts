import type {
  Answer,
  Candidate,
  Caption,
  CaptionOptions,
  Captioner,
  ModelInfo,
  Picture,
  StoredPicture,
} from '../captioner';
import { ModelError } from '../model-error';
import { confidenceOf, meanLogProb } from './confidence';
import { BeamSearch } from './decode/beam';
import { GreedySearch } from './decode/greedy';
import { runSearches, type Hypothesis, type Search, type SearchOptions } from './decode/search';
import { ImageMemory } from './image-memory';
import { readManifest, type Manifest, type Preset } from './manifest';
import { checkModelFiles, readModelText, readVocabulary } from './model-files';
import { lookAgain, parseLabelGroups, type LabelGroup } from './second-opinion';
import { BlipSession, type ImageState } from './session';
import { WordPieceTokenizer } from './tokenizer';

/** Memory for what the encoder saw of the last pictures: one picture of BLIP, all of the last sixteen of mini. */
const MEMORY_BYTES = 64e6;
const MOST_REMEMBERED = 16;

/** A BLIP-like captioner: image encoder, text decoder that looks at it. All that differs is in the model's manifest. */
export class BlipCaptioner implements Captioner {
  readonly info: ModelInfo;
  private readonly images: ImageMemory;

  constructor(
    private readonly manifest: Manifest,
    private readonly session: BlipSession,
    private readonly tokenizer: WordPieceTokenizer,
    private readonly labelGroups: readonly LabelGroup[] = [],
  ) {
    const { layers, heads, image_tokens: seen, head_size: size } = manifest.dims;
    const stateBytes = 2 * layers * heads * seen * size * 4;
    const remembered = Math.max(1, Math.min(MOST_REMEMBERED, Math.floor(MEMORY_BYTES / stateBytes)));
    this.images = new ImageMemory((picture, reuse) => session.see(picture, reuse), remembered);
    this.info = {
      id: manifest.id,
      precision: manifest.precision,
      demonstration: manifest.demonstration,
      canAnswer: manifest.graphs.question !== null,
      // Its decoder was trained to look at what the question encoder made of the picture, never at the picture itself.
      ...(manifest.graphs.question === null ? {} : { canCaption: false }),
      canPrompt: manifest.text.accepts_prompt,
    };
  }

  async caption(picture: Picture | StoredPicture, options: CaptionOptions = {}): Promise<Caption> {
    const [caption] = await this.captionAll([picture], options);
    if (caption === undefined) throw new ModelError('MODEL_UNAVAILABLE', 'The model gave no caption.');
    return caption;
  }

  /** Captions of several pictures with the same options; the decoder runs them side by side. */
  async captionAll(pictures: readonly (Picture | StoredPicture)[], options: CaptionOptions = {}): Promise<Caption[]> {
    if (this.info.canCaption === false) {
      throw new ModelError('CAPTION_MODEL_MISSING', `The model ${this.info.id} only answers questions.`);
    }
    const preset = this.presetOf(options);
    const search = this.searchOptions(options, preset);
    const prefix = (options.prompt ?? preset.prompt ?? '').trim();
    const begin = performance.now();
    const write = async (states: readonly ImageState[]) => {
      const seen = performance.now();
      const searches = states.map(() => newSearch(search));
      await runSearches(searches, this.session.decode(states), options.signal);
      const timingsMs = { vision: seen - begin, text: performance.now() - seen };
      return searches.map((finished, index) => {
        const caption = this.captionOf(finished.results(), { prefix, count: options.candidates ?? 1, timingsMs });
        return options.prompt === undefined ? this.secondLook(caption, states[index]) : caption;
      });
    };
    return this.images.with(pictures, write, options.signal);
  }

  async answer(picture: Picture | StoredPicture, question: string, options: CaptionOptions = {}): Promise<Answer> {
    const about = this.manifest.question;
    if (about === null) {
      throw new ModelError('QUESTION_MODEL_MISSING', `The model ${this.info.id} cannot answer questions.`);
    }
    const search = this.searchOptions({ ...options, prompt: '' }, this.presetOf(options));
    const tokens = this.questionTokens(question, options.preset === about.original_preset);
    const begin = performance.now();
    const write = async (images: readonly ImageState[]): Promise<Answer> => {
      const seen = performance.now();
      const asked = await Promise.all(images.map((image) => this.session.ask(image, tokens)));
      const writing = newSearch(search);
      await runSearches([writing], this.session.decode(asked), options.signal);
      const [best] = writing.results();
      if (best === undefined) throw new ModelError('MODEL_UNAVAILABLE', 'The search ended without an answer.');
      return {
        text: this.tokenizer.decode(best.tokens),
        tokens: best.tokens,
        confidence: confidenceOf(meanLogProb(best.logProbs), this.manifest.confidence),
        timingsMs: { vision: seen - begin, text: performance.now() - seen },
      };
    };
    return this.images.with([picture], write, options.signal);
  }

  async close(): Promise<void> {
    await this.session.close();
  }

  private presetOf({ preset: name }: CaptionOptions): Preset {
    const { presets, default_preset: usual } = this.manifest;
    const preset = presets[name ?? usual];
    if (preset !== undefined) return preset;
    if (name === undefined) throw new ModelError('MODEL_FILE_DAMAGED', `The manifest lacks its preset "${usual}".`);
    const known = Object.keys(presets).join(', ');
    throw new ModelError('BAD_REQUEST', `The model ${this.info.id} has no preset "${name}"; it has ${known}.`);
  }

  private questionTokens(question: string, original: boolean): number[] {
    const { tokens, question: about, dims } = this.manifest;
    const words = this.tokenizer.encode(question);
    if (words.length + 2 > dims.positions) {
      throw new ModelError('BAD_REQUEST', `The question is too long: this model reads ${dims.positions} tokens.`);
    }
    if (!original || about === null) return [tokens.classify, ...words, tokens.separate];
    return [about.original_start, ...words.slice(0, about.original_longest - 2), tokens.separate];
  }

  private promptTokens(prompt: string | null): number[] {
    const { tokens, text } = this.manifest;
    if (prompt === null || prompt.trim() === '') return [tokens.start];
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
    };
  }

  private captionOf(
    found: readonly Hypothesis[],
    { prefix, count, timingsMs }: { prefix: string; count: number; timingsMs: Caption['timingsMs'] },
  ): Caption {
    const toCandidate = (hypothesis: Hypothesis): Candidate => {
      const text = this.tokenizer.decode(hypothesis.tokens);
      return { ...hypothesis, text: prefix === '' ? text : `${prefix} ${text}` };
    };
    const [best, ...others] = found.slice(0, count).map(toCandidate);
    if (best === undefined) throw new ModelError('MODEL_UNAVAILABLE', 'The search ended without a sentence.');
    return {
      candidates: [best, ...others],
      confidence: confidenceOf(meanLogProb(best.logProbs), this.manifest.confidence),
      labels: [],
      timingsMs,
    };
  }

  /** Adds what the model's own image classifier says, where it has one. */
  private secondLook(caption: Caption, state: ImageState | undefined): Caption {
    const thresholds = this.manifest.second_opinion;
    const logits = state?.classLogits ?? null;
    if (thresholds === null || logits === null) return caption;
    return lookAgain(caption, logits, this.labelGroups, thresholds);
  }
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

function newSearch(options: SearchOptions): Search {
  return options.beams === 1 ? new GreedySearch(options) : new BeamSearch(options);
}

/**
 * Loads the model of a folder after comparing its files with its manifest. `threads` is for each of its sessions.
 * Throws ModelError MODEL_FILE_MISSING or MODEL_FILE_DAMAGED.
 */
export async function openBlipCaptioner(folder: string, threads: number): Promise<BlipCaptioner> {
  const manifest = await readManifest(folder);
  await checkModelFiles(folder, manifest);
  const tokenizer = new WordPieceTokenizer({
    vocabulary: await readVocabulary(folder, manifest.text.vocabulary),
    unknown: manifest.tokens.unknown,
    special: manifest.text.special,
    cleanup: manifest.text.cleanup,
  });
  const labels = manifest.second_opinion?.labels;
  const groups = labels === undefined ? [] : parseLabelGroups(await readModelText(folder, labels));
  return new BlipCaptioner(manifest, await BlipSession.open(folder, manifest, threads), tokenizer, groups);
}
