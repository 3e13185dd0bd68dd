import { readFile } from 'node:fs/promises';
import { AppError } from '../errors';

/** The bytes of an image file. Throws AppError IMAGE_UNKNOWN (no such file) or STORAGE_UNAVAILABLE (cannot be read). */
export async function readImageFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new AppError(missing ? 'IMAGE_UNKNOWN' : 'STORAGE_UNAVAILABLE', {}, { cause });
  }
}
