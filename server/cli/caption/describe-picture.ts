import path from 'node:path';
import type { CaptionEngine } from '../../captioning/engine';
import type { GlossaryEntry } from '../../contract/glossary';
import { toAppError, AppError, type ErrorCode } from '../../errors';
import { readingsWith } from '../../glossary/in-readings';
import { entriesFor, favouredIn, preferredOrder } from '../../glossary/prefer';
import { replaceWords } from '../../glossary/replace';
import type { TranslatedAltText } from '../../translating/translate-alt-text';
import type { Translators } from '../../translating/translators';
import { checkFile } from './inputs';
import { captionTexts, type Described } from './lines';
import type { Wishes } from './words';

/** What pictures are described by. */
export interface Describer {
  readonly engine: CaptionEngine;
  readonly wishes: Wishes;
  /** Larger pictures are refused. */
  readonly maxBytes: number;
  /** null: texts stay English. */
  readonly translators: Pick<Translators, 'translate'> | null;
}

/** What a worker says of a file of the data folder; here it is the picture itself that went away or has a bad sector. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set(['IMAGE_UNKNOWN', 'STORAGE_UNAVAILABLE']);

const ENGLISH = 'en';

function withWords(translated: TranslatedAltText, entries: readonly GlossaryEntry[]): TranslatedAltText {
  const { language } = translated;
  const texts = [translated.text, ...translated.alternatives];
  const [text = '', ...alternatives] = new Set(
    preferredOrder(texts, entries, language).map((at) => replaceWords(texts[at] ?? '', entries, language).text),
  );
  return { ...translated, text, alternatives };
}

/** Describes one picture; a failure is an outcome like any other. */
export async function describePicture(
  { name, file }: { readonly name: string; readonly file: string },
  { engine, wishes, maxBytes, translators }: Describer,
): Promise<Described | AppError> {
  const { options, question, language, glossary } = wishes;
  try {
    await checkFile(file, maxBytes);
    const own = entriesFor(glossary, ENGLISH);
    const favour = favouredIn(path.parse(name).name, own);
    const asked = { ...options, ...(favour.length === 0 ? {} : { favour }) };
    const said = await engine.run({
      imagePath: file,
      options: asked,
      ...(question === null ? {} : { question }),
    });
    const result = said.readings === null || own.length === 0 ? said : { ...said, ...readingsWith(said.readings, own) };
    if (translators === null || language === null || result.readings === null) return result;
    const translated = await translators.translate(captionTexts(result.readings).altText, language);
    return { ...result, translated: withWords(translated, entriesFor(glossary, translated.language)) };
  } catch (thrown) {
    const error = toAppError(thrown);
    return UNREADABLE.has(error.code) ? new AppError('FILE_UNREADABLE', {}, { cause: error }) : error;
  }
}
