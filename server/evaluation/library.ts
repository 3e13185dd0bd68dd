import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { shuffled } from '../../models/evaluation/bootstrap';
import { AppError } from '../errors';
import { unfitBecause, type Unfit } from './person-text';

/** Lists the pictures of a folder with what people wrote for them. */
export const TEXTS_FILE = 'alt-texts.json';
/** Pictures that are compared where nobody says how many. */
export const USUAL_PICTURES = 200;
/** With fewer, the intervals of two models nearly always overlap. */
export const LEAST_PICTURES = 50;

/** A picture with what people wrote for it. */
export interface LibraryItem {
  readonly file: string;
  /** Where its bytes are. */
  readonly path: string;
  readonly texts: readonly string[];
}

/** Pictures that are not compared, and why. */
export type LeftOut = Readonly<Record<Unfit | 'missing', number>>;

export interface Library {
  readonly items: readonly LibraryItem[];
  readonly leftOut: LeftOut;
  /** Stands for the pictures and texts that are compared, in their order. */
  readonly fingerprint: string;
}

const Entry = z.object({ file: z.string().min(1), alt_texts: z.array(z.string()), name: z.string().optional() });
const Entries = z.array(Entry);
type Entry = z.infer<typeof Entry>;

async function readEntries(folder: string): Promise<Entry[]> {
  try {
    return Entries.parse(JSON.parse(await readFile(path.join(folder, TEXTS_FILE), 'utf8')));
  } catch (cause) {
    throw new AppError('EVALUATION_TEXTS_MISSING', {}, { cause });
  }
}

/** What an entry is worth; a name that leads out of the folder is a picture that is not there. */
function itemOf(folder: string, { file, alt_texts, name }: Entry): LibraryItem | keyof LeftOut {
  const place = path.resolve(folder, file);
  const isInside = place.startsWith(path.resolve(folder) + path.sep);
  if (!isInside || !existsSync(place)) return 'missing';
  const reasons = alt_texts.map((text) => unfitBecause(text, [file, ...(name === undefined ? [] : [name])]));
  const texts = alt_texts.filter((_, at) => reasons[at] === null);
  if (texts.length === 0) return reasons.includes('file_name') ? 'file_name' : 'empty';
  return { file, path: place, texts: texts.map((text) => text.trim()) };
}

/**
 * The pictures of a folder whose text a person wrote, drawn by lot and in the folder's order. `limit`: how many; with null 200, and
 * then at least 50 must be there. Throws EVALUATION_TEXTS_MISSING, EVALUATION_TOO_SMALL.
 */
export async function readLibrary(
  folder: string,
  { limit, seed }: { readonly limit: number | null; readonly seed: number },
): Promise<Library> {
  const leftOut = { empty: 0, file_name: 0, missing: 0 };
  const found: LibraryItem[] = [];
  for (const entry of await readEntries(folder)) {
    const item = itemOf(folder, entry);
    if (typeof item === 'string') leftOut[item] += 1;
    else found.push(item);
  }
  if (found.length === 0 || (limit === null && found.length < LEAST_PICTURES)) {
    throw new AppError('EVALUATION_TOO_SMALL', { found: found.length });
  }
  const drawn = new Set(shuffled(found, seed).slice(0, limit ?? USUAL_PICTURES));
  const items = found.filter((item) => drawn.has(item));
  const content = JSON.stringify(items.map(({ file, texts }) => [file, texts]));
  return { items, leftOut, fingerprint: createHash('sha256').update(content).digest('hex') };
}
