import { constants, type Dirent, type Stats } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../errors';
import { expandGlob, isGlob } from './glob';
import { fileInput, type Input } from './input';
import { readStandardInput, STANDARD_INPUT, type PictureStore } from './standard-input';

/** Of a folder only files with these endings are taken; a file named on its own may be called anything. */
const PICTURES = /\.(jpe?g|jpe|jfif|pjpeg|png|webp|gif|avif|tiff?)$/i;

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch {
    // Nothing there: the file's own turn will say so.
    return false;
  }
}

/** What a folder holds, or null where it may not be read. */
async function entriesOf(folder: string): Promise<Dirent[] | null> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return null;
  }
}

/**
 * Pictures of a folder and of those inside it, sorted by path. Hidden ones are left out. A folder that cannot be read stands
 * for itself, and fails when its turn comes.
 */
async function picturesBelow(folder: string): Promise<string[]> {
  const entries = await entriesOf(folder);
  if (entries === null) return [folder];
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await picturesBelow(full)));
    else if (PICTURES.test(entry.name)) found.push(full);
  }
  return found.sort();
}

async function filesOf(word: string): Promise<string[]> {
  if (await isFolder(word)) {
    const pictures = await picturesBelow(word);
    // A folder without pictures fails by itself, instead of being passed over in silence.
    return pictures.length === 0 ? [word] : pictures;
  }
  if (!isGlob(word)) return [word];
  const exists = await access(word).then(
    () => true,
    () => false,
  );
  if (exists) return [word];
  const found: string[] = [];
  for (const match of await expandGlob(word)) {
    if (!(await isFolder(match))) found.push(match);
  }
  return found.length === 0 ? [word] : found;
}

/**
 * All pictures that the words of a command stand for, in their order: files, folders, patterns, and `-` for standard
 * input. What cannot be read is an input too, so that it fails by itself.
 */
export async function findInputs(
  words: readonly string[],
  standardInput: AsyncIterable<Buffer>,
  store: PictureStore,
): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const word of words) {
    if (word === STANDARD_INPUT) inputs.push(...(await readStandardInput(standardInput, store)));
    else inputs.push(...(await filesOf(word)).map(fileInput));
  }
  return inputs;
}

/** Throws AppError FILE_UNREADABLE unless `file` is a regular file that may be read, IMAGE_TOO_LARGE if it is too long. */
export async function checkFile(file: string, maxBytes: number): Promise<void> {
  const facts = await readable(file);
  if (!facts.isFile()) throw new AppError('FILE_UNREADABLE');
  if (facts.size > maxBytes) throw new AppError('IMAGE_TOO_LARGE', { max_bytes: maxBytes });
}

async function readable(file: string): Promise<Stats> {
  try {
    await access(file, constants.R_OK);
    return await stat(file);
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', {}, { cause });
  }
}
