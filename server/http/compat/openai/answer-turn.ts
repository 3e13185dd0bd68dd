import { isEnglish } from '../../../contract/language';
import { AppError } from '../../../errors';
import type { Call } from '../../route';
import { intentOf, type Intent } from '../intent';
import { modelHeader, tell, type TellContext, type Told } from '../tell';
import { countWords } from '../word-count';
import { EVENT_STREAM } from './event-stream';
import { languageAsked } from './language';
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

/** The answer by which WordPress's AI plugin is told that a picture is decorative. Whether it is one is a person's decision. */
const DECORATIVE = /^\s*\[\[DECORATIVE_ALT\]\]\s*$/i;

export interface TurnWish {
  readonly messages: Messages;
  readonly fields: Intent;
  /** BCP 47, or a WordPress locale. Unless given, a locale in the message counts, as far as a translator for it is here. */
  readonly language?: string | undefined;
  readonly maxTokens?: number | undefined;
  readonly count: number;
}

export interface TurnContext extends TellContext {
  /** One text in another language. Rejects with LANGUAGE_UNKNOWN, LANGUAGE_NOT_PULLED, and what the translator failed with. */
  readonly translate: (text: string, to: string) => Promise<string>;
}

/**
 * Captions the pictures of the last user message, or answers its question about them. Never answers with an empty text, which
 * clients would publish as one: throws MODEL_REPLY_UNUSABLE.
 */
export async function answerTurn(wish: TurnWish, context: TurnContext): Promise<TurnAnswer> {
  const turn = lastTurnOf(wish.messages);
  const intent = intentOf(wish.fields, turn.text);
  const told: Told[] = [];
  for (const picture of turn.pictures) {
    told.push(said(await tell({ picture, intent, maxTokens: wish.maxTokens }, context)));
  }
  const [first, second] = told;
  if (first === undefined) throw new AppError('IMAGE_MISSING');
  const inLanguage = translatorFor(wish, turn.text, context);
  return {
    texts:
      second === undefined
        ? await inLanguage([first.text, ...first.alternatives].slice(0, wish.count))
        : [numbered(await inLanguage(told.map(({ text }) => text)))],
    isCut: told.some(({ isCut }) => isCut),
    promptTokens: TOKENS_A_PICTURE * told.length + countWords(turn.text ?? ''),
    completionTokens: told.reduce((sum, { tokens }) => sum + tokens, 0),
    model: first.model,
  };
}

const numbered = (texts: readonly string[]) => texts.map((text, at) => `Image ${at + 1}: ${text}`).join('\n');

function said(told: Told): Told {
  if (told.text.trim() === '' || DECORATIVE.test(told.text)) throw new AppError('MODEL_REPLY_UNUSABLE');
  return { ...told, alternatives: told.alternatives.filter((text) => text.trim() !== '' && !DECORATIVE.test(text)) };
}

type InLanguage = (texts: readonly string[]) => Promise<readonly string[]>;

/** A language that only the message names is left out where no translator knows it, as suggestions stay English then. */
function translatorFor(wish: TurnWish, text: string | undefined, context: TurnContext): InLanguage {
  const { language } = wish;
  const to = language ?? languageAsked(text);
  if (to === null || isEnglish(to)) return (texts) => Promise.resolve(texts);
  return async (texts) => {
    try {
      return await Promise.all(texts.map((each) => context.translate(each, to)));
    } catch (error) {
      const isMissing = error instanceof AppError && ['LANGUAGE_NOT_PULLED', 'LANGUAGE_UNKNOWN'].includes(error.code);
      if (language === undefined && isMissing) return texts;
      throw error;
    }
  };
}

/** The translators, for the site that a call speaks for. */
export function translateFor(call: Call<unknown, unknown, unknown>): TurnContext['translate'] {
  return async (text, to) => (await call.site.translate(text, to)).text;
}

/** Headers of a stream; the model is named where the answer was there before them. */
export function streamHeaders(answer: TurnAnswer | null): Record<string, string> {
  return { ...EVENT_STREAM, ...(answer === null ? {} : modelHeader(answer.model)) };
}
