import type { Translation, Translator } from '../../models/translator';
import { translationProblems, type TranslationProblem } from './checks';
import { finishTranslation } from './finish';

/** A polished English text in another language. */
export interface TranslatedAltText {
  readonly language: string;
  readonly source: string;
  readonly text: string;
  readonly alternatives: readonly string[];
  readonly problems: readonly TranslationProblem[];
  readonly translation: Translation;
  readonly model: Pick<Translator['info'], 'id' | 'precision'>;
}

/** As many as the models search beams; they cost nothing more. */
const CANDIDATES = 4;

/** Translates, finishes and checks an English text. Throws as the translator does. */
export async function translateAltText(
  translator: Pick<Translator, 'translate' | 'info'>,
  source: string,
  to: string,
): Promise<TranslatedAltText> {
  const translation = await translator.translate(source, { to, candidates: CANDIDATES });
  const { language, isCut, hasUnknown } = translation;
  const texts = translation.candidates.map(({ text }) => finishTranslation(text, source, language));
  const [text = '', ...others] = new Set(texts.filter((each) => each !== ''));
  const checked = { source, translation: text, other: others[0] ?? null, language, isCut, hasUnknown };
  const { id, precision } = translator.info;
  return {
    language,
    source,
    text,
    alternatives: others,
    problems: translationProblems(checked),
    translation,
    model: { id, precision },
  };
}
