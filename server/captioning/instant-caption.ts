import { unlink } from 'node:fs/promises';
import type { AnswerReply, CaptionOptions, CaptionReply } from '../contract/caption';
import { AppError, isErrorCode } from '../errors';
import type { CaptionEngine, EngineResult } from './engine';
import { captionOf } from './engine-result';
import type { EngineSlots } from './engine-slots';
import { modelRefOf } from './model-ref';
import { SUGGESTION_SETTINGS } from './settings';
import { composeTexts } from './text/compose';

/** A complete file of its own, and the sha256 of its bytes. */
export interface PictureFile {
  readonly file: string;
  readonly sha256: string;
}

/**
 * `POST /v1/captions`: one picture at once, ahead of the queue. The file is deleted, and nothing is stored.
 * Throws what the engine throws, and QUEUE_FULL.
 */
export class InstantCaption {
  constructor(
    private readonly engine: CaptionEngine,
    private readonly slots: EngineSlots,
  ) {}

  async run(picture: PictureFile, options: CaptionOptions, signal: AbortSignal): Promise<CaptionReply | AnswerReply> {
    try {
      this.#throwIfNotReady();
      const giveBack = await this.slots.take('person');
      try {
        const result = await this.engine.run({
          imagePath: picture.file,
          sha256: picture.sha256,
          options: engineOptions(options),
          ...(options.question === undefined ? {} : { question: options.question }),
          signal,
        });
        return replyOf(result);
      } finally {
        giveBack();
      }
    } finally {
      await unlink(picture.file);
    }
  }

  /** Throws what keeps the model from working, as `/v1/status` names it. */
  #throwIfNotReady(): void {
    const { ready, problem } = this.engine.state();
    if (ready) return;
    throw new AppError(problem !== null && isErrorCode(problem.code) ? problem.code : 'MODEL_UNAVAILABLE');
  }
}

function engineOptions(options: CaptionOptions) {
  const beams = options.beams ?? SUGGESTION_SETTINGS.beams;
  return {
    beams,
    candidates: beams,
    ...(options.max_new_tokens === undefined ? {} : { maxNewTokens: options.max_new_tokens }),
    ...(options.prompt === undefined ? {} : { prompt: options.prompt }),
  };
}

function replyOf(result: EngineResult): CaptionReply | AnswerReply {
  const common = { model: modelRefOf(result.model), timings: result.timingsMs };
  if (result.answer !== null) {
    const { text, confidence, tokens } = result.answer;
    return { answer: text, confidence, tokens: tokens.length, ...common };
  }
  const { caption, readings, image } = captionOf(result);
  const texts = composeTexts({
    caption,
    readings,
    image,
    context: null,
    current: null,
    locale: null,
    fields: null,
    model: result.model,
  });
  const { alt_text, ...seo } = texts.fields;
  return {
    caption: caption.candidates[0].text,
    alt_text,
    alternatives: texts.alternatives,
    confidence: texts.confidence,
    flags: texts.flags,
    seo,
    tokens: caption.candidates[0].tokens.length,
    ...common,
  };
}
