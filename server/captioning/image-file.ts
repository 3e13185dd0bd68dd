import { readFile } from 'node:fs/promises';
import { AppError, type ErrorCode } from '../errors';

/** Codes of Node.js, and what they mean for an image. */
const MEANINGS: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'IMAGE_UNKNOWN',
  // More than a buffer takes, 2 GB.
  ERR_FS_FILE_TOO_LARGE: 'IMAGE_TOO_LARGE',
};

/**
 * The bytes of an image file. Throws AppError IMAGE_UNKNOWN (no such file), IMAGE_TOO_LARGE (more than fits into memory at
 * once; the limit of the settings was checked when the image came) or STORAGE_UNAVAILABLE (cannot be read).
 */
export async function readImageFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    throw new AppError(MEANINGS[code] ?? 'STORAGE_UNAVAILABLE', {}, { cause });
  }
}
