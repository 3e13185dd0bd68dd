import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { bestLanguage } from '../languages';
import { ModelError } from '../model-error';
import list from './languages.json';

/** Data with which Tesseract reads one language. The packages are those of tesseract.js on npm. */
const OcrLanguage = z.object({
  /** BCP 47 */
  language: z.string(),
  /** Tesseract's own name. */
  code: z.string().regex(/^\w+$/),
  package: z.string(),
  version: z.string(),
  /** In the package. */
  file: z.string(),
  bytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  licence: z.string(),
});
export type OcrLanguage = z.infer<typeof OcrLanguage>;

export const OCR_LANGUAGES: readonly OcrLanguage[] = z.array(OcrLanguage).parse(list);

/** Folder of fetched languages, in the data folder. */
export const OCR_FOLDER = 'ocr';
/** Comes with Altsmith: signs, screens and names are English on sites of every language. */
export const OWN_LANGUAGE = 'en';
/** More are slower and no better: each word is read in each of them. */
const MOST_AT_ONCE = 3;

export interface TrainedLanguage {
  readonly code: string;
  readonly data: Uint8Array;
}

/** The data for a language; null where none is known. */
export function ocrLanguage(language: string): OcrLanguage | null {
  const best = bestLanguage(
    language,
    OCR_LANGUAGES.map((one) => one.language),
  );
  return OCR_LANGUAGES.find((one) => one.language === best) ?? null;
}

export function fileOf(folder: string, { code }: OcrLanguage): string {
  return path.join(folder, `${code}.traineddata.gz`);
}

/** Where its data lies; null where it has not been fetched. */
function whereIs(folder: string, one: OcrLanguage): string | null {
  const fetched = fileOf(folder, one);
  if (existsSync(fetched)) return fetched;
  if (one.language !== OWN_LANGUAGE) return null;
  try {
    return require.resolve(`${one.package}/${one.file}`);
  } catch {
    // Installed without it.
    return null;
  }
}

/** Languages whose words can be read here. */
export function ocrLanguagesHere(folder: string): OcrLanguage[] {
  return OCR_LANGUAGES.filter((one) => whereIs(folder, one) !== null);
}

/** Of the languages that are wanted the ones that are here, in their order, at most three; English beside them or instead. */
export function chosenLanguages(folder: string, wanted: readonly string[]): OcrLanguage[] {
  const here = ocrLanguagesHere(folder);
  const named = [...wanted, OWN_LANGUAGE].flatMap((language) => ocrLanguage(language) ?? []);
  const chosen = [...new Set(named)].filter((one) => here.includes(one));
  return chosen.slice(0, MOST_AT_ONCE);
}

/** Throws ModelError MODEL_FILE_DAMAGED. */
export function loadLanguage(folder: string, one: OcrLanguage): TrainedLanguage {
  const file = whereIs(folder, one);
  try {
    if (file === null) throw new Error('it is gone');
    return { code: one.code, data: gunzipSync(readFileSync(file)) };
  } catch (cause) {
    const advice = `run "altsmith ocr pull ${one.language}" again`;
    throw new ModelError('MODEL_FILE_DAMAGED', `The data for words in "${one.language}" cannot be read; ${advice}.`, {
      cause,
    });
  }
}
