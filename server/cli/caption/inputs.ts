import { constants, createWriteStream } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../errors';
import { formatOf, MAGIC_BYTES } from '../../intake/sniff';
import { expandGlob, isGlob } from './glob';

/** Of a folder only files with these endings are taken; a file named on its own may be called anything. */
const PICTURES = /\.(jpe?g|png|webp|gif|avif|tiff?)$/i;
/** The word that stands for standard input. */
export const STANDARD_INPUT = '-';

/** A picture to describe: what it is called in the output, and where its bytes are. */
export interface Input {
  readonly name: string;
  readonly file: string;
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch {
    // Nothing there: the file's own turn will say so.
    return false;
  }
}

/** Pictures of a folder and of those inside it, sorted by path. Hidden ones are left out. */
async function picturesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
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

/** Standard input holds a picture, or the names of pictures, one a line (or with a zero byte behind each). */
async function readStandardInput(source: AsyncIterable<Buffer>, temporary: string): Promise<Input[]> {
  const chunks = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let next = await chunks.next();
  while (next.done !== true && head.length < MAGIC_BYTES) {
    head = Buffer.concat([head, next.value]);
    next = await chunks.next();
  }
  async function* all() {
    yield head;
    for (; next.done !== true; next = await chunks.next()) yield next.value;
  }
  if (formatOf(head) !== null) {
    const file = path.join(temporary, 'standard-input');
    await pipeline(all, createWriteStream(file));
    return [{ name: STANDARD_INPUT, file }];
  }
  let text = '';
  for await (const chunk of all()) text += chunk.toString('utf8');
  const names = text.split(text.includes('\0') ? '\0' : /\r?\n/).filter((name) => name !== '');
  return names.map((name) => ({ name, file: path.resolve(name) }));
}

/**
 * All pictures that the words of a command stand for, in their order: files, folders, patterns, and `-` for standard
 * input. `temporary` is a folder for a picture that comes that way.
 */
export async function findInputs(
  words: readonly string[],
  standardInput: AsyncIterable<Buffer>,
  temporary: string,
): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const word of words) {
    if (word === STANDARD_INPUT) inputs.push(...(await readStandardInput(standardInput, temporary)));
    else inputs.push(...(await filesOf(word)).map((name) => ({ name, file: path.resolve(name) })));
  }
  return inputs;
}

/** Throws AppError FILE_UNREADABLE unless `file` is a regular file that may be read. */
export async function checkFile(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
    if ((await stat(file)).isFile()) return;
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', {}, { cause });
  }
  throw new AppError('FILE_UNREADABLE');
}
