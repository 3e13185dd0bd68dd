import { AppError } from '../errors';
import { APPLICATION_ID, type Storage } from './database';
import { ownSchema, readMigrations, type Migration } from './migration-files';
import type { StepPosition } from './migration-steps';

const LEDGER = `CREATE TABLE IF NOT EXISTS migrations (
  number     INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  hash       TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT`;

/** There only while a stepped migration is under way. */
const UNFINISHED = `CREATE TABLE IF NOT EXISTS unfinished_migration (
  number   INTEGER PRIMARY KEY,
  position TEXT NOT NULL
) STRICT`;

/** One migration, or one step of it, is done. */
export interface MigrationProgress {
  readonly migration: string;
  /** Steps so far; 0 for a migration without steps. */
  readonly step: number;
  /** About how many there will be, where the migration says so. */
  readonly of: number | null;
}

/** What a database file has had. */
export interface AppliedSchema {
  /** Hashes by number. */
  readonly hashes: ReadonlyMap<number, string>;
  /** The newest of them; 0 for an empty file. */
  readonly latest: number;
  /** A stepped migration that has begun and not ended. */
  readonly unfinished: { readonly number: number; readonly position: StepPosition | null } | null;
}

/** Reads which migrations a file has had; changes nothing. Throws DATABASE_FOREIGN when it is not ours. */
export function appliedSchema({ db }: Storage): AppliedSchema {
  const id: unknown = db.pragma('application_id', { simple: true });
  const tables = new Set(db.prepare<[], string>('SELECT name FROM sqlite_schema').pluck().all());
  if (id !== APPLICATION_ID && !(id === 0 && tables.size === 0)) throw new AppError('DATABASE_FOREIGN');
  const rows = tables.has('migrations')
    ? db.prepare<[], { number: number; hash: string }>('SELECT number, hash FROM migrations').all()
    : [];
  const begun = tables.has('unfinished_migration')
    ? db.prepare<[], { number: number; position: string }>('SELECT number, position FROM unfinished_migration').get()
    : undefined;
  return {
    hashes: new Map(rows.map(({ number, hash }) => [number, hash])),
    latest: Math.max(0, ...rows.map(({ number }) => number)),
    unfinished: begun === undefined ? null : { number: begun.number, position: positionOf(begun.position) },
  };
}

function positionOf(json: string): StepPosition | null {
  const found: unknown = JSON.parse(json);
  return typeof found === 'string' || typeof found === 'number' ? found : null;
}

/** Whether the file lacks migrations of this version. Throws DATABASE_NEWER when it has had some that this one lacks. */
export function isBehind(applied: AppliedSchema, migrations: readonly Migration[]): boolean {
  const newest = ownSchema(migrations);
  if (applied.latest > newest)
    throw new AppError('DATABASE_NEWER', { file_schema: applied.latest, own_schema: newest });
  return applied.unfinished !== null || migrations.some(({ number }) => !applied.hashes.has(number));
}

/**
 * Brings the file to this version's schema: each migration in one transaction, a stepped one in as many as it has steps.
 * Writes nothing when there is nothing to do. Throws DATABASE_NEWER when a later version of Altsmith wrote the file,
 * DATABASE_FOREIGN when it is not ours.
 */
export function migrate(
  storage: Storage,
  migrations: readonly Migration[] = readMigrations(),
  tell: (progress: MigrationProgress) => void = () => undefined,
): void {
  const applied = appliedSchema(storage);
  const behind = isBehind(applied, migrations);
  for (const { number, name, hash } of migrations) {
    const found = applied.hashes.get(number);
    if (found !== undefined && found !== hash) throw new Error(`migration ${name} was edited after it was applied`);
  }
  if (!behind) return;
  storage.transaction(() => {
    storage.db.exec(LEDGER);
    storage.db.pragma(`application_id = ${APPLICATION_ID}`);
  });
  for (const migration of migrations) {
    const isUnfinished = applied.unfinished?.number === migration.number;
    if (applied.hashes.has(migration.number) && !isUnfinished) continue;
    if (!isUnfinished) begin(storage, migration);
    if (migration.stepped !== undefined) takeSteps(storage, migration, applied, tell);
    tell({ migration: migration.name, step: 0, of: null });
  }
}

function begin(storage: Storage, { number, name, hash, sql, stepped }: Migration): void {
  const { db } = storage;
  storage.transaction(() => {
    // First, so that a second process that migrates at the same moment stops here, and an older version refuses the file.
    const row = db.prepare('INSERT INTO migrations (number, name, hash, applied_at) VALUES (?, ?, ?, ?)');
    row.run(number, name, hash, Date.now());
    db.exec(sql);
    if (stepped === undefined) {
      db.pragma(`user_version = ${number}`);
      return;
    }
    db.exec(UNFINISHED);
    db.prepare('INSERT INTO unfinished_migration (number, position) VALUES (?, ?)').run(number, 'null');
  });
}

function takeSteps(
  storage: Storage,
  { number, name, stepped }: Migration,
  { unfinished }: AppliedSchema,
  tell: (progress: MigrationProgress) => void,
): void {
  if (stepped === undefined) return;
  const { db } = storage;
  const { steps, finish } = stepped;
  const of = steps.expectedSteps?.(storage) ?? null;
  let position = unfinished?.number === number ? unfinished.position : null;
  // While they are on, dropping a table that was copied would delete the rows that refer to it. `end` checks them all.
  db.pragma('foreign_keys = OFF');
  try {
    for (let step = 1; ; step += 1) {
      position = storage.transaction(() => {
        const next = steps.step(storage, position);
        // A process whose parent was killed may still be at it: the later one of two stops here.
        const { changes } = db
          .prepare('UPDATE unfinished_migration SET position = ? WHERE number = ? AND position = ?')
          .run(JSON.stringify(next), number, JSON.stringify(position));
        if (changes !== 1) throw new Error(`another process is at the migration ${name}`);
        // With the last step, so that a kill in between does not begin again at the first row.
        if (next === null) end(storage, number, finish);
        return next;
      });
      tell({ migration: name, step, of });
      if (position === null) return;
    }
  } finally {
    db.pragma('foreign_keys = ON');
  }
}

function end({ db }: Storage, number: number, finish: string): void {
  db.exec(finish);
  const dangling = db.prepare('PRAGMA foreign_key_check').get();
  if (dangling !== undefined) throw new Error(`migration ${number} loses a parent row: ${JSON.stringify(dangling)}`);
  db.exec('DROP TABLE unfinished_migration');
  db.pragma(`user_version = ${number}`);
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
