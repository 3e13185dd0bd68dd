import type { Fields, Flag } from '../contract/fields';
import { isEnglish } from '../contract/language';
import type { TranslatorRef } from '../contract/primitives';
import { AppError, type ErrorCode } from '../errors';
import { isWrittenIn } from './function-words';
import type { TranslatedAltText } from './translate-alt-text';

/** What a suggestion says about a picture. */
export interface Texts {
  readonly fields: Fields;
  readonly alternatives: readonly string[];
  readonly flags: readonly Flag[];
  /** 0..1 */
  readonly confidence: number;
}

/** The same in the language that was asked for. */
export interface SuggestedTexts extends Texts {
  /** The English alt text, where the texts are translated from it, or will be. */
  readonly source: string | null;
  readonly translator: TranslatorRef | null;
  /** The texts are English until a translator is here. */
  readonly awaitsTranslation: boolean;
}

/** Translates, finishes and checks one English text. Rejects with AppError. */
export type Translate = (text: string, language: string) => Promise<TranslatedAltText & { version: string | null }>;

/** What says nothing about the text: it is translated once the translator is there again. */
const LATER: ReadonlySet<ErrorCode> = new Set([
  'MODEL_FILE_MISSING',
  'MODEL_FILE_DAMAGED',
  'MODEL_TOO_LARGE',
  'MODEL_UNAVAILABLE',
]);
/** Search results and media lists cut longer titles. Characters. */
const LONGEST_TITLE = 60;
/** Where a picture is used, as a description says it after the alt text. */
const WHERE = /^[.!?]? From “(.+?)”(?: on (.+))?\.$/u;

/**
 * English texts in another language. The alt text is translated, and what is made from it is made anew; keywords are left out, since
 * single nouns translate badly, and the file name stays. Where no translator is here, the texts stay English, with a flag that says so.
 * Rejects where a translator fails otherwise.
 */
export async function inLanguage(texts: Texts, language: string, translate: Translate): Promise<SuggestedTexts> {
  const { fields } = texts;
  const english = fields.alt_text;
  const asTheyAre = { ...texts, source: null, translator: null, awaitsTranslation: false };
  if (isEnglish(language) || english.trim() === '' || isWrittenIn(english, language)) return asTheyAre;
  try {
    const translated = await translate(english, language);
    if (translated.text === '') return stillEnglish(texts, 'The model gave no text.', false);
    const { model, version, text, alternatives, problems } = translated;
    return {
      fields: await otherFields(fields, text, (one) => translate(one, language)),
      alternatives,
      flags: [...texts.flags, ...problems.filter(({ code }) => !texts.flags.some((flag) => flag.code === code))],
      confidence: texts.confidence,
      source: english,
      translator: { ...model, version },
      awaitsTranslation: false,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const sentence = error.cause instanceof Error ? error.cause.message : error.sentence;
    return stillEnglish(texts, sentence, LATER.has(error.code));
  }
}

function stillEnglish(texts: Texts, why: string, awaitsTranslation: boolean): SuggestedTexts {
  const message = `The text is English still: there is no translation of it yet. ${why}`;
  return {
    ...texts,
    flags: [...texts.flags, { code: 'not_translated', message }],
    source: texts.fields.alt_text,
    translator: null,
    awaitsTranslation,
  };
}

async function otherFields(
  { alt_text: english, title, caption, description, file_name }: Fields,
  text: string,
  translate: (text: string) => Promise<{ text: string }>,
): Promise<Fields> {
  const translated = async (one: string | null) => (one === null ? null : (await translate(one)).text || null);
  return {
    alt_text: text,
    title: title !== null && isCutOf(title, english) ? shortened(text) : await translated(title),
    caption: await translated(caption),
    description: sameDescription(description, english, text) ?? (await translated(description)),
    keywords: null,
    file_name,
  };
}

/** Whether a title is made of words of the alt text, in their order. */
function isCutOf(title: string, altText: string): boolean {
  const words = altText.toLowerCase().split(/\s+/);
  let at = 0;
  return title
    .toLowerCase()
    .split(/\s+/)
    .every((word) => {
      const found = words.indexOf(word, at);
      at = found + 1;
      return found !== -1;
    });
}

function shortened(text: string): string {
  if (text.length <= LONGEST_TITLE) return text;
  const cut = text.slice(0, LONGEST_TITLE + 1);
  const space = cut.lastIndexOf(' ');
  return (space > 0 ? cut.slice(0, space) : Array.from(cut).slice(0, -1).join('')).replace(
    /(?<![\s,;:.])[\s,;:.]+$/u,
    '',
  );
}

/** The description of the same page with another alt text; null where it is another sentence. */
function sameDescription(description: string | null, english: string, text: string): string | null {
  if (description?.startsWith(english) !== true) return null;
  const [, page, site] = WHERE.exec(description.slice(english.length)) ?? [];
  if (page === undefined) return null;
  return `${text}${/\p{P}$/u.test(text) ? '' : '.'} “${page}”${site === undefined ? '' : `, ${site}`}.`;
}
