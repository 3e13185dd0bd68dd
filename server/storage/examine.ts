import BetterSqlite3 from 'better-sqlite3';
import { existsSync } from 'node:fs';
import type { FirstSteps } from '../contract/first-steps';
import { AppError } from '../errors';
import type { DataFolder } from './data-folder';
import { APPLICATION_ID, Storage } from './database';
import { readFirstSteps } from './first-steps';
import { ownSchema } from './migration-files';
import { checkSound } from './soundness';
import { codeOf, storageProblem } from './sqlite-error';

export interface Examined {
  /** Number of the last migration that the file has had. */
  readonly schema: number;
  readonly ownSchema: number;
  readonly keys: number;
  /** Time of the newest row that tells a time; null in a file that holds nothing yet. Milliseconds. */
  readonly newestAt: number | null;
  /** Of any site; null in a file of an earlier schema. */
  readonly firstSteps: FirstSteps | null;
}

/**
 * Reads a database from end to end and changes nothing in it. Null when there is none yet.
 * Throws DATABASE_DAMAGED, DATABASE_FOREIGN, DATABASE_NEWER, STORAGE_UNAVAILABLE.
 */
export function examineDatabase(data: DataFolder): Examined | null {
  if (!existsSync(data.database)) {
    if (data.holdsWork()) throw new AppError('DATABASE_DAMAGED');
    return null;
  }
  let db: BetterSqlite3.Database | null = null;
  try {
    db = new BetterSqlite3(data.database, { readonly: true, fileMustExist: true });
    return look(new Storage(db), data);
  } catch (error) {
    if (/NOTADB|CORRUPT/.test(codeOf(error) ?? '')) throw new AppError('DATABASE_DAMAGED', {}, { cause: error });
    throw storageProblem(error) ?? error;
  } finally {
    db?.close();
  }
}

function look(storage: Storage, data: DataFolder): Examined | null {
  const { db } = storage;
  checkSound(storage, 'full');
  const number = (sql: string) => db.prepare<[], { n: number | null }>(sql).get()?.n ?? null;
  if (number('SELECT count(*) AS n FROM sqlite_schema') === 0) {
    if (data.holdsWork()) throw new AppError('DATABASE_DAMAGED');
    return null;
  }
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw new AppError('DATABASE_FOREIGN');
  const schema = number('SELECT max(number) AS n FROM migrations') ?? 0;
  const own = ownSchema();
  if (schema > own) throw new AppError('DATABASE_NEWER', { file_schema: schema, own_schema: own });
  return {
    schema,
    ownSchema: own,
    keys: number('SELECT count(*) AS n FROM keys WHERE revoked_at IS NULL') ?? 0,
    newestAt: number(
      'SELECT max(at) AS n FROM (SELECT max(applied_at) AS at FROM migrations UNION ALL SELECT max(at) FROM changes)',
    ),
    firstSteps: schema === own ? readFirstSteps(storage, null) : null,
  };
}
