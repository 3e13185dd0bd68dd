import type { AnswerReply, CaptionOptions, CaptionReply } from '../contract/caption';
import type { WorkerTask } from '../contract/worker';
import type { EngineResult } from './engine';
import { captionOf } from './engine-result';
import { modelRefOf } from './model-ref';
import { SUGGESTION_SETTINGS } from './settings';
import { composeTexts } from './text/compose';

export type Reply = CaptionReply | AnswerReply;

/** What of a model a request needs. */
export function taskOf({ question, prompt }: CaptionOptions): WorkerTask {
  if (question !== undefined) return 'answer';
  return prompt === undefined ? 'caption' : 'prompt';
}

/** What the engine is asked for. */
export function engineOptions(options: CaptionOptions) {
  const beams = options.beams ?? SUGGESTION_SETTINGS.beams;
  return {
    beams,
    candidates: beams,
    ...(options.max_new_tokens === undefined ? {} : { maxNewTokens: options.max_new_tokens }),
    ...(options.prompt === undefined ? {} : { prompt: options.prompt }),
  };
}

/** What a client of `POST /v1/captions` is told. */
export function replyOf(result: EngineResult): Reply {
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
