import { AppError } from '../errors';

/** SHMSIZE: not even the few pages beside the write-ahead log found room. */
const FILE_SYSTEM_FULL = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE']);
/** From ESTALE on: a disk of another machine that went away, and a file where there should be a folder. */
const FILE_SYSTEM_REFUSES = new Set([
  'EROFS',
  'EACCES',
  'EPERM',
  'EMFILE',
  'ENFILE',
  'EIO',
  'ESTALE',
  'ENOTCONN',
  'ENOTDIR',
  'EEXIST',
]);
/** A constraint or a wrong statement is a bug of ours; everything else SQLite reports is the state of the file. */
const OWN_FAULT = /^SQLITE_(CONSTRAINT|ERROR)/;

/** The code of an error of SQLite or of the file system, such as SQLITE_BUSY or ENOSPC; null when it has none. */
export function codeOf(thrown: unknown): string | null {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return null;
  return typeof thrown.code === 'string' ? thrown.code : null;
}

/** What a failure of SQLite or of the disk means to a client; null when it is neither. Told by the code alone. */
export function storageProblem(thrown: unknown): AppError | null {
  const code = codeOf(thrown);
  if (code === null) return null;
  if (FILE_SYSTEM_FULL.has(code)) return new AppError('STORAGE_FULL', {}, { cause: thrown });
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return new AppError('DATABASE_BUSY', {}, { cause: thrown });
  const isSqlite = code.startsWith('SQLITE_') && !OWN_FAULT.test(code);
  if (isSqlite || FILE_SYSTEM_REFUSES.has(code)) return new AppError('STORAGE_UNAVAILABLE', {}, { cause: thrown });
  return null;
}
