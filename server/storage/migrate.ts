import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors';
import { APPLICATION_ID, type Storage } from './database';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** sha256 of the file; a migration is never edited after it landed. */
  readonly hash: string;
}

const LEDGER = `CREATE TABLE IF NOT EXISTS migrations (
  number     INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  hash       TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT`;

/** The migrations of this version, in order. */
export function readMigrations(folder = path.join(__dirname, 'migrations')): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const sql = readFileSync(path.join(folder, file), 'utf8');
      return {
        number: Number(file.slice(0, 6)),
        name: file,
        sql,
        hash: createHash('sha256').update(sql).digest('hex'),
      };
    });
}

/**
 * Brings the file to this version's schema, each migration in one transaction.
 * Throws DATABASE_NEWER when a later version of Altsmith wrote the file, DATABASE_FOREIGN when it is not ours.
 */
export function migrate(storage: Storage, migrations: readonly Migration[] = readMigrations()): void {
  const { db } = storage;
  refuseForeignFile(storage);
  storage.transaction(() => {
    db.exec(LEDGER);
    db.pragma(`application_id = ${APPLICATION_ID}`);
  });
  const newest = migrations.at(-1)?.number ?? 0;
  const applied = appliedMigrations(storage);
  const latest = Math.max(0, ...applied.keys());
  if (latest > newest) throw new AppError('DATABASE_NEWER', { file_schema: latest, own_schema: newest });
  for (const migration of migrations) {
    const hash = applied.get(migration.number);
    if (hash === undefined) apply(storage, migration);
    else if (hash !== migration.hash) throw new Error(`migration ${migration.name} was edited after it was applied`);
  }
}

function refuseForeignFile({ db }: Storage): void {
  const id: unknown = db.pragma('application_id', { simple: true });
  const tables = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM sqlite_schema').get();
  if (id === APPLICATION_ID || (id === 0 && tables?.n === 0)) return;
  throw new AppError('DATABASE_FOREIGN');
}

function appliedMigrations({ db }: Storage): Map<number, string> {
  const rows = db.prepare<[], { number: number; hash: string }>('SELECT number, hash FROM migrations').all();
  return new Map(rows.map((row) => [row.number, row.hash]));
}

function apply(storage: Storage, migration: Migration): void {
  const { db } = storage;
  storage.transaction(() => {
    // First, so that a second process that migrates at the same moment stops here.
    db.prepare('INSERT INTO migrations (number, name, hash, applied_at) VALUES (?, ?, ?, ?)').run(
      migration.number,
      migration.name,
      migration.hash,
      Date.now(),
    );
    db.exec(migration.sql);
    db.pragma(`user_version = ${migration.number}`);
  });
}

/** The schema as SQLite has it, for server/storage/schema.sql. */
export function dumpSchema({ db }: Storage): string {
  const rows = db
    .prepare<[], { sql: string }>(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'index', name",
    )
    .all();
  return rows.map((row) => `${row.sql};\n`).join('\n');
}
