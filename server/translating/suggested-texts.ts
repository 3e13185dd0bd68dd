import { untilAborted } from '../any-signal';
import type { Fields, Flag } from '../contract/fields';
import { isEnglish } from '../contract/language';
import type { TranslatorRef } from '../contract/primitives';
import type { VideoFacts } from '../contract/video';
import { AppError, type ErrorCode } from '../errors';
import { ended } from '../video/text-alternative';
import { isWrittenIn } from './function-words';
import type { TranslatedAltText } from './translate-alt-text';

/** What a suggestion says about a picture. */
export interface Texts {
  readonly fields: Fields;
  readonly alternatives: readonly string[];
  readonly flags: readonly Flag[];
  /** 0..1 */
  readonly confidence: number;
  /** Undefined for a picture. */
  readonly video?: VideoFacts | undefined;
}

/** The same in the language that was asked for. */
export interface SuggestedTexts extends Texts {
  /** The English alt text, where the texts are translated from it, or will be. */
  readonly source: string | null;
  readonly translator: TranslatorRef | null;
  /** The texts are English until a translator is here. */
  readonly awaitsTranslation: boolean;
  /** The words that were read in the picture; absent: none. */
  readonly textInPicture?: string | null;
  /** Why they are not translated; absent where they are, or need not be. */
  readonly failure?: ErrorCode;
}

/** Translates, finishes and checks one English text. Rejects with AppError. */
export type Translate = (text: string, language: string) => Promise<TranslatedAltText & { version: string | null }>;

/**
 * The same for somebody who waits no longer than `ms`, for all texts together: what is not translated by then is translated
 * later. A translation that is under way goes on, for whoever asks for it next. With 0 ms none is begun.
 */
export function within(ms: number, translate: Translate): Translate {
  const busy = () => new AppError('MODEL_UNAVAILABLE', {}, { cause: new Error('The translator has much to do.') });
  if (ms === 0) return () => Promise.reject(busy());
  const late = AbortSignal.timeout(ms);
  return (text, language) =>
    untilAborted(translate(text, language), late).catch((error: unknown) => {
      throw late.aborted ? busy() : error;
    });
}

/**
 * `inLanguage` for callers who wait for it, `most` of them at a time. Where more come than the translators do, each would wait to the end
 * of its patience, and the slot of a worker with it: the texts of the others are translated later.
 */
export function forWaiting(translate: Translate, most: number) {
  let waiting = 0;
  return async (texts: Texts, language: string, mostMs: number): Promise<SuggestedTexts> => {
    const ms = waiting < most ? mostMs : 0;
    waiting += 1;
    try {
      return await inLanguage(texts, language, within(ms, translate));
    } finally {
      waiting -= 1;
    }
  };
}

/** Failures of a translator that say nothing about the text: it is translated once the translator is there again. */
export const OF_THE_TRANSLATOR: ReadonlySet<ErrorCode> = new Set([
  'MODEL_FILE_MISSING',
  'MODEL_FILE_DAMAGED',
  'MODEL_TOO_LARGE',
  'MODEL_UNAVAILABLE',
]);
/** Search results and media lists cut longer titles. Characters. */
const LONGEST_TITLE = 60;

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
    if (translated.text === '') return stillEnglish(texts, 'The model gave no text.', 'TRANSLATION_FAILED');
    const { model, version, text, alternatives, problems } = translated;
    const one = oncePerText(english, text, async (other) => (await translate(other, language)).text);
    return {
      fields: await otherFields(fields, text, one),
      ...(texts.video === undefined ? {} : { video: await inScenes(texts.video, one) }),
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
    return stillEnglish(texts, sentence, error.code);
  }
}

function stillEnglish(texts: Texts, why: string, failure: ErrorCode): SuggestedTexts {
  const message = `The text is English still: there is no translation of it yet. ${why}`;
  return {
    ...texts,
    flags: [...texts.flags, { code: 'not_translated', message }],
    source: texts.fields.alt_text,
    translator: null,
    // A job of its own counts how often the translator ended over this text.
    awaitsTranslation: OF_THE_TRANSLATOR.has(failure) || failure === 'TRANSLATOR_CRASHED',
    failure,
  };
}

async function otherFields(
  { alt_text: english, title, caption, description, file_name, text_alternative: timed }: Fields,
  text: string,
  translate: TranslateOne,
): Promise<Fields> {
  const translated = async (one: string | null) => (one === null ? null : (await translate(one)) || null);
  return {
    alt_text: text,
    title: title !== null && isCutOf(title, english) ? shortened(text) : await translated(title),
    caption: await translated(caption),
    description: sameDescription(description, english, text) ?? (await translated(description)),
    keywords: null,
    file_name,
    ...(timed === undefined ? {} : { text_alternative: timed === null ? null : await inLines(timed, translate) }),
  };
}

type TranslateOne = (text: string) => Promise<string>;

/** What a video's scenes, its sentence and its text alternative have in common is translated once. */
function oncePerText(english: string, text: string, translate: TranslateOne): TranslateOne {
  const known = new Map<string, Promise<string>>([[english, Promise.resolve(text)]]);
  return (one) => {
    const translated = known.get(one) ?? translate(one);
    known.set(one, translated);
    return translated;
  };
}

const TIME = /^(?:\d+:)?\d+:\d\d\s+/;

/** The lines of a text alternative, each with its time. */
async function inLines(text: string, translate: TranslateOne): Promise<string> {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const time = TIME.exec(line)?.[0] ?? '';
    const sentence = line.slice(time.length).trim().replace(/\.$/, '');
    // What has no translation stays, to be seen by the person.
    const translated = sentence === '' ? '' : (await translate(sentence)) || sentence;
    lines.push(translated === '' ? line : time + ended(translated));
  }
  return lines.join('\n');
}

async function inScenes(video: VideoFacts, translate: TranslateOne): Promise<VideoFacts> {
  const scenes: VideoFacts['scenes'] = [];
  for (const scene of video.scenes) {
    const caption = (await translate(scene.caption)) || scene.caption;
    scenes.push({ ...scene, caption, source: scene.caption });
  }
  return { ...video, scenes };
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

/** The description with another alt text, as a sentence or with its page; null where it is another sentence. */
function sameDescription(description: string | null, english: string, text: string): string | null {
  if (description?.startsWith(english) !== true) return null;
  if (description === ended(english)) return ended(text);
  const where = placeIn(description.slice(english.length));
  if (where === null) return null;
  return `${text}${/\p{P}$/u.test(text) ? '' : '.'} “${where.page}”${where.site === null ? '' : `, ${where.site}`}.`;
}

/**
 * Where a picture is used, as a description says it after the alt text: `. From “Camp” on Site.`. Without a pattern, which would take
 * time that grows with the square of the closing quotes.
 */
function placeIn(rest: string): { page: string; site: string | null } | null {
  const said = /^[.!?]? From “/u.exec(rest)?.[0];
  if (said === undefined || !rest.endsWith('.')) return null;
  const place = rest.slice(said.length, -1);
  for (let end = place.indexOf('”', 1); end !== -1; end = place.indexOf('”', end + 1)) {
    const isLast = end === place.length - 1;
    const isBeforeSite = place.startsWith(' on ', end + 1) && end + 5 < place.length;
    if (isLast || isBeforeSite) return { page: place.slice(0, end), site: isLast ? null : place.slice(end + 5) };
  }
  return null;
}
