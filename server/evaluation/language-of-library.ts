import { bestLanguage } from '../../models/languages';
import { DEFAULT_LANGUAGE } from '../contract/primitives';
import { AppError } from '../errors';
import type { Translators } from '../translating/translators';
import type { Library } from './library';
import { languageOfTexts } from './text-language';

export interface Comparable {
  readonly language: string;
  /** Turns English into that language; null: they are English. */
  readonly translate: ((text: string) => Promise<string>) | null;
}

/**
 * In which language models and people are compared. `wanted`: what the caller says the texts are in; null: it is guessed. Throws
 * EVALUATION_LANGUAGE where nothing here translates into it.
 */
export function comparableIn(
  { items }: Pick<Library, 'items'>,
  wanted: string | null,
  translators: Pick<Translators, 'has' | 'translate'>,
): Comparable {
  const language = wanted ?? languageOfTexts(items.flatMap(({ texts }) => texts)) ?? DEFAULT_LANGUAGE;
  if (bestLanguage(language, [DEFAULT_LANGUAGE]) !== null) return { language: DEFAULT_LANGUAGE, translate: null };
  if (language === 'und' || !translators.has(language)) throw new AppError('EVALUATION_LANGUAGE', { language });
  return { language, translate: async (text) => (await translators.translate(text, language)).text };
}
