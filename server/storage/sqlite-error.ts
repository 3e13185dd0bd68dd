import BetterSqlite3 from 'better-sqlite3';
import { AppError } from '../errors';

const FILE_SYSTEM_FULL = new Set(['ENOSPC', 'EDQUOT']);
const FILE_SYSTEM_REFUSES = new Set(['EROFS', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EIO']);

/** What a failure of SQLite or of the disk means to a client; null when it is neither. */
export function storageProblem(thrown: unknown): AppError | null {
  if (thrown instanceof BetterSqlite3.SqliteError) return fromSqlite(thrown);
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return null;
  if (FILE_SYSTEM_FULL.has(thrown.code)) return new AppError('STORAGE_FULL', {}, { cause: thrown });
  if (FILE_SYSTEM_REFUSES.has(thrown.code)) return new AppError('STORAGE_UNAVAILABLE', {}, { cause: thrown });
  return null;
}

function fromSqlite(error: InstanceType<typeof BetterSqlite3.SqliteError>): AppError | null {
  if (error.code === 'SQLITE_FULL') return new AppError('STORAGE_FULL', {}, { cause: error });
  // A constraint is a bug of ours or a race that the caller must see; everything else is the file's state.
  if (error.code.startsWith('SQLITE_CONSTRAINT') || error.code === 'SQLITE_ERROR') return null;
  return new AppError('STORAGE_UNAVAILABLE', {}, { cause: error });
}
