import { unlink } from 'node:fs/promises';
import type { AnswerReply, CaptionOptions, CaptionReply } from '../contract/caption';
import { AppError } from '../errors';
import type { CaptionEngine, EngineResult } from './engine';
import { captionOf } from './engine-result';
import type { EngineSlots } from './engine-slots';
import { SUGGESTION_SETTINGS } from './settings';
import { composeTexts } from './text/compose';

/**
 * `POST /v1/captions`: one picture at once, ahead of the queue. The file is deleted, and nothing is stored.
 * Throws what the engine throws, and QUEUE_FULL.
 */
export class InstantCaption {
  constructor(
    private readonly engine: CaptionEngine,
    private readonly slots: EngineSlots,
  ) {}

  async run(imagePath: string, options: CaptionOptions, signal: AbortSignal): Promise<CaptionReply | AnswerReply> {
    try {
      if (!this.engine.state().ready) throw new AppError('MODEL_UNAVAILABLE');
      const giveBack = await this.slots.take('person');
      try {
        const result = await this.engine.run({
          imagePath,
          options: engineOptions(options),
          ...(options.question === undefined ? {} : { question: options.question }),
          signal,
        });
        return replyOf(result);
      } finally {
        giveBack();
      }
    } finally {
      await unlink(imagePath);
    }
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
  const { id, precision, demonstration } = result.model;
  const common = { model: { id, precision, demonstration }, timings: result.timingsMs };
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
