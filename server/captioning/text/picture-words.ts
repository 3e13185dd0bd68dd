import type { PictureWords } from '../../contract/worker';
import { MOST_LINES } from '../../../models/ocr/read-page';

/** Longest text of a picture that is kept. Characters. */
const LONGEST_TEXT = 2000;
/** Longest words that are offered as alt text: what is longer belongs beside the picture. Characters. */
const LONGEST_OFFER = 150;
/** Smaller letters are often read wrongly. Pixels of the picture. */
const SMALL_LETTERS = 9;
/** A sentence of a page; labels of a chart are shorter. Words. */
const SENTENCE = 5;
const LABEL = 4;

/** What a picture's words say about its kind, by bounds that were chosen on 184 pictures of 18F's website. No bench measures them. */
export interface WrittenKind {
  /** A screen, or a page of text. */
  readonly page: boolean;
  /** A chart or a drawing with labels. */
  readonly labelled: boolean;
}

const count = (text: string) => text.split(/\s+/).length;

/** `flatness` is the share of the five commonest colours: that of photographs is low, and their words are on signs and shirts. */
export function writtenKind({ lines }: PictureWords, flatness: number): WrittenKind {
  const sentences = lines.filter(({ text }) => count(text) >= SENTENCE).length;
  const labels = lines.filter(({ text }) => count(text) <= LABEL).length;
  const page = flatness >= 0.5 && ((lines.length >= 4 && sentences >= 2) || lines.length >= 12);
  return { page, labelled: !page && flatness >= 0.8 && lines.length >= 3 && labels >= 0.7 * lines.length };
}

/** The words, one line each; null where there are none. */
export function writtenText(words: PictureWords | null | undefined): string | null {
  const text = (words?.lines ?? []).map((line) => line.text).join('\n');
  if (text === '') return null;
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, text.lastIndexOf('\n', LONGEST_TEXT - 2) + 1 || LONGEST_TEXT - 2)}…`;
}

/** Why the words are not all of it, or may be wrong, as sentences; empty where nothing is known against them. */
export function doubtsAboutWords({ lines, linesLeftOut, upsideDown, unreadable }: PictureWords): string[] {
  const heights = lines.map(({ height }) => height).filter((height) => height > 0);
  const middle = heights.sort((a, b) => a - b)[heights.length >> 1] ?? SMALL_LETTERS;
  const left = `${linesLeftOut} more ${linesLeftOut === 1 ? 'line was' : 'lines were'} not read.`;
  return [
    ...(upsideDown ? ['The words stand upside down: the picture may have to be turned.'] : []),
    ...(linesLeftOut > 0 ? [`Only the first ${MOST_LINES} lines were read; ${left}`] : []),
    ...(middle < SMALL_LETTERS ? ['The letters are very small; compare the words with the picture.'] : []),
    ...(unreadable ? ['Some of the writing is too small or too unclear to be read.'] : []),
  ];
}

/** `with the words “…”` in the languages that texts are written in. */
const WITH_WORDS: Readonly<Record<string, (words: string) => string>> = {
  en: (words) => `, with the words “${words}”`,
  de: (words) => `, mit den Worten „${words}“`,
  fr: (words) => `, avec les mots « ${words} »`,
  es: (words) => `, con las palabras «${words}»`,
  it: (words) => `, con le parole «${words}»`,
  nl: (words) => `, met de woorden “${words}”`,
  pt: (words) => `, com as palavras “${words}”`,
  pl: (words) => `, ze słowami „${words}”`,
  sv: (words) => `, med orden ”${words}”`,
};

/**
 * The words of a picture as alt text, and as a part of it; nothing where they are too long for one, or a small part of a scene.
 * `language` is that of the alt text.
 */
export function offersOf(words: PictureWords, altText: string, language: string): string[] {
  const text = words.lines
    .map((line) => line.text)
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (text === '' || text.length > LONGEST_OFFER || words.upsideDown) return [];
  const withWords = WITH_WORDS[new Intl.Locale(language).language];
  const together =
    altText === '' || withWords === undefined ? null : altText.trim().replace(/\.$/, '') + withWords(text);
  return [text, ...(together !== null && together.length <= 2 * LONGEST_OFFER ? [together] : [])];
}

interface Suggested {
  readonly fields: { readonly alt_text: string };
  readonly alternatives: readonly string[];
  readonly awaitsTranslation: boolean;
}

/** Texts in their language with the words of the picture beside them, which are in a language of their own. Pure. */
export function withWords<T extends Suggested>(
  texts: T,
  words: PictureWords | null | undefined,
  language: string,
): T & { textInPicture?: string | null } {
  if (words == null) return texts;
  const offers = offersOf(words, texts.fields.alt_text, texts.awaitsTranslation ? 'en' : language);
  const alternatives = [...new Set([...texts.alternatives, ...offers])];
  return { ...texts, alternatives, textInPicture: writtenText(words) };
}
