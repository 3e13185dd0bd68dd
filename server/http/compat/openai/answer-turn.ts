import { AppError } from '../../../errors';
import { intentOf, type Intent } from '../intent';
import { modelHeader, tell, type TellContext, type Told } from '../tell';
import { countWords } from '../word-count';
import { EVENT_STREAM } from './event-stream';
import { lastTurnOf, type Messages } from './messages';

/** Tokens that a picture counts: BLIP's encoder makes 24 x 24 patches and one token for the whole. */
const TOKENS_A_PICTURE = 577;

export interface TurnAnswer {
  /** As many as were asked for, if the search found them; at least one. */
  readonly texts: readonly string[];
  readonly isCut: boolean;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly model: Told['model'];
}

export interface TurnWish {
  readonly messages: Messages;
  readonly fields: Intent;
  readonly maxTokens?: number | undefined;
  readonly count: number;
}

/** Captions the pictures of the last user message, or answers its question about them. */
export async function answerTurn(wish: TurnWish, context: TellContext): Promise<TurnAnswer> {
  const turn = lastTurnOf(wish.messages);
  const intent = intentOf(wish.fields, turn.text);
  const told: Told[] = [];
  for (const picture of turn.pictures) {
    told.push(await tell({ picture, intent, maxTokens: wish.maxTokens }, context));
  }
  const [first, second] = told;
  if (first === undefined) throw new AppError('IMAGE_MISSING');
  return {
    texts:
      second === undefined
        ? [first.text, ...first.alternatives].slice(0, wish.count)
        : [told.map(({ text }, at) => `Image ${at + 1}: ${text}`).join('\n')],
    isCut: told.some(({ isCut }) => isCut),
    promptTokens: TOKENS_A_PICTURE * told.length + countWords(turn.text ?? ''),
    completionTokens: told.reduce((sum, { tokens }) => sum + tokens, 0),
    model: first.model,
  };
}

/** Headers of a stream; the model is named where the answer was there before them. */
export function streamHeaders(answer: TurnAnswer | null): Record<string, string> {
  return { ...EVENT_STREAM, ...(answer === null ? {} : modelHeader(answer.model)) };
}
