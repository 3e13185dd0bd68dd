import type { AnswerReply, CaptionOptions, CaptionReply } from '../contract/caption';
import type { GlossaryEntry } from '../contract/glossary';
import type { EngineOptions } from '../contract/engine-options';
import type { WorkerTask } from '../contract/worker';
import { AppError } from '../errors';
import type { EngineResult } from './engine';
import { captionOf } from './engine-result';
import { modelRefOf } from './model-ref';
import { SUGGESTION_SETTINGS } from './settings';
import { composeTexts } from './text/compose';

export type Reply = CaptionReply | AnswerReply;

/** What of a model a request needs. Throws BAD_REQUEST where its parts contradict each other. */
export function taskOf({ question, prompt, task }: CaptionOptions): WorkerTask {
  if (task === 'question' && question === undefined)
    throw badWish('question', 'is missing: the task "question" asks it');
  if (question !== undefined) {
    if (task === undefined || task === 'question') return 'answer';
    throw badWish('task', `is "${task}", and a question is given as well`);
  }
  if (prompt === undefined) return task === undefined || task === 'question' ? 'caption' : task;
  if (task === undefined || task === 'caption') return 'prompt';
  throw badWish('task', `is "${task}", which takes no prompt`);
}

function badWish(where: string, problem: string): AppError {
  return new AppError('BAD_REQUEST', { problems: [{ where, problem }] });
}

/** What the engine is asked for. */
export function engineOptions(options: CaptionOptions): EngineOptions {
  const beams = options.beams ?? SUGGESTION_SETTINGS.beams;
  const { task } = options;
  return {
    beams,
    candidates: beams,
    ...(task === undefined || task === 'question' ? {} : { task }),
    ...(options.max_new_tokens === undefined ? {} : { maxNewTokens: options.max_new_tokens }),
    ...(options.prompt === undefined ? {} : { prompt: options.prompt }),
  };
}

/** The answer to `POST /v1/captions`; `glossary` has the site owner's words for English. */
export function replyOf(result: EngineResult, glossary: readonly GlossaryEntry[] = []): Reply {
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
    fields: null,
    model: result.model,
    glossary,
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
