import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { AppError } from '../errors';

/** Throws AppError FILE_UNREADABLE unless `file` is a regular file that may be read. */
export async function checkFile(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', {}, { cause });
  }
  if (!(await stat(file)).isFile()) throw new AppError('FILE_UNREADABLE');
}
