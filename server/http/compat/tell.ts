import type { CaptionOptions } from '../../contract/caption';
import type { ModelRef } from '../../contract/primitives';
import type { Services } from '../services';
import type { Intent } from './intent';
import { spoolPicture, type PictureText } from './picture';

/** The models' own upper bound; a larger wish changes nothing, so that a picture has the same text on every face. */
const USUAL_TOKENS = 20;

export interface Asked {
  readonly picture: PictureText;
  readonly intent: Intent;
  readonly maxTokens?: number | undefined;
}

export interface Told {
  readonly text: string;
  /** Other ways to say it, best first; empty for an answer. */
  readonly alternatives: readonly string[];
  readonly confidence: number;
  readonly tokens: number;
  /** The wished limit cut it short. */
  readonly isCut: boolean;
  readonly model: ModelRef;
  readonly seconds: number;
}

export interface TellContext {
  readonly services: Services;
  readonly siteId: string | null;
  readonly signal: AbortSignal;
}

/** What the model is asked, in the terms of `POST /v1/captions`. */
export function captionOptions({ intent, maxTokens }: Pick<Asked, 'intent' | 'maxTokens'>): CaptionOptions {
  return {
    ...(intent.question === undefined ? {} : { question: intent.question.slice(0, 300) }),
    ...(intent.prompt === undefined ? {} : { prompt: intent.prompt.slice(0, 200) }),
    ...(maxTokens === undefined || maxTokens >= USUAL_TOKENS ? {} : { max_new_tokens: Math.max(1, maxTokens) }),
  };
}

/** One picture, at once: the same call as `POST /v1/captions`, with its errors. */
export async function tell(asked: Asked, { services, siteId, signal }: TellContext): Promise<Told> {
  const picture = await spoolPicture(asked.picture, { services, siteId });
  const options = captionOptions(asked);
  const reply = await services.captionNow(picture, options, { siteId, signal });
  const text = 'answer' in reply ? reply.answer : reply.alt_text;
  const { tokens } = reply;
  return {
    text,
    alternatives: 'answer' in reply ? [] : reply.alternatives,
    confidence: reply.confidence,
    tokens,
    isCut: options.max_new_tokens !== undefined && tokens >= options.max_new_tokens,
    model: reply.model,
    seconds: reply.timings.total / 1000,
  };
}

/** Names the model that really worked, whatever name the client used. */
export function modelHeader(model: ModelRef): Record<string, string> {
  return { 'x-altsmith-model': `${model.id} (${model.precision})` };
}
