import { AppError } from '../errors';

const FILE_SYSTEM_FULL = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);
const FILE_SYSTEM_REFUSES = new Set(['EROFS', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EIO']);
/** A constraint or a wrong statement is a bug of ours; everything else SQLite reports is the state of the file. */
const OWN_FAULT = /^SQLITE_(CONSTRAINT|ERROR)/;

/** What a failure of SQLite or of the disk means to a client; null when it is neither. Told by the code alone. */
export function storageProblem(thrown: unknown): AppError | null {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return null;
  const { code } = thrown;
  if (typeof code !== 'string') return null;
  if (FILE_SYSTEM_FULL.has(code)) return new AppError('STORAGE_FULL', {}, { cause: thrown });
  const isSqlite = code.startsWith('SQLITE_') && !OWN_FAULT.test(code);
  if (isSqlite || FILE_SYSTEM_REFUSES.has(code)) return new AppError('STORAGE_UNAVAILABLE', {}, { cause: thrown });
  return null;
}
